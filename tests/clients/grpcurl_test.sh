#!/usr/bin/env bash
# What a person with grpcurl sees: services and messages through reflection, calls, error details, health.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh
# shellcheck source=tests/support/certificates.sh
source tests/support/certificates.sh
# shellcheck source=tests/support/tokens.sh
source tests/support/tokens.sh

need_go_tool grpcurl github.com/fullstorydev/grpcurl/cmd/grpcurl "$GRPCURL_VERSION"

# ask ARG...: grpcurl on the server.
ask() { "$GO_BIN/grpcurl" -plaintext -max-time 10 "$@"; }
# rpc METHOD JSON [OPTION...]
rpc() {
  local method=$1 json=$2
  shift 2
  ask "$@" -d "$json" "$ADDRESS" "planner.v1.$method"
}
# refused CODE METHOD JSON: leaves what grpcurl says in $output.
refused() {
  local code=$1
  shift
  if output=$(rpc "$@" 2>&1); then fail "$*: expected $code, got $output"; fi
  contains "$output" "Code: $code" "$*"
}

start_planner --log-calls all

step "list"
services=$(ask "$ADDRESS" list)
for service in planner.v1.TodoRepository planner.v1.ProfileRepository grpc.health.v1.Health grpc.reflection.v1.ServerReflection \
  grpc.reflection.v1alpha.ServerReflection rowkeeper.v1.UnitOfWork; do
  contains "$services" "^$service\$" "list"
done
lacks "$services" 'tracker' "list shows only what is served"
contains "$(ask -unix "$WORK/server.sock" list planner.v1.TodoRepository)" '^planner.v1.TodoRepository.ListByDateRange$' "list over a unix socket"

step "describe"
contains "$(ask "$ADDRESS" describe planner.v1.TodoRepository)" 'rpc GetById \( ?.planner.v1.GetTodoByIdRequest ?\) returns \( ?.planner.v1.Todo ?\)' "describe a service"
contains "$(ask "$ADDRESS" describe planner.v1.Todo)" 'google.protobuf.Timestamp due_at = 6' "describe a message"
contains "$(ask -msg-template "$ADDRESS" describe planner.v1.CreateTodoRequest)" '"todo": \{' "describe with a template"
ask "$ADDRESS" describe >/dev/null || fail "describe everything"

step "calls"
todo=$(rpc TodoRepository/Create '{"todo": {"owner_id": "'"$ADA"'", "title": "grpcurl", "due_at": "2031-05-06T07:08:09Z", "labels": {"a": [1, null]}}}')
id=$(field id "$todo")
contains "$todo" '"version": "1"' "Create"
equals "$(rpc TodoRepository/GetById '{"id": "'"$id"'"}')" "$todo" "GetById"
contains "$(rpc TodoRepository/ListByOwner '{"owner_id": "'"$ADA"'"}')" "$id" "ListByOwner"
contains "$(rpc TodoRepository/ListByDateRange '{"owner_id": "'"$ADA"'", "start_time": "2031-05-06T00:00:00Z", "end_time": "2031-05-07T00:00:00Z"}')" "$id" "ListByDateRange"
lacks "$(rpc TodoRepository/ListByDateRange '{"owner_id": "'"$ADA"'", "start_time": "2031-05-07T00:00:00Z", "end_time": "2031-05-08T00:00:00Z"}')" "$id" "ListByDateRange elsewhere"
contains "$(rpc TodoRepository/Update '{"todo": {"id": "'"$id"'", "title": "updated"}, "update_mask": {"paths": ["title"]}}')" '"title": "updated"' "Update"
contains "$(rpc TodoRepository/SoftDelete '{"id": "'"$id"'"}')" '"deletedAt": ' "SoftDelete"
refused NotFound TodoRepository/GetById '{"id": "'"$id"'"}'
lacks "$(rpc TodoRepository/ListByOwner '{"owner_id": "'"$ADA"'"}')" "$id" "ListByOwner after SoftDelete"
contains "$(rpc TodoRepository/GetById '{"id": "'"$id"'", "deleted": "DELETED_INCLUDE"}')" '"deletedAt": ' "GetById with deleted ones"
lacks "$(rpc TodoRepository/Restore '{"id": "'"$id"'"}')" '"deletedAt": ' "Restore"
equals "$(rpc TodoRepository/Delete '{"id": "'"$id"'"}')" '{}' "Delete"

step "error details, readable because reflection knows their types"
refused InvalidArgument TodoRepository/GetById '{"id": "none"}'
contains "$output" 'google.rpc.BadRequest' "details of a bad UUID"
contains "$output" '"field": ?"id"' "details of a bad UUID"
refused AlreadyExists ProfileRepository/Create '{"profile": {"email": "ada@example.com", "handle": "other", "display_name": "Other"}}'
contains "$output" 'google.rpc.ErrorInfo' "details of a duplicate"
contains "$output" 'email' "details of a duplicate"
refused FailedPrecondition TodoRepository/Create '{"todo": {"owner_id": "00000000-0000-4000-8000-000000000000", "title": "nobody"}}'
contains "$output" 'Profile|owner_id' "details of a missing reference"
lacks "$output" 'INSERT|SQLSTATE|DETAIL:' "what an error may not show"

step "a unit of work, its handle in a header"
unit() {
  local method=$1 json=$2
  shift 2
  ask "$@" -d "$json" "$ADDRESS" "rowkeeper.v1.UnitOfWork/$method"
}
begun=$(unit Begin '{"label": "grpcurl"}')
handle=$(field handle "$begun")
inside=(-H "rowkeeper-unit-of-work: $handle")
id=$(field id "$(rpc TodoRepository/Create '{"todo": {"owner_id": "'"$ADA"'", "title": "in a unit"}}' "${inside[@]}")")
contains "$(rpc TodoRepository/GetById '{"id": "'"$id"'"}' "${inside[@]}")" '"title": "in a unit"' "GetById in the unit"
refused NotFound TodoRepository/GetById '{"id": "'"$id"'"}'
contains "$(unit List '{}')" '"label": "grpcurl"' "List"
contains "$(unit Savepoint '{"name": "before"}' "${inside[@]}")" '"name": "before"' "Savepoint, the handle in the header alone"
refused FailedPrecondition TodoRepository/Create '{"todo": {"owner_id": "00000000-0000-4000-8000-000000000000", "title": "nobody"}}' "${inside[@]}"
refused FailedPrecondition TodoRepository/GetById '{"id": "'"$id"'"}' "${inside[@]}"
contains "$output" 'UNIT_OF_WORK_FAILED' "a call after a failed statement"
unit RollbackTo '{"name": "before"}' "${inside[@]}" >/dev/null || fail "RollbackTo"
contains "$(unit Commit '{"handle": "'"$handle"'"}')" '"commitTime": ' "Commit"
contains "$(rpc TodoRepository/GetById '{"id": "'"$id"'"}')" '"title": "in a unit"' "GetById after Commit"
contains "$(unit Rollback '{"handle": "'"$handle"'"}')" 'UNIT_OF_WORK_STATE_COMMITTED' "Rollback after Commit"
refused FailedPrecondition TodoRepository/GetById '{"id": "'"$id"'"}' "${inside[@]}"
contains "$output" 'UNIT_OF_WORK_ENDED' "a call after Commit"
refused InvalidArgument TodoRepository/GetById '{"id": "'"$id"'"}' -H 'rowkeeper-unit-of-work: none'
wait_until 60 "the log names the unit by its id" grep -q "method=rowkeeper.v1.UnitOfWork.Rollback .*unit_of_work=$(field id "$begun")" "$SERVER_LOG"
contains "$(grep "id=$id" "$SERVER_LOG")" "TodoRepository.Create .*unit_of_work=$(field id "$begun")" "the log line of a call in the unit"
lacks "$(cat "$SERVER_LOG")" "$handle" "the log, which shows no handle"

step "Run: a profile and its to-do in one call"
run='{"calls": [
  {"method": "planner.v1.ProfileRepository.Create", "request": {"@type": "type.googleapis.com/planner.v1.CreateProfileRequest",
    "profile": {"email": "run@example.com", "handle": "run", "display_name": "Run"}}},
  {"method": "planner.v1.TodoRepository.Create", "request": {"@type": "type.googleapis.com/planner.v1.CreateTodoRequest",
    "todo": {"title": "run"}}, "values": [{"field": "todo.owner_id", "call": 0, "from": "id"}]}]}'
output=$(unit Run "$run") || fail "Run"
equals "$(field ownerId "$output")" "$(field id "$output")" "the to-do's owner, and the profile's id"
if output=$(unit Run "$run" 2>&1); then fail "Run again: $output"; fi
contains "$output" 'Code: AlreadyExists' "Run again"
contains "$output" '"call": ?"0"' "Run again names the call"
contains "$("$ROWKEEPER" call UnitOfWork.Run "${run//run/again}" --address "$ADDRESS")" '"title": "again"' "Run without grpcurl"

step "health"
contains "$(ask "$ADDRESS" grpc.health.v1.Health/Check)" '"status": "SERVING"' "health of the server"
contains "$(ask -d '{"service": "planner.v1.TodoRepository"}' "$ADDRESS" grpc.health.v1.Health/Check)" '"status": "SERVING"' "health of a service"
contains "$(ask -d '{"service": "rowkeeper.v1.UnitOfWork"}' "$ADDRESS" grpc.health.v1.Health/Check)" '"status": "SERVING"' "health of units"
if output=$(ask -d '{"service": "nothing"}' "$ADDRESS" grpc.health.v1.Health/Check 2>&1); then fail "health of nothing: $output"; fi
contains "$output" 'Code: NotFound' "health of nothing"

step "Watch is told when the server stops"
"$GO_BIN/grpcurl" -plaintext -max-time 30 "$ADDRESS" grpc.health.v1.Health/Watch >"$WORK/watch" 2>&1 &
watch=$!
wait_until 60 "Watch says SERVING" grep -q '"SERVING"' "$WORK/watch"
end_server TERM
equals "$SERVER_EXIT" 0 "exit code while somebody watches"
wait "$watch" || true
contains "$(cat "$WORK/watch")" '"NOT_SERVING"' "Watch at the end"

step "TLS"
make_certificates
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 --tls-cert "$TLS/server.crt" --tls-key "$TLS/server.key" \
  --tls-client-certs required --tls-client-roots "$TLS/root.crt"
# over_tls ARG...: Count over TLS.
over_tls() { "$GO_BIN/grpcurl" -max-time 10 "$@" -d '{}' "$ADDRESS" planner.v1.TodoRepository/Count; }
wait_until 60 "the server serves" over_tls -cacert "$TLS/root.crt" -cert "$TLS/client.crt" -key "$TLS/client.key"
if output=$(over_tls -cacert "$TLS/root.crt" 2>&1); then fail "without a certificate: $output"; fi
if output=$(over_tls -cacert "$TLS/root.crt" -cert "$TLS/stranger.crt" -key "$TLS/stranger.key" 2>&1); then fail "a stranger: $output"; fi
if output=$(over_tls -cacert "$TLS/other.crt" -cert "$TLS/client.crt" -key "$TLS/client.key" 2>&1); then fail "another root: $output"; fi
if output=$(over_tls -plaintext 2>&1); then fail "plain text: $output"; fi

step "tokens"
publish "$(make_key first)"
token first alice
token first late -60
kill_server
start_server "${PLANNER[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 "${TOKEN_FLAGS[@]}"
# with_token SUBJECT: Count with the token of SUBJECT, which reflection gets, too.
with_token() { ask -H "authorization: Bearer $(cat "$TOKENS/$1")" -d '{}' "$ADDRESS" planner.v1.TodoRepository/Count; }
wait_until 60 "the server serves" with_token alice
if output=$(ask -d '{}' "$ADDRESS" planner.v1.TodoRepository/Count 2>&1); then fail "without a token: $output"; fi
contains "$output" 'Unauthenticated|IDENTITY_REQUIRED|no anonymous calls' "without a token"
if output=$(with_token late 2>&1); then fail "an expired token: $output"; fi
contains "$output" 'has expired' "an expired token"
