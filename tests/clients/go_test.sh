#!/usr/bin/env bash
# Stubs that protoc-gen-go and protoc-gen-go-grpc generate from our protos work unchanged.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

need_command protoc protobuf-compiler
need_go_tool protoc-gen-go google.golang.org/protobuf/cmd/protoc-gen-go "$PROTOC_GEN_GO_VERSION"
plugins=$GO_BIN
need_go_tool protoc-gen-go-grpc google.golang.org/grpc/cmd/protoc-gen-go-grpc "$PROTOC_GEN_GO_GRPC_VERSION"
client=$CLIENTS_BUILD/go
rm -rf "$client"
mkdir -p "$client"
cp tests/clients/go/go.mod tests/clients/go/go.sum tests/clients/go/main.go "$client"

step "generate"
module=rowkeeper.test/client
arguments=(-I proto "--go_out=$client" "--go_opt=module=$module" "--go-grpc_out=$client" "--go-grpc_opt=module=$module")
protos=(rowkeeper/v1/annotations.proto google/type/date.proto)
for file in proto/planner/v1/*.proto; do protos+=("${file#proto/}"); done
for proto in "${protos[@]}"; do
  arguments+=("--go_opt=M$proto=$module/gen/${proto%/*}" "--go-grpc_opt=M$proto=$module/gen/${proto%/*}")
done
PATH=$plugins:$GO_BIN:$PATH protoc "${arguments[@]}" "${protos[@]}" || fail "protoc for Go"

step "build"
cd "$client"
fetch "the client's Go modules" go go mod download
go build -mod=readonly -o client . || fail "the Go client does not compile"
cd "$OLDPWD"

step "call"
start_planner
"$client/client" "$ADDRESS" || fail "the Go client; the line above says where"
