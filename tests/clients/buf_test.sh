#!/usr/bin/env bash
# buf lints our protos, builds them to a descriptor set that rowkeeper takes, and would notice a breaking change.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

need_buf

step "buf lint"
"$BUF" lint || fail "buf lint; the lines above name what to change"

step "buf build makes a descriptor set that rowkeeper compiles"
"$BUF" build -o "$WORK/all.binpb" || fail "buf build"
"$ROWKEEPER" check --offline --descriptor-set "$WORK/all.binpb" >"$WORK/check.log" || fail "check of buf's descriptor set"
contains "$(cat "$WORK/check.log")" '^planner.v1.TodoRepository ' "services of buf's descriptor set"
contains "$(cat "$WORK/check.log")" '^tracker.v1.TaskRepository ' "services of buf's descriptor set"

step "buf breaking accepts the protos as they are, and not a field that changes its type"
"$BUF" breaking --against "$WORK/all.binpb" || fail "buf breaking against the same protos"
mkdir "$WORK/changed"
cp -r buf.yaml proto "$WORK/changed"
sed -i 's/^  int32 priority = 8/  string priority = 8/' "$WORK/changed/proto/planner/v1/todo.proto"
if output=$(cd "$WORK/changed" && "$BUF" breaking --against "$WORK/all.binpb" 2>&1); then fail "buf breaking let a changed type pass"; fi
contains "$output" 'todo.proto.*priority' "buf breaking"
