#!/usr/bin/env bash
# check --against finds what buf breaking finds by its rules for the wire, and takes older protos from where they are.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

need_command git git
need_buf

mkdir -p "$WORK/shop/proto/shop/v1"
proto=$WORK/shop/proto/shop/v1/item.proto
cp -r proto/rowkeeper "$WORK/shop/proto"
cat >"$proto" <<'END'
syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
enum State {
  STATE_UNSPECIFIED = 0;
  STATE_OPEN = 1;
  STATE_DONE = 2;
  reserved 7;
}
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2;
  int32 amount = 3;
  State state = 4;
  repeated string tags = 5;
  bytes picture = 6;
  oneof place {
    string street = 8;
    string square = 9;
  }
  reserved 10;
}
message GetItemRequest { int64 id = 1; }
message GetItemResponse { Item item = 1; }
message OtherResponse { Item item = 1; }
service ItemRepository {
  option (rowkeeper.v1.repository) = { entity: "shop.v1.Item" };
  rpc Get(GetItemRequest) returns (GetItemResponse);
  rpc GetById(GetItemRequest) returns (GetItemResponse);
}
END
cat >"$WORK/shop/proto/buf.yaml" <<'END'
version: v2
breaking:
  use:
    - WIRE
END
(cd "$WORK/shop/proto" && "$BUF" build -o "$WORK/old.binpb") || fail "buf build"
cp "$proto" "$WORK/old.proto"
cp -r "$WORK/shop/proto" "$WORK/old"

# against EXPECTED_CODE OLD: sets `output`.
against() {
  local code=0
  output=$(cd "$WORK/shop" && "$ROWKEEPER" check --proto-path proto --against "$2" 2>&1) || code=$?
  [ "$code" = "$1" ] || fail "check --against $2: exit code $code, not $1: $output"
}
# both EXPECTED_CODE SED: whether buf and rowkeeper let pass, or not, what SED does to the file.
both() {
  local code=0
  sed "$2" "$WORK/old.proto" >"$proto"
  ! cmp -s "$WORK/old.proto" "$proto" || fail "the file has nothing for: $2"
  (cd "$WORK/shop/proto" && "$BUF" breaking --against "$WORK/old.binpb" >"$WORK/buf.log" 2>&1) || code=$?
  [ "$((code != 0))" = "$(($1 != 0))" ] || fail "buf breaking after $2: exit code $code: $(cat "$WORK/buf.log")"
  against "$1" "$WORK/old"
}

step "what neither minds"
both 0 's/string title = 2;/&\n  optional string notes = 11;/'
both 0 's/int32 amount/int64 amount/'
both 0 's/  string title = 2;/  reserved 2;/'
both 0 's/  bytes picture = 6;/  reserved 6;/'

step "what both find"
both 3 '/string title = 2;/d'
both 3 's/int32 amount/sint32 amount/'
both 3 's/int32 amount/string amount/'
both 3 's/bytes picture/string picture/'
both 3 's/repeated string tags/repeated int64 tags/'
both 3 '/STATE_DONE = 2;/d'
both 3 's/  reserved 7;//'
both 3 's/  reserved 10;//'
both 3 's/    string square = 9;//; s/  reserved 10;/&\n  string square = 9;/'
both 3 's/rpc GetById(GetItemRequest) returns (GetItemResponse)/rpc GetById(GetItemRequest) returns (OtherResponse)/'

step "what only rowkeeper finds"
sed '/rpc GetById(/d' "$WORK/old.proto" >"$proto"
against 3 "$WORK/old"
contains "$output" 'shop\.v1\.ItemRepository: method GetById is gone' "check --against"
sed 's/string title = 2;/string title = 2 [(rowkeeper.v1.column).unique = true];/' "$WORK/old.proto" >"$proto"
against 3 "$WORK/old"
contains "$output" '^shop/v1/item\.proto:10: shop\.v1\.Item: rows must be unique in title now' "check --against"
against 3 "$WORK/old.binpb"
contains "$output" 'must be unique in title' "check --against a descriptor set"

step "from git"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
cp "$WORK/old.proto" "$proto"
git -C "$WORK/shop" init -q
git -C "$WORK/shop" add .
git -C "$WORK/shop" -c user.name=test -c user.email=test@example.com commit -q -m "First state"
against 0 git:HEAD
contains "$output" '^1 entities and 1 repositories compared, 0 findings$' "check --against git:HEAD"
sed -i '/string title = 2;/d' "$proto"
for old in git:HEAD git:HEAD:proto; do
  against 3 "$old"
  contains "$output" 'field 2, "title" \(string\), is gone' "check --against $old"
done
against 1 git:no-such-revision
contains "$output" "cannot take the protos of the revision \"no-such-revision\"" "check --against a revision that is not there"
against 1 git:--help
contains "$output" 'names no revision' "check --against an option"
against 1 "$WORK/nowhere"
contains "$output" 'there is no .*nowhere' "check --against nothing"
printf 'syntax = "proto3";\nmessage {' >"$WORK/old/broken.proto"
against 1 "$WORK/old"
contains "$output" 'older protos have the mistakes above' "check --against broken protos"
