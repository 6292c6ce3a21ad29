#!/usr/bin/env bash
# Backup, restore and psql of the private PostgreSQL.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

data=$WORK/data
backup=$WORK/backup.dump
# What libpq would complete a URL with, and no other database is named by: each keeps sessions from this one, or from writing.
HOSTILE=(PGOPTIONS='-c default_transaction_read_only=on' PGTARGETSESSIONATTRS=standby PGREQUIREPEER=nobody-there
  PGCHANNELBINDING=require PGGSSENCMODE=require PGCLIENTENCODING=SQL_ASCII PGSSLROOTCERT=/nowhere PGUSER=nobody)
serve() { start_server "${PLANNER[@]}" --listen 127.0.0.1:0 --data-dir "$data"; }
# It is the private database that is meant, whatever the environment names.
database() {
  local command=$1
  shift
  env "${HOSTILE[@]}" PGHOST=127.0.0.1 PGPORT=1 PGDATABASE=elsewhere "$ROWKEEPER" database "$command" --data-dir "$data" "$@"
}
sql() { database psql -- -XqAt -v ON_ERROR_STOP=1 -c "$1"; }
databases() { sql "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate"; }
handles() { sql "SELECT string_agg(handle, ' ' ORDER BY handle) FROM profiles"; }
# refused PATTERN COMMAND ARG...: one line that says so, and exit code 1.
refused() {
  local pattern=$1 status=0 output
  shift
  output=$(database "$@" 2>&1) || status=$?
  equals "$status" 1 "exit code of database $*"
  contains "$output" "$pattern" "database $*"
}

step "where there is no database, none is made"
refused "data directory $data" dump "$backup"
mkdir -m 711 "$data"
refused 'there is no database in the data directory' dump "$backup"
refused 'there is no database in the data directory' psql
equals "$(ls -A "$data")" "" "the directory"
[ ! -e "$backup" ] || fail "there is a backup of nothing"

step "serve and migrate on it do not hear of variables of libpq either"
for variable in "${HOSTILE[@]}"; do export "${variable?}"; done
serve
"$ROWKEEPER" migrate bootstrap --migrations migrations/planner --data-dir "$data" >/dev/null
# It says that it serves as soon as some tables are there.
wait_until 60 "the server serves" call ProfileRepository.Create '{"profile": {"email": "first@example.com", "handle": "first", "display_name": "First"}}'
for variable in "${HOSTILE[@]}"; do unset "${variable%%=*}"; done

step "a backup while the server serves"
database dump "$backup"
equals "$(stat -c %a "$backup")" 600 "mode of the backup"
equals "$(head -c 5 "$backup")" PGDMP "form of the backup"
equals "$(cd "$WORK" && echo backup*)" backup.dump "files of the backup"
before=$(handles)
call ProfileRepository.Create '{"profile": {"email": "late@example.com", "handle": "late", "display_name": "Late"}}' >/dev/null
sql "CREATE TABLE later (id int); ALTER TABLE todos ADD COLUMN later int"
contains "$(handles)" late "the rows after the backup"

step "a backup that fails leaves nothing, and keeps the one before it"
cp "$backup" "$WORK/first.dump"
mkdir "$WORK/bin"
programs=$(find /usr/lib/postgresql -name bin | sort -V | tail -n 1)
ln -s "$programs"/* "$WORK/bin"
rm "$WORK/bin/pg_dump"
printf '#!/bin/sh\nprintf PGDMP\necho "the disk is full" >&2\nexit 3\n' >"$WORK/bin/pg_dump"
chmod 755 "$WORK/bin/pg_dump"
refused "pg_dump ended with exit code 3.*There is no new $backup" dump "$backup" --postgres-bin "$WORK/bin"
cmp -s "$backup" "$WORK/first.dump" || fail "the earlier backup has changed"
equals "$(cd "$WORK" && echo backup*)" backup.dump "files of the backup"
rm "$WORK/bin/pg_dump"
refused "$WORK/bin/pg_dump is not there; install the package postgresql-client-" dump "$backup" --postgres-bin "$WORK/bin"
refused "cannot write $WORK/none/backup.dump: No such file" dump "$WORK/none/backup.dump"

step "no restore below a running server"
refused 'is in use by rowkeeper process' restore "$backup"
refused 'is in use by rowkeeper process' restore - <"$backup"
contains "$(handles)" late "the rows after a restore that was refused"
equals "$(databases)" "postgres rowkeeper" "the databases after a restore that was refused"
contains "$(call ProfileRepository.GetByHandle '{"handle": "late"}')" '"handle": "late"' "the server that kept it from running"
sql "CREATE TABLE many AS SELECT md5(n::text) AS x FROM generate_series(1, 5000) AS n"
database dump "$WORK/many.dump" 2>"$WORK/many.log" || fail "dump: $(cat "$WORK/many.log")"
sql "DROP TABLE many"
end_server TERM

step "a backup that cannot be loaded changes nothing"
head -c 3000 "$backup" >"$WORK/toc.dump"
head -c "$(($(stat -c %s "$WORK/many.dump") * 2 / 3))" "$WORK/many.dump" >"$WORK/cut.dump"  # amid its rows
printf 'this is no backup\n' >"$WORK/text.dump"
: >"$WORK/empty.dump"
printf PGD >"$WORK/short.dump"
# What standard input is: a file, or a pipe that may give its bytes one by one.
cannot_be_loaded() {
  refused 'pg_restore ended with exit code 1.*Nothing was changed' restore "$WORK/toc.dump"
  refused 'pg_restore ended with exit code 1.*Nothing was changed' restore - <"$WORK/toc.dump"
  for file in text empty short; do
    refused "$WORK/$file.dump is no backup" restore "$WORK/$file.dump"
    refused 'standard input is no backup' restore - <"$WORK/$file.dump"
    refused 'standard input is no backup' restore - < <(cat "$WORK/$file.dump")
  done
  refused 'standard input is no backup' restore - < <(printf PG && sleep 0.3 && printf '\n')
  refused "cannot read $WORK: it is neither a file nor a pipe" restore "$WORK"
  refused 'cannot read standard input: it is neither a file nor a pipe' restore - </dev/null
  refused "cannot read $WORK/none.dump: No such file" restore "$WORK/none.dump"
}
cannot_be_loaded
refused 'pg_restore ended with exit code 1.*The database is as it was' restore "$WORK/cut.dump"
refused 'pg_restore ended with exit code 1.*The database is as it was' restore - < <(cat "$WORK/toc.dump")
contains "$(handles)" late "the rows after restores that failed"
equals "$(databases)" "postgres rowkeeper" "the databases"

step "nor does it make a data directory"
kept=$data
data=$WORK/nothing
cannot_be_loaded
[ ! -e "$data" ] || fail "a restore of garbage has made a data directory"
data=$kept

step "a restore brings back what was there, and nothing else; settings of the database stay"
settings() {
  sql "SELECT string_agg(concat_ws(' ', datname, setrole::regrole, setconfig), ' ' ORDER BY setrole)
       FROM pg_db_role_setting LEFT JOIN pg_database d ON d.oid = setdatabase"
}
sql "ALTER DATABASE rowkeeper SET timezone = 'Asia/Tokyo';
     ALTER DATABASE rowkeeper SET search_path = \"\$user\", public, \"a, b\"; ALTER DATABASE rowkeeper SET shop.name = 'a ''b'' \"c\"';
     ALTER ROLE rowkeeper IN DATABASE rowkeeper SET work_mem = '5MB'; ALTER ROLE rowkeeper SET work_mem = '6MB'"
set=$(settings)
contains "$set" 'rowkeeper .*TimeZone=Asia/Tokyo.*work_mem=5MB' "the settings before the restore"
database restore "$backup"
equals "$(settings)" "$set" "the settings"
equals "$(sql "SELECT current_setting('timezone') || ' ' || current_setting('work_mem')")" "Asia/Tokyo 5MB" "settings of a session"
equals "$(handles)" "$before" "the rows"
equals "$(sql "SELECT to_regclass('later') IS NULL")" t "a table that was made later is gone"
equals "$(databases)" "postgres rowkeeper" "the databases"
serve
wait_until 60 "the server serves what was restored" serving
contains "$(call ProfileRepository.GetByHandle '{"handle": "ada"}')" '"id": "'"$ADA"'"' "the first data"
equals "$(sql "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'profiles'")" t "the planner's statistics"
kill_server

step "somebody else's session keeps the database from being replaced, and it is as it was"
sql "INSERT INTO profiles (id, email, handle, display_name) VALUES (gen_random_uuid(), 'x@example.com', 'kept', 'Kept')"
mkfifo "$WORK/slow"
database restore - <"$WORK/slow" >"$WORK/restore.log" 2>&1 &
restoring=$!
exec 4>"$WORK/slow"
[ ! -e "$data/postgres/postmaster.pid" ] || fail "PostgreSQL runs already"
head -c 100 "$backup" >&4
wait_until 60 "the restore has begun" test -e "$data/postgres/postmaster.pid"
mkfifo "$WORK/held"
database psql -- -XqAt <"$WORK/held" >"$WORK/session" 2>&1 4>&- &
session=$!
exec 5>"$WORK/held"
echo 'SELECT 1;' >&5
wait_until 60 "the session is open" grep -q 1 "$WORK/session"
tail -c +101 "$backup" >&4
exec 4>&-
if wait "$restoring"; then fail "a database in use was replaced"; fi
contains "$(cat "$WORK/restore.log")" 'is being accessed by other users' "the restore"
exec 5>&-
wait "$session" || true
contains "$(handles)" kept "the rows"

step "a restore that is stopped changes nothing, and stops the PostgreSQL that it started"
"$ROWKEEPER" database restore - --data-dir "$data" <"$WORK/slow" >"$WORK/restore.log" 2>&1 &
restoring=$!
exec 4>"$WORK/slow"
head -c 100 "$backup" >&4
wait_until 60 "pg_restore runs" pgrep -P "$restoring" pg_restore
kill -TERM "$restoring"
status=0
wait "$restoring" || status=$?
exec 4>&-
equals "$status" 1 "exit code of a restore that was stopped"
contains "$(cat "$WORK/restore.log")" 'pg_restore was stopped by signal 15. The database is as it was' "the restore"
[ ! -e "$data/postgres/postmaster.pid" ] || fail "the command left its PostgreSQL running"
contains "$(handles)" kept "the rows"
equals "$(databases)" "postgres rowkeeper" "the databases"

step "standard output to standard input, into a new directory"
database dump - >"$WORK/stream.dump"
data=$WORK/copy
database restore - <"$WORK/stream.dump"
contains "$(handles)" kept "the rows of the copy"
[ ! -e "$data/postgres/postmaster.pid" ] || fail "the command left its PostgreSQL running"

step "psql's own exit code"
status=0
sql 'SELECT no_such_column' >/dev/null 2>&1 || status=$?
equals "$status" 1 "exit code of a statement that fails"
status=0
database psql -- --no-such-option >/dev/null 2>&1 || status=$?
equals "$status" 1 "exit code of a mistake"
status=0
printf 'SELECT no_such_column;\n' | database psql -- -Xq -v ON_ERROR_STOP=1 >/dev/null 2>&1 || status=$?
equals "$status" 3 "exit code of a script that fails"

step "psql ends with the command, and the database that it started"
mkfifo "$WORK/input"
"$ROWKEEPER" database psql --data-dir "$data" -- -XqAt <"$WORK/input" >"$WORK/stopped" 2>&1 5>&- &
stopped=$!
exec 6>"$WORK/input"
echo 'SELECT 1;' >&6
wait_until 60 "the session is open" grep -q 1 "$WORK/stopped"
kill -TERM "$stopped"
status=0
wait "$stopped" || status=$?
exec 6>&-
equals "$status" 143 "exit code of a command that was stopped"
[ ! -e "$data/postgres/postmaster.pid" ] || fail "the command left its PostgreSQL running"
