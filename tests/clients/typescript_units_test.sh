#!/usr/bin/env bash
# The TypeScript client as npm installs it: alone, and the examples of units of work over stubs that ts-proto generates.
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

need_npm_packages
build=$CLIENTS_BUILD/typescript_units
client=$build/client/typescript
examples=$build/client/examples/typescript
rm -rf "$build"
mkdir -p "$client" "$examples/tests"
cp -R client/typescript/{package.json,package-lock.json,tsconfig.json,src} "$client"
cp client/examples/typescript/{package.json,package-lock.json,tsconfig.json,.npmrc,*.ts} "$examples"
cp tests/clients/typescript/{client_test,streams_in_unit,tls_test,token_test}.ts "$examples/tests"

step "npm ci builds it"
npm_ci "$client"

step "its generated files are those of the .proto files"
PATH=$client/node_modules/.bin:$PATH client/generate.sh typescript "$WORK/generated"
diff -r client/typescript/src/gen "$WORK/generated/src/gen" || fail "client/typescript is out of date: run client/generate.sh"

step "no type of its own is any"
for types in "$client"/dist/*.d.ts; do lacks "$(cat "$types")" '\bany\b[^ ]' "${types##*/}"; done

step "npm ci installs it"
npm_ci "$examples"
[ ! -L "$examples/node_modules/@rowkeeper/client" ] || fail "the client is linked; gRPC would be there twice"
[ ! -e "$examples/node_modules/@rowkeeper/client/node_modules" ] || fail "the client has packages of its own; gRPC would be there twice"

step "generate"
typescript_stubs "$examples" proto/tracker/v1/*.proto server/protocols/google/rpc/*.proto

step "build"
(cd "$examples" && node_modules/.bin/tsc) || fail "the TypeScript programs do not compile"

step "the package alone"
node "$examples/build/tests/client_test.js" || fail "the TypeScript client alone; the lines above say where"

example() {
  local name=$1
  shift
  node "$examples/build/$name.js" "$ADDRESS" "$@"
}
check_examples

step "streams over the stub of a unit are refused"
node "$examples/build/tests/streams_in_unit.js" "$ADDRESS" || fail "streams in a unit; the lines above say where"

step "TLS"
make_certificates
kill_server
start_server "${TRACKER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --tls-cert "$TLS/server.crt" --tls-key "$TLS/server.key" \
  --tls-client-certs required --tls-client-roots "$TLS/root.crt"
node "$examples/build/tests/tls_test.js" "$ADDRESS" "$TLS" || fail "TLS; the lines above say where"

step "tokens"
publish "$(make_key first)"
token first alice
token first late -60
kill_server
start_server "${TRACKER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 "${TOKEN_FLAGS[@]}"
served() { call UnitOfWork.Begin '{}' --token-file "$TOKENS/alice"; }
wait_until 60 "the server serves" served
node "$examples/build/tests/token_test.js" "$ADDRESS" "$TOKENS" || fail "tokens; the lines above say where"
