# shellcheck shell=bash
# shellcheck disable=SC2034  # the versions are used by the tests
# Pinned clients and generators from their registries, kept in a cache between runs. Source after tests/support/server.sh.

GRPCURL_VERSION=v1.9.1
PROTOC_GEN_GO_VERSION=v1.33.0
PROTOC_GEN_GO_GRPC_VERSION=v1.3.0
GRPCIO_VERSION=1.71.2
BUF_VERSION=1.50.0

TOOLS=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/rowkeeper-tests
CLIENTS_BUILD=${CLIENTS_BUILD:-$WORK}

# need_command NAME PACKAGE: skips the test unless the command is there.
need_command() { command -v "$1" >/dev/null || skip "$1 is not installed (package $2)"; }

# fetch WHAT LOCK COMMAND...: runs COMMAND, one test at a time; a registry that cannot be reached skips the test.
fetch() {
  local what=$1 lock=$2
  shift 2
  mkdir -p "$TOOLS"
  flock "$TOOLS/$lock.lock" timeout 400 "$@" >"$WORK/fetch.log" 2>&1 && return 0
  tail -n 15 "$WORK/fetch.log"
  skip "$what could not be fetched; is its registry reachable? The lines above say why"
}

# need_go_tool NAME PACKAGE VERSION: sets GO_BIN to the directory that holds it.
need_go_tool() {
  need_command go golang-go
  GO_BIN=$TOOLS/go/$3
  [ -x "$GO_BIN/$1" ] || fetch "$2@$3" go env GOBIN="$GO_BIN" GOFLAGS=-mod=mod go install "$2@$3"
}

# Gets what go_stubs needs.
need_go_stubs() {
  need_command protoc protobuf-compiler
  need_go_tool protoc-gen-go google.golang.org/protobuf/cmd/protoc-gen-go "$PROTOC_GEN_GO_VERSION"
  GO_PLUGINS=$GO_BIN
  need_go_tool protoc-gen-go-grpc google.golang.org/grpc/cmd/protoc-gen-go-grpc "$PROTOC_GEN_GO_GRPC_VERSION"
  GO_PLUGINS=$GO_PLUGINS:$GO_BIN
}

# go_stubs MODULE DIR PROTO...: writes the stubs of proto/… into DIR, which holds MODULE, as MODULE/gen/….
go_stubs() {
  local module=$1 directory=$2 proto arguments
  shift 2
  arguments=(-I proto "--go_out=$directory" "--go_opt=module=$module" "--go-grpc_out=$directory" "--go-grpc_opt=module=$module")
  for proto in "${@#proto/}"; do
    arguments+=("--go_opt=M$proto=$module/gen/${proto%/*}" "--go-grpc_opt=M$proto=$module/gen/${proto%/*}")
  done
  PATH=$GO_PLUGINS:$PATH protoc "${arguments[@]}" "${@#proto/}" || fail "protoc for Go"
}

# build_go DIR: builds the programs of the module in DIR into DIR/bin.
build_go() {
  cd "$1"
  fetch "the Go modules" go go mod download
  mkdir -p bin
  go build -mod=readonly -o bin ./... || fail "the Go programs do not compile"
  cd "$OLDPWD"
}

# Sets PYTHON to an interpreter that has gRPC and its generator.
need_python() {
  need_command python3 python3
  local home
  home=$TOOLS/python-$GRPCIO_VERSION-$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  PYTHON=$home/bin/python
  [ -f "$home/complete" ] && "$PYTHON" -c '' 2>/dev/null && return 0
  python3 -c 'import ensurepip' 2>/dev/null || skip "python3 cannot make virtual environments (package python3-venv)"
  # shellcheck disable=SC2016  # expanded by the inner shell
  fetch "grpcio-tools $GRPCIO_VERSION" python bash -ec '
    [ ! -f "$1/complete" ] || exit 0
    python3 -m venv --clear "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
      "grpcio==$2" "grpcio-tools==$2" "grpcio-status==$2"
    touch "$1/complete"' - "$home" "$GRPCIO_VERSION"
}

# Sets BUF to the program.
need_buf() {
  need_command npm npm
  local home=$TOOLS/buf-$BUF_VERSION
  BUF=$home/node_modules/.bin/buf
  [ -x "$BUF" ] || fetch "@bufbuild/buf $BUF_VERSION" npm npm install --silent --no-audit --no-fund --prefix "$home" "@bufbuild/buf@$BUF_VERSION"
  "$BUF" --version >/dev/null || skip "buf $BUF_VERSION does not run here"
}
