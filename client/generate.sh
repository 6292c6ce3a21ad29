#!/usr/bin/env bash
# Writes the generated files of the Python, Go and TypeScript clients anew, after a change of proto/rowkeeper/v1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
usage: client/generate.sh [python|go|typescript] [DIR]

Writes what protoc makes of proto/rowkeeper/v1 into client/python, client/go and client/typescript, or what is of one of
them below DIR. Go needs protoc-gen-go and protoc-gen-go-grpc in PATH, in the versions that tests/clients/tools.sh names;
TypeScript needs protoc-gen-ts_proto in PATH, or `npm ci` in client/typescript.

Example:
  client/generate.sh
TEXT
}

files=(rowkeeper/v1/annotations.proto rowkeeper/v1/unit_of_work.proto)

python() {
  mkdir -p "$1"
  protoc -I proto "--python_out=$1" "--grpc_out=$1" "--plugin=protoc-gen-grpc=$(command -v grpc_python_plugin)" "${files[@]}"
  # There are no services in it.
  rm "$1/rowkeeper/v1/annotations_pb2_grpc.py"
}

go() {
  local file module=rowkeeper.example/client set arguments=()
  set=$(mktemp)
  # Without comments: they change more often than what they are about.
  protoc -I proto --include_imports -o "$set" "${files[@]}"
  for file in "${files[@]}"; do arguments+=("--go_opt=M$file=$module/v1" "--go-grpc_opt=M$file=$module/v1"); done
  mkdir -p "$1"
  protoc "--descriptor_set_in=$set" "--go_out=$1" "--go_opt=module=$module" "--go-grpc_out=$1" "--go-grpc_opt=module=$module" \
    "${arguments[@]}" "${files[@]}"
  rm "$set"
}

typescript() {
  local set
  set=$(mktemp)
  protoc -I proto -I server/protocols --include_imports -o "$set" rowkeeper/v1/unit_of_work.proto google/rpc/status.proto google/rpc/error_details.proto
  mkdir -p "$1/src/gen"
  # Users' stubs bring the options of annotations.proto themselves: types of the same shape are the same type.
  PATH=$PATH:client/typescript/node_modules/.bin protoc "--descriptor_set_in=$set" "--ts_proto_out=$1/src/gen" \
    --ts_proto_opt=outputServices=grpc-js,outputClientImpl=false,outputJsonMethods=false,forceLong=bigint,useDate=false,importSuffix=.js,annotateFilesWithVersion=false \
    rowkeeper/v1/unit_of_work.proto google/rpc/status.proto google/rpc/error_details.proto
  rm "$set"
}

case ${1:-} in
  '') python client/python && go client/go && typescript client/typescript ;;
  python | go | typescript) "$1" "${2:-client/$1}" ;;
  *)
    usage >&2
    exit 2
    ;;
esac
