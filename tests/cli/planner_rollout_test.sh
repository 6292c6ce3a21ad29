#!/usr/bin/env bash
# planner_rollout.py says what this does. usage: planner_rollout_test.sh database-first|servers-first
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

for python in python3 /usr/bin/python3; do
  if "$python" -c 'import grpc, google.protobuf' 2>/dev/null; then break; fi
  python=
done
[ -n "$python" ] || skip "Python has no gRPC (package python3-grpcio)"
command -v protoc >/dev/null || skip "protoc is not installed (package protobuf-compiler)"

make_scratch_database
mkdir "$WORK/proto"
cp -R proto/planner proto/rowkeeper "$WORK/proto"
cp -R migrations/planner "$WORK/migrations"
"$ROWKEEPER" migrate bootstrap --migrations "$WORK/migrations" --database-url "$SCRATCH_URL" >/dev/null
PYTHONDONTWRITEBYTECODE=1 "$python" tests/cli/planner_rollout.py "$1" "$ROWKEEPER" "$SCRATCH_URL" "$WORK"
