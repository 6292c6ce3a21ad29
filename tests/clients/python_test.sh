#!/usr/bin/env bash
# Stubs that protoc and grpc_python_plugin generate from our protos work unchanged.
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
python_stubs "$stubs" proto/planner/v1/*.proto proto/rowkeeper/v1/annotations.proto

step "call"
start_planner
PYTHONPATH=$stubs PYTHONDONTWRITEBYTECODE=1 "$PYTHON" tests/clients/python/client.py "$ADDRESS" || fail "the Python client; the lines above say where"
