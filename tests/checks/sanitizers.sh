#!/usr/bin/env bash
# Builds test programs with a sanitizer and runs them. The last line is "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

preset=
shard=
limit=3600
shards=4

# ThreadSanitizer is for programs that do not hand work through gRPC's threads: the distribution's gRPC is compiled
# without it, and what its atomics order would look like races. tests/support/tsan_abseil.cc says what abseil's locks do.
threaded=(exec_test observe_test pg_db_test pg_exec_test pg_gate_test pg_uow_test unit_db_test uow_test)

usage() {
  cat <<'TEXT'
usage: tests/checks/sanitizers.sh asan|tsan [--shard N | --all] [--seconds N]

Builds test programs with AddressSanitizer and UndefinedBehaviorSanitizer (asan) or with ThreadSanitizer (tsan) and runs
them on a throw-away PostgreSQL.
  asan: every program without a database, and of those with one the shard (one of 4)
  tsan: of the programs whose threads it can follow the shard (one of 4); tests/checks/sanitizers.sh names them

  --shard N    0 to 3 (default: the commit's hash decides, so that over time each gets its turn)
  --all        all of them
  --seconds N  gives up after that time, which counts as skipped (default: 3600)

Examples:
  tests/checks/sanitizers.sh asan
  tests/checks/sanitizers.sh tsan --all
TEXT
}

fail() {
  printf '\ntests/checks/sanitizers.sh: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      asan | tsan) preset=$1 ;;
      --all) shard=all ;;
      --shard | --seconds)
        [[ ${2:-} =~ ^[0-9]+$ ]] || fail "$1 needs a number; see tests/checks/sanitizers.sh --help"
        if [ "$1" = --shard ]; then shard=$2; else limit=$2; fi
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
  [ -n "$preset" ] || fail "name asan or tsan"
  [ -n "$shard" ] || shard=$((16#$(git rev-parse --short=7 HEAD) % shards))
  [ "$shard" = all ] || [ "$shard" -lt "$shards" ] || fail "shards are 0 to $((shards - 1))"
}

# of_shard: of the lines on standard input those of the shard.
of_shard() {
  if [ "$shard" = all ]; then cat; else awk -v shards="$shards" -v shard="$shard" 'NR % shards == shard'; fi
}

choose_programs() {
  if [ "$preset" = tsan ]; then
    printf '%s\n' "${threaded[@]}" | of_shard
    return
  fi
  cmake --preset asan -DROWKEEPER_TESTS=ON >"$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    return 1
  }
  tests/checks/programs.py build/asan unit
  { tests/checks/programs.py build/asan pg && tests/checks/programs.py build/asan client; } | of_shard
}

parse_arguments "$@"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deploy/install_packages.sh --tests
choose_programs >"$work/programs" || fail "cmake could not configure the build; the lines above say why"
mapfile -t programs <"$work/programs"
of="shard $shard of $shards"
[ "$shard" != all ] || of="all"
printf '%s, %s: %s\n' "$preset" "$of" "${programs[*]}"

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=history_size=4:second_deadlock_stack=1:suppressions=$PWD/tests/checks/tsan_suppressions.txt
arguments=()
for program in "${programs[@]}"; do arguments+=(--program "$program"); done
status=0
timeout --kill-after=30 "$limit" tests/run.sh --preset "$preset" "${arguments[@]}" || status=$?
if [ "$status" = 124 ] || [ "$status" = 137 ]; then
  printf '\n==> Skipped\n  %s, %s: it was not done after %d s\n\n0 passed, 0 failed, %d skipped\n' "$preset" "$of" "$limit" "${#programs[@]}"
  exit 0
fi
exit "$status"
