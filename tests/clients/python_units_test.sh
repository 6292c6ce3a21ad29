#!/usr/bin/env bash
# The examples of units of work in Python, over stubs that protoc and grpc_python_plugin generate.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh
# shellcheck source=tests/clients/units.sh
source tests/clients/units.sh

need_python
stubs=$CLIENTS_BUILD/python_units
rm -rf "$stubs"
mkdir -p "$stubs"

step "generate"
python_stubs "$stubs" proto/tracker/v1/*.proto proto/rowkeeper/v1/annotations.proto proto/rowkeeper/v1/unit_of_work.proto

example() {
  local name=$1
  shift
  PYTHONPATH=$stubs PYTHONDONTWRITEBYTECODE=1 "$PYTHON" "client/examples/python/$name.py" "$ADDRESS" "$@"
}
check_examples
