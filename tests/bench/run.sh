#!/usr/bin/env bash
# Measures Rowkeeper beside its peers and its ceilings, on a PostgreSQL of its own. README.md says how to read it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/support/postgres.sh
source tests/support/postgres.sh
# shellcheck source=tests/bench/peers/build.sh
source tests/bench/peers/build.sh

form=normal
peers=go,rust,python
output=build/bench/results
programs=
arguments=()
work=

usage() {
  cat <<'TEXT'
usage: tests/bench/run.sh [OPTION]...

Builds the server (preset release) and its peers, starts a PostgreSQL, checks that all give the same answers, measures
them in alternating blocks, prints tables, and writes results.json and plots. Takes about half an hour.
  --short              seconds: that everything runs; the figures say nothing
  --long               hours: more and longer blocks, tables of up to 10 million rows
  --scenario NAME      only this one; may be repeated. An unknown name prints all
  --peers LIST         of go, rust, python, which are built; built: those that were built before; none (default:
                       go,rust,python)
  --blocks N           blocks of each contender (default: 5)
  --block-ms N         their length (default: 1000)
  --output DIR         default: build/bench/results
  --programs DIR       a build that is there already, which is not built then

Examples:
  tests/bench/run.sh --scenario get_by_id --peers none
  tests/bench/run.sh --short
TEXT
}

fail() {
  printf 'tests/bench/run.sh: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --short | --long) form=${1#--} ;;
      --scenario | --peers | --blocks | --block-ms | --output | --programs)
        [ -n "${2:-}" ] || fail "$1 needs a value; see tests/bench/run.sh --help"
        case $1 in
          --peers) peers=$2 ;;
          --output) output=$2 ;;
          --programs) programs=$2 ;;
          *) arguments+=("$1" "$2") ;;
        esac
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

build_programs() {
  [ -z "$programs" ] || return 0
  programs=build/release
  deploy/install_packages.sh --tests
  mkdir -p build
  cmake --preset release -DROWKEEPER_TESTS=ON >build/configure.log 2>&1 || {
    tail -n 20 build/configure.log >&2
    fail "cmake could not configure the build; the lines above say why"
  }
  cmake --build --preset release --target rowkeeper rowkeeper_load rowkeeper_empty rowkeeper_wide >build/bench.log 2>&1 || {
    tail -n 20 build/bench.log >&2
    fail "the build failed; the lines above say why"
  }
}

# A cluster that keeps what it has committed, as a real one does.
start_database() {
  make_work_directory rowkeeper-bench
  start_throw_away_cluster "$work/postgres" 'fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 900
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 30min' || fail "there is no throw-away PostgreSQL; the lines above say why"
}

clean_up() {
  local status=$?
  trap - EXIT
  stop_cluster "$work/postgres" immediate
  rm -rf "$work"
  exit "$status"
}

parse_arguments "$@"
build_programs
build_peers "$peers"
start_database
# Nothing that the shell has set for another database or server may change what is measured.
for name in $(compgen -e); do
  case $name in ROWKEEPER_* | DATABASE_URL | PG*) unset "$name" ;; esac
done
python3 tests/bench/bench.py --form "$form" --programs "$programs" --output "$output" \
  --database-url "postgresql://postgres@127.0.0.1:$port/postgres" --postgres-bin "$(postgres_bin)" \
  --postgres-data "$work/postgres/data" "${PEER_ARGUMENTS[@]}" "${arguments[@]}"
