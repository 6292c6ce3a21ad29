#!/usr/bin/env bash
# Builds the Go peer into DIR/server, with modules of go.sum only. usage: build.sh DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD/../../../..
directory=$1
module=rowkeeper.test/bench

mkdir -p "$directory/bin"
cp ./*.go go.mod go.sum "$directory"
cd "$directory"
go build -mod=readonly -o bin google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
protos=(bench/v1/profile.proto bench/v1/todo.proto bench/v1/project.proto rowkeeper/v1/annotations.proto)
arguments=()
for proto in "${protos[@]}"; do
  arguments+=("--go_opt=M$proto=$module/gen/${proto%/*}" "--go-grpc_opt=M$proto=$module/gen/${proto%/*}")
done
PATH=$PWD/bin:$PATH protoc -I "$root/tests/bench/proto" -I "$root/proto" --go_out=. "--go_opt=module=$module" \
  --go-grpc_out=. "--go-grpc_opt=module=$module" "${arguments[@]}" "${protos[@]}"
go build -mod=readonly -o server .
