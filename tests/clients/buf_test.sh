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

step "a descriptor set with googleapis' own files is as good"
mkdir -p "$WORK/mine/google/type" "$WORK/mine/google/rpc" "$WORK/mine/shop/v1"
cp -r proto/rowkeeper "$WORK/mine"
cat >"$WORK/mine/google/type/date.proto" <<'END'
syntax = "proto3";
package google.type;
option cc_enable_arenas = true;
option go_package = "google.golang.org/genproto/googleapis/type/date;date";
option java_outer_classname = "DateProto";
// Represents a whole or partial calendar date, such as a birthday.
message Date {
  // Year of the date. Must be from 1 to 9999, or 0 to specify a date without a year.
  int32 year = 1;
  int32 month = 2;
  int32 day = 3;
}
END
cat >"$WORK/mine/google/rpc/error_details.proto" <<'END'
syntax = "proto3";
package google.rpc;
message ErrorInfo {
  string reason = 1;
  string domain = 2;
  map<string, string> metadata = 3;
}
message LocalizedMessage {
  string locale = 1;
  string message = 2;
}
END
cat >"$WORK/mine/shop/v1/item.proto" <<'END'
syntax = "proto3";
package shop.v1;
import "google/rpc/error_details.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  google.type.Date due_date = 2;
  google.rpc.LocalizedMessage title = 3;
}
END
(cd "$WORK/mine" && "$BUF" build -o "$WORK/mine.binpb") || fail "buf build of somebody's module"
"$ROWKEEPER" check --offline --descriptor-set "$WORK/mine.binpb" >"$WORK/check.log" 2>&1 ||
  fail "check of a set with googleapis: $(cat "$WORK/check.log")"
"$ROWKEEPER" check --offline --proto-path "$WORK/mine" >"$WORK/check.log" 2>&1 ||
  fail "check of a path with googleapis: $(cat "$WORK/check.log")"

RELEASED=$(printf '%s\n' "$PWD"/proto/releases/*.binpb | sort -V | tail -n 1)

step "the public protos break nobody who was built with the last release, ${RELEASED##*/}"
"$BUF" breaking proto --against "$RELEASED" || fail "buf breaking; programs built with that release would break"

# changed SED FILE: buf breaking of a copy in which SED has changed proto/rowkeeper/v1/FILE; sets OUTPUT.
changed() {
  rm -rf "$WORK/changed"
  mkdir "$WORK/changed"
  mkdir "$WORK/changed/server"
  cp -r buf.yaml proto "$WORK/changed"
  cp -r server/protocols "$WORK/changed/server"
  sed -i "$1" "$WORK/changed/proto/rowkeeper/v1/$2"
  ! cmp -s "proto/rowkeeper/v1/$2" "$WORK/changed/proto/rowkeeper/v1/$2" || fail "$2 has nothing for: $1"
  OUTPUT=$(cd "$WORK/changed" && "$BUF" breaking proto --against "$RELEASED" 2>&1)
}
must_break() {
  if changed "$1" "$2"; then fail "buf breaking let pass: $1"; fi
  contains "$OUTPUT" "$3" "buf breaking after $1"
}

step "buf breaking would notice"
must_break '/string next_page_token = 2;/d' unit_of_work.proto 'field "2" with name "next_page_token".* deleted'
must_break 's/optional int32 call = 2/int32 call = 2/' unit_of_work.proto 'field "2" with name "call"|Field "2" with name "call"'
must_break '/rpc Release(/d' unit_of_work.proto 'RPC "Release".* deleted'
must_break 's/ RelationOptions relation = / RelationOptions relatives = /' annotations.proto 'relation'
changed 's/^message ListResponse {/&\n  int32 total_size = 3;/' unit_of_work.proto || fail "buf breaking refuses a new field: $OUTPUT"
