#!/usr/bin/env bash
# Stubs that protoc-gen-go and protoc-gen-go-grpc generate from our protos work unchanged.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

need_go_stubs
client=$CLIENTS_BUILD/go
rm -rf "$client"
mkdir -p "$client"
cp tests/clients/go/go.mod tests/clients/go/go.sum tests/clients/go/main.go "$client"

step "generate"
go_stubs rowkeeper.test/client "$client" proto/planner/v1/*.proto proto/rowkeeper/v1/annotations.proto

step "build"
build_go "$client"

step "call"
start_planner
"$client/bin/client" "$ADDRESS" || fail "the Go client; the line above says where"
