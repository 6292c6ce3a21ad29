#!/usr/bin/env bash
# Stubs that grpcio-tools generates from our protos work unchanged.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

need_python
stubs=$CLIENTS_BUILD/python
rm -rf "$stubs"
mkdir -p "$stubs"

step "generate"
"$PYTHON" -m grpc_tools.protoc -I proto --python_out="$stubs" --grpc_python_out="$stubs" proto/planner/v1/*.proto \
  proto/rowkeeper/v1/annotations.proto || fail "protoc for Python"

step "call"
start_planner
PYTHONPATH=$stubs PYTHONDONTWRITEBYTECODE=1 "$PYTHON" tests/clients/python/client.py "$ADDRESS" || fail "the Python client; the lines above say where"
