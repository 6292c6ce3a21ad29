#!/usr/bin/env bash
# From a checkout to a running Rowkeeper with real calls, in one command.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

check=
data_dir=
listen=127.0.0.1:50051
rowkeeper=build/release/rowkeeper
log=
server=
follower=
calls=0

usage() {
  cat <<'TEXT'
usage: deploy/quickstart.sh [--check] [--data-dir DIR] [--listen ADDRESS]

Installs what is missing (Debian 12 and 13), builds Rowkeeper, starts it on its private PostgreSQL with the planner
catalogue, makes a few calls, and stays serving until Ctrl-C.
  --check           end after the calls; exit code 0 when all of them did what they should
  --data-dir DIR    where the data lives; it is kept (default: /var/lib/rowkeeper for root, else ~/.local/share/rowkeeper)
  --listen ADDRESS  host:port or unix:/path (default: 127.0.0.1:50051; port 0 takes a free one)

Examples:
  deploy/quickstart.sh
  deploy/quickstart.sh --check --data-dir /tmp/rowkeeper-try --listen 127.0.0.1:0
TEXT
}

step() { printf '\n==> %s\n' "$*"; }
fail() {
  printf '\nquickstart: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --check) check=yes ;;
      --data-dir | --listen)
        [ -n "${2:-}" ] || fail "$1 needs a value; see deploy/quickstart.sh --help"
        if [ "$1" = --listen ]; then listen=$2; else data_dir=$2; fi
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        usage >&2
        fail "unknown argument: $1"
        ;;
    esac
    shift
  done
}

build() {
  local configure=(cmake --preset release)
  [ ! -e build ] || [ -w build ] ||
    fail "build/ belongs to $(stat -c %U build); make it yours with: sudo chown -R $(id -un) build"
  # The tests need packages that serving does not; tests/run.sh turns them on.
  [ -f build/release/CMakeCache.txt ] || configure+=(-DROWKEEPER_TESTS=OFF)
  mkdir -p build
  "${configure[@]}" >build/configure.log 2>&1 || {
    tail -n 20 build/configure.log >&2
    fail "cmake could not configure the build; the lines above say why, all of them are in build/configure.log"
  }
  cmake --build --preset release --target rowkeeper ||
    fail "the build failed; the lines above say why. When the compiler was killed, memory ran out: run
  cmake --build --preset release --target rowkeeper -j 1"
}

# Nothing that the shell has set for another database or server may lead this one astray.
forget_environment() {
  local name
  for name in $(compgen -e); do
    case $name in ROWKEEPER_* | DATABASE_URL | PG*) unset "$name" ;; esac
  done
}

answers() { "$rowkeeper" call grpc.health.v1.Health.Check '{}' --address "$1" --timeout 2 2>/dev/null; }

refuse_second_server() {
  answers "$listen" >/dev/null || return 0
  printf '\nA Rowkeeper serves on %s already, from an earlier quickstart perhaps. End it with Ctrl-C where it runs, or start\n' "$listen"
  printf 'another one with --listen and --data-dir.\n'
  print_next_steps "$listen"
  [ -z "$check" ] || fail "--check needs a server of its own; give it --listen 127.0.0.1:0 and a --data-dir"
  exit 0
}

stop_server() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP PIPE
  if [ -n "$server" ] && kill -TERM "$server" 2>/dev/null; then
    printf '\n==> Stopping\n'
    wait "$server" || status=$?
  fi
  [ -z "$follower" ] || kill "$follower" 2>/dev/null
  [ -z "$log" ] || rm -f "$log"
  exit "$status"
}

server_ended() { ! kill -0 "$server" 2>/dev/null; }

explain_end() {
  server=
  cat "$log" >&2
  fail "the server ended; the line above says what to do"
}

start_server() {
  local arguments=(--proto-path proto --migrations migrations/planner --listen "$listen") file tries=0
  for file in proto/planner/v1/*.proto; do arguments+=(--proto-file "${file#proto/}"); done
  [ -z "$data_dir" ] || arguments+=(--data-dir "$data_dir")
  # Beside another server, whose admin listener has the default address.
  [ "$listen" = 127.0.0.1:50051 ] || arguments+=(--admin-listen none)
  log=$(mktemp "${TMPDIR:-/tmp}/rowkeeper-quickstart.XXXXXX")
  trap stop_server EXIT
  trap 'exit 130' INT TERM HUP
  # A session of its own: Ctrl-C reaches this script only, which then asks the server once to stop.
  setsid "$rowkeeper" serve "${arguments[@]}" >"$log" 2>&1 &
  server=$!
  until grep -q 'msg=listening' "$log"; do
    ! server_ended || explain_end
    tries=$((tries + 1))
    [ "$tries" -lt 1200 ] || fail "the server does not listen after two minutes; its log: $(cat "$log")"
    sleep 0.1
  done
  listen=$(sed -n 's/.*msg=listening addresses="\{0,1\}\([^",]*\).*/\1/p' "$log" | head -n 1)
  sed -n 's/.*database is="\(.*\)"/\1/p' "$log"
}

bring_schema_up() {
  local arguments=(--migrations migrations/planner)
  [ -z "$data_dir" ] || arguments+=(--data-dir "$data_dir")
  printf '    rowkeeper migrate bootstrap %s\n' "${arguments[*]}"
  "$rowkeeper" migrate bootstrap "${arguments[@]}" || fail "the schema could not be brought up; the line above says what to do"
}

wait_until_serving() {
  local tries=0
  until answers "$listen" | grep -q '"SERVING"'; do
    ! server_ended || explain_end
    tries=$((tries + 1))
    [ "$tries" -lt 150 ] || {
      tail -n 5 "$log" >&2
      fail "the server does not say SERVING; the lines above say why"
    }
    sleep 0.2
  done
}

# call METHOD JSON: shows the call and its answer, and leaves the answer in $answer.
call() {
  printf '\n    rowkeeper call %s '\''%s'\''\n' "$1" "$2"
  if ! answer=$("$rowkeeper" call "planner.v1.$1" "$2" --address "$listen" 2>&1); then
    printf '%s\n' "$answer" >&2
    fail "that call should have worked"
  fi
  printf '%s\n' "$answer"
  calls=$((calls + 1))
}

# call_gone METHOD JSON: the same for a call that has to say NOT_FOUND.
call_gone() {
  printf '\n    rowkeeper call %s '\''%s'\''\n' "$1" "$2"
  if answer=$("$rowkeeper" call "planner.v1.$1" "$2" --address "$listen" 2>&1); then
    fail "that call should have said NOT_FOUND, and said: $answer"
  fi
  printf '%s\n' "$answer"
  shows '^NOT_FOUND: '
  calls=$((calls + 1))
}

shows() { grep -Eq -- "$1" <<<"$answer" || fail "the answer should hold: $1"; }

make_calls() {
  local ada due from to id
  due=$(date -u -d '+1 day' +%FT%TZ)
  from=$(date -u +%FT%TZ)
  to=$(date -u -d '+2 days' +%FT%TZ)
  call ProfileRepository.GetByEmail '{"email": "ada@example.com", "read_mask": "id,email,displayName"}'
  ada=$(sed -n 's/.*"id": "\(.*\)".*/\1/p' <<<"$answer" | head -n 1)
  [ -n "$ada" ] || fail "the answer should hold an id"

  step "Create a to-do for Ada, and get it"
  call TodoRepository.Create "{\"todo\": {\"owner_id\": \"$ada\", \"title\": \"Try Rowkeeper\", \"due_at\": \"$due\", \"priority\": 2}}"
  id=$(sed -n 's/.*"id": "\(.*\)".*/\1/p' <<<"$answer" | head -n 1)
  [ -n "$id" ] || fail "the answer should hold an id"
  call TodoRepository.GetById "{\"id\": \"$id\"}"
  shows "\"title\": \"Try Rowkeeper\""

  step "List her to-dos, and those that are due in the next two days"
  call TodoRepository.ListByOwner "{\"owner_id\": \"$ada\", \"page_size\": 3, \"order_by\": \"due_at desc\", \"read_mask\": \"id,title,dueAt\"}"
  shows '"title": '
  call TodoRepository.ListByDateRange "{\"owner_id\": \"$ada\", \"start_time\": \"$from\", \"end_time\": \"$to\", \"order_by\": \"due_at desc\", \"read_mask\": \"id,title,dueAt\"}"
  shows "$id"

  step "Update it, soft-delete it, see it gone, and restore it"
  call TodoRepository.Update "{\"todo\": {\"id\": \"$id\", \"status\": \"TODO_STATUS_DONE\"}, \"update_mask\": \"status\"}"
  shows 'TODO_STATUS_DONE'
  call TodoRepository.SoftDelete "{\"id\": \"$id\"}"
  shows '"deletedAt"'
  call_gone TodoRepository.GetById "{\"id\": \"$id\"}"
  call TodoRepository.Restore "{\"id\": \"$id\"}"
  shows "$id"
}

print_next_steps() {
  local address=$1
  case $address in unix:*) address="-unix ${address#unix:}" ;; esac
  cat <<TEXT

Try next, from another terminal (grpcurl: https://github.com/fullstorydev/grpcurl):

  grpcurl -plaintext $address list
  grpcurl -plaintext $address describe planner.v1.TodoRepository
  grpcurl -plaintext -d '{"email": "ada@example.com"}' $address planner.v1.ProfileRepository/GetByEmail
  grpcurl -plaintext -d '{"page_size": 2, "order_by": "created_at desc"}' $address planner.v1.TodoRepository/List

or without grpcurl:

  $rowkeeper call TodoRepository.List '{"page_size": 2}' --address $1
  $rowkeeper explain TodoRepository.ListByOwner --proto-path proto${data_dir:+ --data-dir $data_dir}
TEXT
}

stay() {
  trap 'exit 0' INT TERM HUP
  printf '\nServing on %s until Ctrl-C. Its log:\n' "$listen"
  tail -n 0 -f "$log" &
  follower=$!
  local status=0
  wait "$server" || status=$?
  server=
  fail "the server ended by itself with exit code $status; the lines above say why"
}

parse_arguments "$@"
step "Looking for the packages that the build needs"
deploy/install_packages.sh
step "Building build/release/rowkeeper (minutes the first time, seconds later)"
build
forget_environment
refuse_second_server
step "Starting rowkeeper serve with the planner catalogue"
start_server
step "Bringing the schema and the first data up"
bring_schema_up
wait_until_serving
step "Calling it"
make_calls
printf '\nAll %s calls did what they should.\n' "$calls"
if [ -z "$check" ]; then
  print_next_steps "$listen"
  stay
fi
