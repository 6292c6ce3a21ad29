#!/usr/bin/env bash
# The examples of units of work in Go, over stubs that protoc-gen-go and protoc-gen-go-grpc generate.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh
# shellcheck source=tests/clients/units.sh
source tests/clients/units.sh

need_go_stubs
examples=$CLIENTS_BUILD/go_units
rm -rf "$examples"
cp -R client/examples/go "$examples"

step "generate"
go_stubs rowkeeper.example "$examples" proto/tracker/v1/*.proto proto/rowkeeper/v1/annotations.proto \
  proto/rowkeeper/v1/unit_of_work.proto

step "build"
build_go "$examples"

example() {
  local name=$1
  shift
  "$examples/bin/$name" "$ADDRESS" "$@"
}
check_examples
