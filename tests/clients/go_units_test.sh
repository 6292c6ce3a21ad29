#!/usr/bin/env bash
# The Go client alone, and the examples of units of work over stubs that protoc-gen-go and protoc-gen-go-grpc generate.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh
# shellcheck source=tests/clients/units.sh
source tests/clients/units.sh

need_go_stubs

step "its generated files are those of the .proto files"
PATH=$GO_PLUGINS:$PATH client/generate.sh go "$WORK/generated"
diff -r client/go/v1 "$WORK/generated/v1" || fail "client/go is out of date: run client/generate.sh"

step "the module alone"
module=$CLIENTS_BUILD/go_client
rm -rf "$module"
cp -R client/go "$module"
# shellcheck disable=SC2016  # expanded by the inner shell
fetch "the Go modules" go bash -c 'cd "$1" && go mod download' - "$module"
(cd "$module" && go vet -mod=readonly ./... && go test -mod=readonly ./...) || fail "the Go client alone; the lines above say where"

step "generate"
examples=$CLIENTS_BUILD/go_units
rm -rf "$examples"
cp -R client/examples/go "$examples"
go mod edit -replace "rowkeeper.example/client=$PWD/client/go" "$examples/go.mod"
GO_CLIENT=rowkeeper.example/client go_stubs rowkeeper.example/examples "$examples" proto/tracker/v1/*.proto

step "build"
build_go "$examples"

example() {
  local name=$1
  shift
  "$examples/bin/$name" "$ADDRESS" "$@"
}
check_examples
