#!/usr/bin/env bash
# Makes DIR/server start the Python peer, with the packages of requirements.txt in DIR/venv. usage: build.sh DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd ../../../.. && pwd)
directory=$1

[ -x "$directory/venv/bin/pip" ] || python3 -m venv "$directory/venv"
"$directory/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: -r requirements.txt
mkdir -p "$directory/stubs"
"$directory/venv/bin/python" -m grpc_tools.protoc -I "$root/tests/bench/proto" -I "$root/proto" --python_out="$directory/stubs" \
  --grpc_python_out="$directory/stubs" bench/v1/{profile,todo,project}.proto rowkeeper/v1/annotations.proto
cat >"$directory/server" <<END
#!/bin/sh
PYTHONPATH=$PWD:$directory/stubs PYTHONDONTWRITEBYTECODE=1 exec $directory/venv/bin/python -O $PWD/server.py
END
chmod +x "$directory/server"
