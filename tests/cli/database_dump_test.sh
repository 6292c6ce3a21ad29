#!/usr/bin/env bash
# The file that `rowkeeper database dump` writes: what it replaces, two dumps to one name, and dumps that are stopped.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

data=$WORK/data
out=$WORK/out
backup=$out/backup.dump
mkdir "$out"
programs=$(find /usr/lib/postgresql -name bin | sort -V | tail -n 1)
dump() { "$ROWKEEPER" database dump "$1" --data-dir "$data"; }
# refused PATTERN FILE: one line that says so, and exit code 1.
refused() {
  local status=0 output
  output=$(dump "$2" 2>&1) || status=$?
  equals "$status" 1 "exit code of a dump to $2"
  contains "$output" "$1" "a dump to $2"
}
is_backup() { "$programs/pg_restore" --list "$1" >/dev/null || fail "$1 is no backup"; }
files() { (cd "$out" && echo *); }

# slow_programs NAME: PostgreSQL's programs, with a pg_dump that begins, notes its number and then waits for a line.
slow_programs() {
  local directory=$WORK/$1
  mkdir "$directory"
  ln -s "$programs"/* "$directory"
  rm "$directory/pg_dump"
  mkfifo "$directory.go"
  # shellcheck disable=SC2016  # for the other shell
  printf '#!/bin/sh\necho $$ >%s.pid\nread line <%s.go\n[ "$line" = go ] || exit 3\nexec %s/pg_dump "$@"\n' \
    "$directory" "$directory" "$programs" >"$directory/pg_dump"
  chmod 755 "$directory/pg_dump"
}
# slow_dump NAME: one to $backup by slow_programs NAME. Sets DUMPING, and PROGRAM to the process of its pg_dump.
slow_dump() {
  rm -f "$WORK/$1.pid"
  "$ROWKEEPER" database dump "$backup" --data-dir "$data" --postgres-bin "$WORK/$1" >"$WORK/$1.log" 2>&1 &
  DUMPING=$!
  wait_until 30 "pg_dump runs" test -s "$WORK/$1.pid"
  PROGRAM=$(cat "$WORK/$1.pid")
}
# ended: sets STATUS to the exit code of DUMPING.
ended() {
  STATUS=0
  wait "$DUMPING" 2>/dev/null || STATUS=$?
}
gone() { ! kill -0 "$1" 2>/dev/null; }

start_server "${PLANNER[@]}" --listen 127.0.0.1:0 --data-dir "$data"
slow_programs one

step "a link is followed"
printf 'an older backup\n' >"$out/target.dump"
ln -s target.dump "$out/link"
ln -s "$out/link" "$WORK/second-link"
dump "$WORK/second-link"
[[ -L $WORK/second-link && -L $out/link ]] || fail "a link was replaced"
is_backup "$out/target.dump"
equals "$(stat -c %a "$out/target.dump")" 600 "mode of the backup"
equals "$(files)" "link target.dump" "the files"
rm "$out/target.dump"
refused "cannot replace $out/link: it is a link to a file that does not exist" "$out/link"
equals "$(files)" link "the files"
rm "$out/link"

step "what is no file is not replaced"
mkfifo "$out/pipe"
mkdir "$out/directory"
ln -s /dev/null "$out/null"
for file in pipe null; do refused "cannot replace $out/$file: it is not a regular file; to write into it, give -" "$out/$file"; done
refused "cannot replace $out/directory: it is a directory" "$out/directory"
refused 'cannot replace /dev/stdout: it is not a regular file' /dev/stdout
[[ -p $out/pipe && -d $out/directory && -c $out/null ]] || fail "something was replaced"
equals "$(files)" "directory null pipe" "the files"
dump - >"$out/null"
dump - | cat >"$WORK/piped.dump"
is_backup "$WORK/piped.dump"
rm -r "${out:?}"/*

step "two dumps to one file: each is complete, and the last one stays"
slow_dump one
dump "$backup"
is_backup "$backup"
first=$(stat -c %i "$backup")
echo go >"$WORK/one.go"
ended
equals "$STATUS" 0 "exit code of the slow dump: $(cat "$WORK/one.log")"
is_backup "$backup"
[ "$(stat -c %i "$backup")" != "$first" ] || fail "the second dump has written nothing"
equals "$(files)" backup.dump "the files"

step "one that fails meanwhile leaves the other's file alone"
slow_dump one
dump "$backup"
first=$(stat -c %i "$backup")
echo fail >"$WORK/one.go"
ended
equals "$STATUS" 1 "exit code of a dump that failed"
equals "$(stat -c %i "$backup")" "$first" "the file"
equals "$(files)" backup.dump "the files"

step "one that is stopped leaves nothing, and ends pg_dump"
for signal in INT TERM HUP QUIT; do
  slow_dump one
  kill "-$signal" "$DUMPING"
  ended
  equals "$STATUS" 1 "exit code after SIG$signal"
  contains "$(cat "$WORK/one.log")" "pg_dump was stopped by signal.*There is no new $backup" "SIG$signal"
  gone "$PROGRAM" || fail "pg_dump has outlived a dump that got SIG$signal"
  equals "$(stat -c %i "$backup")" "$first" "the file after SIG$signal"
  equals "$(files)" backup.dump "the files after SIG$signal"
done

step "nohup keeps it from being stopped by a terminal that goes"
rm -f "$WORK/one.pid"
nohup "$ROWKEEPER" database dump "$backup" --data-dir "$data" --postgres-bin "$WORK/one" >"$WORK/one.log" 2>&1 </dev/null &
DUMPING=$!
wait_until 30 "pg_dump runs" test -s "$WORK/one.pid"
kill -HUP "$DUMPING" "$(cat "$WORK/one.pid")"
echo go >"$WORK/one.go"
ended
equals "$STATUS" 0 "exit code: $(cat "$WORK/one.log")"
is_backup "$backup"
first=$(stat -c %i "$backup")

step "pg_dump ends with a command that is killed"
slow_dump one
kill -KILL "$DUMPING"
ended
wait_until 60 "pg_dump ends" gone "$PROGRAM"
equals "$(stat -c %i "$backup")" "$first" "the file"
kill_server

step "one that started PostgreSQL stops it when it is stopped"
slow_dump one
kill -TERM "$DUMPING"
ended
equals "$STATUS" 1 "exit code"
[ ! -e "$data/postgres/postmaster.pid" ] || fail "the command left its PostgreSQL running"
