#!/usr/bin/env bash
# What a large catalogue costs: the time until `serve` is ready and its memory, and the time of `check` online.
# usage: tests/bench/size.sh [ENTITIES]   (default: 500; needs tests/run.sh's build)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/postgres.sh
source tests/support/postgres.sh

entities=${1:-500}
rowkeeper=build/release/rowkeeper
server=
clean_up() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  stop_cluster "$work/postgres" immediate
  rm -rf "$work"
}
make_work_directory rowkeeper-size

build/release/rowkeeper_wide "$entities" "$work/wide"
start_throw_away_cluster "$work/postgres"
url=postgresql://postgres@127.0.0.1:$port/postgres
"$rowkeeper" migrate up --migrations "$work/wide/migrations" --database-url "$url" >/dev/null
catalogue=(--proto-path "$work/wide/proto")

begin=$(date +%s%N)
"$rowkeeper" serve "${catalogue[@]}" --database-url "$url" --listen "unix:$work/grpc" --admin-listen "unix:$work/admin" 2>"$work/log" &
server=$!
until curl -sf --unix-socket "$work/admin" localhost/readyz >/dev/null; do
  kill -0 "$server" || { cat "$work/log" >&2 && exit 1; }
  sleep 0.01
done
printf '%d entities: ready after %d ms, ' "$entities" $((($(date +%s%N) - begin) / 1000000))
awk -v ticks="$(getconf CLK_TCK)" '{ printf "%d ms of CPU, ", ($14 + $15) * 1000 / ticks }' "/proc/$server/stat"
awk '/^VmRSS/ { printf "%d MiB in RAM\n", $2 / 1024 }' "/proc/$server/status"

begin=$(date +%s%N)
"$rowkeeper" check "${catalogue[@]}" --database-url "$url" >"$work/check" || true
printf 'check: %d ms; %s\n' $((($(date +%s%N) - begin) / 1000000)) "$(grep 'statements prepared' "$work/check")"
