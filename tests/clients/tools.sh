# shellcheck shell=bash
# shellcheck disable=SC2034  # the versions are used by the tests
# Pinned clients and generators from their registries, kept in a cache between runs. Source after tests/support/server.sh.

GRPCURL_VERSION=v1.9.1
PROTOC_GEN_GO_VERSION=v1.33.0
PROTOC_GEN_GO_GRPC_VERSION=v1.3.0
BUF_VERSION=1.50.0
# What client/python needs, and what builds it.
PYTHON_PACKAGES=(grpcio==1.85.3 protobuf==7.36.2 googleapis-common-protos==1.76.0 setuptools==84.2.1 wheel==0.48.0)
# OpenTelemetry's protocol, for a collector that gets traces.
COLLECTOR_PACKAGES=(opentelemetry-proto==1.45.2 grpcio==1.85.3 protobuf==7.36.2)

TOOLS=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/rowkeeper-tests
CLIENTS_BUILD=${CLIENTS_BUILD:-$WORK}

# need_command NAME PACKAGE: skips the test unless the command is there.
need_command() { command -v "$1" >/dev/null || skip "$1 is not installed (package $2)"; }

# fetch WHAT LOCK COMMAND...: runs COMMAND, one test at a time; a registry that cannot be reached, or has not answered
# until the test is 400 seconds old, skips the test.
fetch() {
  local what=$1 lock=$2 left=$((400 - SECONDS))
  shift 2
  mkdir -p "$TOOLS"
  timeout --kill-after=10 "$((left > 1 ? left : 1))" flock "$TOOLS/$lock.lock" "$@" >"$WORK/fetch.log" 2>&1 && return 0
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

# go_stubs MODULE DIR PROTO...: writes the stubs of proto/… into DIR, which holds MODULE, as MODULE/gen/…. googleapis'
# types are those of genproto, as in other people's programs: a second copy would end the program when it starts.
# GO_CLIENT is the module of client/go, if the stubs use that.
go_stubs() {
  local module=$1 directory=$2 proto arguments
  local date=Mgoogle/type/date.proto=google.golang.org/genproto/googleapis/type/date
  shift 2
  arguments=(-I proto -I server/protocols "--go_opt=$date" "--go-grpc_opt=$date"
    "--go_out=$directory" "--go_opt=module=$module" "--go-grpc_out=$directory" "--go-grpc_opt=module=$module")
  for proto in ${GO_CLIENT:+annotations unit_of_work}; do
    arguments+=("--go_opt=Mrowkeeper/v1/$proto.proto=$GO_CLIENT/v1" "--go-grpc_opt=Mrowkeeper/v1/$proto.proto=$GO_CLIENT/v1")
  done
  for proto in "${@#proto/}"; do
    arguments+=("--go_opt=M$proto=$module/gen/${proto%/*}" "--go-grpc_opt=M$proto=$module/gen/${proto%/*}")
  done
  PATH=$GO_PLUGINS:$PATH protoc "${arguments[@]}" "${@#proto/}" || fail "protoc for Go"
}

# build_go DIR: builds the programs of the module in DIR into DIR/bin.
build_go() {
  cd "$1" || fail "$1 is not there"
  fetch "the Go modules" go go mod download
  mkdir -p bin
  go build -mod=readonly -o bin ./... || fail "the Go programs do not compile"
  cd "$OLDPWD" || fail "$OLDPWD is gone"
}

# Sets PYTHON to the distribution's interpreter, whose gRPC and protobuf fit its protoc.
need_python() {
  PYTHON=/usr/bin/python3
  [ -x "$PYTHON" ] || skip "$PYTHON is not installed (package python3)"
  "$PYTHON" -c 'import grpc, google.protobuf' 2>/dev/null ||
    skip "$PYTHON has no gRPC or protobuf (packages python3-grpcio, python3-protobuf)"
  need_command protoc protobuf-compiler
  need_command grpc_python_plugin protobuf-compiler-grpc
}

# need_python_client: sets PYTHON to an interpreter of its own, with client/python as pip installs it. Only what it needs
# comes from a registry, so that a mistake of its own is no registry that cannot be reached.
need_python_client() {
  need_command python3 python3
  local home source=$WORK/python-source
  home=$TOOLS/python-$({ python3 -V && echo "${PYTHON_PACKAGES[@]}"; } | cksum | cut -d ' ' -f 1)
  [ -e "$home/complete" ] || fetch "Python's packages" python_client bash -c 'make_python_home "$@"' bash "$home" "${PYTHON_PACKAGES[@]}"
  PYTHON=$home/bin/python3
  cp -R client/python "$source"  # pip builds in place
  "$PYTHON" -m pip install --quiet --no-deps --no-build-isolation --no-index --force-reinstall --target "$WORK/python" \
    "$source" || fail "pip install client/python"
  export PYTHONPATH=$WORK/python PYTHONDONTWRITEBYTECODE=1
  "$PYTHON" -m pip check || fail "client/python/pyproject.toml asks for other packages than PYTHON_PACKAGES in tests/clients/tools.sh"
}
# need_collector: sets PYTHON to an interpreter of its own, with what tests/clients/python/trace_collector.py needs.
need_collector() {
  need_command python3 python3
  local home
  home=$TOOLS/collector-$({ python3 -V && echo "${COLLECTOR_PACKAGES[@]}"; } | cksum | cut -d ' ' -f 1)
  [ -e "$home/complete" ] || fetch "Python's packages" collector bash -c 'make_python_home "$@"' bash "$home" "${COLLECTOR_PACKAGES[@]}"
  PYTHON=$home/bin/python3
}
# need_otelcol: sets OTELCOL to the OpenTelemetry Collector, made of the modules that tests/clients/otelcol names. As that takes
# minutes, it is made only if BUILD_OTELCOL is set, and kept.
need_otelcol() {
  need_command go golang-go
  local home
  home=$TOOLS/otelcol-$(cat tests/clients/otelcol/{go.mod,go.sum,main.go} | cksum | cut -d ' ' -f 1)
  OTELCOL=$home/otelcol
  [ ! -x "$OTELCOL" ] || return 0
  [ -n "${BUILD_OTELCOL:-}" ] || skip "the OpenTelemetry Collector is not there; BUILD_OTELCOL=yes makes it, which takes minutes"
  cd tests/clients/otelcol || fail "tests/clients/otelcol is not there"
  export GOTOOLCHAIN=local
  fetch "The collector's modules" otelcol go list -mod=readonly -deps .
  CGO_ENABLED=0 go build -mod=readonly -o "$OTELCOL.new" . || fail "tests/clients/otelcol does not compile"
  mv "$OTELCOL.new" "$OTELCOL"
  cd "$OLDPWD" || fail "$OLDPWD is gone"
}
# make_python_home DIR PACKAGE...
make_python_home() {
  local home=$1
  shift
  [ ! -e "$home/complete" ] || return 0  # another test has made it meanwhile
  rm -rf "$home"
  python3 -m venv "$home" && "$home/bin/python3" -m pip install --quiet "$@" && touch "$home/complete"
}
export -f make_python_home

# python_stubs DIR PROTO...: writes the stubs of proto/… and of Google's types that they and the errors use into DIR.
python_stubs() {
  local directory=$1
  shift
  protoc -I proto -I server/protocols --python_out="$directory" --grpc_out="$directory" "--plugin=protoc-gen-grpc=$(command -v grpc_python_plugin)" \
    "$@" server/protocols/google/rpc/*.proto server/protocols/google/type/*.proto || fail "protoc for Python"
}

# need_npm_packages: fills NPM_CACHE with the packages that the lock files of client/typescript and its examples name, so that
# npm installs them without a registry. Only that comes from one, so a mistake of our own is no registry out of reach.
need_npm_packages() {
  need_command node nodejs
  need_command npm npm
  need_command protoc protobuf-compiler
  local folders=(client/typescript client/examples/typescript) folder
  [ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ] || skip "node $(node --version) is older than 18"
  for folder in "${folders[@]}"; do
    (cd "$folder" && npm ls --package-lock-only --all >"$WORK/npm.log" 2>&1) || fail "the lock file of $folder: $(cat "$WORK/npm.log")"
  done
  NPM_CACHE=$TOOLS/npm-$(cat "${folders[@]/%//package-lock.json}" | cksum | cut -d ' ' -f 1)
  [ -e "$NPM_CACHE/complete" ] || fetch "npm's packages" npm_packages bash -c 'fill_npm_cache "$@"' bash "$NPM_CACHE" "$WORK/npm" "${folders[@]}"
}
# fill_npm_cache CACHE SCRATCH FOLDER...
fill_npm_cache() {
  local cache=$1 scratch=$2 folder
  shift 2
  [ ! -e "$cache/complete" ] || return 0  # another test has made it meanwhile
  for folder in "$@"; do
    mkdir -p "$scratch/$folder"
    cp "$folder/package.json" "$folder/package-lock.json" "$scratch/$folder"
    [ ! -e "$folder/.npmrc" ] || cp "$folder/.npmrc" "$scratch/$folder"
    (cd "$scratch/$folder" && npm ci --ignore-scripts --no-audit --no-fund --cache "$cache") || return 1
  done
  touch "$cache/complete"
}
export -f fill_npm_cache

# npm_ci DIR [OPTION...]: installs what the lock file in DIR names, and builds the package in DIR if it is to be built.
npm_ci() {
  local directory=$1
  shift
  (cd "$directory" && npm ci --offline --no-audit --no-fund --cache "$NPM_CACHE" "$@" >"$WORK/npm.log" 2>&1) || fail "npm ci in $directory: $(cat "$WORK/npm.log")"
}

# typescript_stubs DIR PROTO...: writes the stubs of proto/… into DIR/gen, by the options that client/typescript/README.md names.
# DIR has ts-proto.
typescript_stubs() {
  local directory=$1 options
  shift
  options=$(sed -n 's/.*--ts_proto_opt=\([^ ]*\).*/\1/p' client/typescript/README.md)
  [ -n "$options" ] || fail "client/typescript/README.md names no options for ts-proto"
  mkdir -p "$directory/gen"
  protoc -I proto -I server/protocols "--plugin=$directory/node_modules/.bin/protoc-gen-ts_proto" "--ts_proto_out=$directory/gen" \
    "--ts_proto_opt=$options" "$@" || fail "protoc for TypeScript"
}

# Sets BUF to the program.
need_buf() {
  need_command npm npm
  local home=$TOOLS/buf-$BUF_VERSION
  BUF=$home/node_modules/.bin/buf
  [ -x "$BUF" ] || fetch "@bufbuild/buf $BUF_VERSION" npm npm install --silent --no-audit --no-fund --prefix "$home" "@bufbuild/buf@$BUF_VERSION"
  "$BUF" --version >/dev/null || skip "buf $BUF_VERSION does not run here"
}
