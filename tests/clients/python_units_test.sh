#!/usr/bin/env bash
# The Python client as pip installs it: alone, and the examples of units of work over stubs that protoc generates.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh
# shellcheck source=tests/clients/units.sh
source tests/clients/units.sh
# shellcheck source=tests/support/certificates.sh
source tests/support/certificates.sh
# shellcheck source=tests/support/tokens.sh
source tests/support/tokens.sh

step "its generated files are those of the .proto files"
need_command protoc protobuf-compiler
need_command grpc_python_plugin protobuf-compiler-grpc
client/generate.sh python "$WORK/generated"
diff -r client/python/rowkeeper/v1 "$WORK/generated/rowkeeper/v1" || fail "client/python is out of date: run client/generate.sh"

step "pip install"
need_python_client
"$PYTHON" tests/clients/python/client_test.py || fail "the Python client alone; the lines above say where"

step "generate"
stubs=$CLIENTS_BUILD/python_units
rm -rf "$stubs"
mkdir -p "$stubs"
protoc -I proto -I server/protocols --python_out="$stubs" --grpc_out="$stubs" \
  "--plugin=protoc-gen-grpc=$(command -v grpc_python_plugin)" proto/tracker/v1/*.proto ||
  fail "protoc for Python"

example() {
  local name=$1
  shift
  PYTHONPATH=$stubs:$PYTHONPATH "$PYTHON" "client/examples/python/$name.py" "$ADDRESS" "$@"
}
check_examples

step "streams over the channel of a unit are refused"
PYTHONPATH=$stubs:$PYTHONPATH "$PYTHON" tests/clients/python/streams_in_unit.py "$ADDRESS" || fail "streams in a unit; the lines above say where"

step "TLS"
make_certificates
kill_server
start_server "${TRACKER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --tls-cert "$TLS/server.crt" --tls-key "$TLS/server.key" \
  --tls-client-certs required --tls-client-roots "$TLS/root.crt"
"$PYTHON" tests/clients/python/tls_test.py "$ADDRESS" "$TLS" || fail "TLS; the lines above say where"

step "tokens"
publish "$(make_key first)"
token first alice
token first late -60
kill_server
start_server "${TRACKER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 "${TOKEN_FLAGS[@]}"
served() { call UnitOfWork.Begin '{}' --token-file "$TOKENS/alice"; }
wait_until 60 "the server serves" served
"$PYTHON" tests/clients/python/token_test.py "$ADDRESS" "$TOKENS" || fail "tokens; the lines above say where"
