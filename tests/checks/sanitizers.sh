#!/usr/bin/env bash
# Builds test programs with a sanitizer and runs them. The last line is "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

preset=
shard=
limit=3600
# So many that one builds and runs within 20 minutes of two processors without a compiler cache: most of it is what all
# programs link.
declare -A shards=([asan]=8 [tsan]=4)

# ThreadSanitizer is for programs that do not hand work through gRPC's threads: the distribution's gRPC is compiled
# without it, and what its atomics order would look like races. tests/support/tsan_abseil.cc says what abseil's locks do.
threaded=(base_test exec_test net_test observe_test pg_db_test pg_exec_test pg_gate_test pg_uow_test unit_db_test uow_test)

usage() {
  cat <<'TEXT'
usage: tests/checks/sanitizers.sh asan|tsan [--shard N | --all] [--seconds N]
       tests/checks/sanitizers.sh turn [--seconds N]

Builds test programs with AddressSanitizer and UndefinedBehaviorSanitizer (asan) or with ThreadSanitizer (tsan) and runs
them on a throw-away PostgreSQL. Any report of a sanitizer fails. Up to three programs that fail without one get a second
run, for they are many times slower here than their limits of time foresee; the output says so.
  asan: of all programs the shard, one of 8
  tsan: of the programs whose threads it can follow the shard, one of 4; tests/checks/sanitizers.sh names them
  turn: one shard of one of the two; the commit's hash decides, so that over time each gets its turn

  --shard N    from 0 (default: the commit's hash decides)
  --all        all of them
  --seconds N  gives up after that time, which counts as skipped (default: 3600)

Examples:
  tests/checks/sanitizers.sh turn
  tests/checks/sanitizers.sh asan --shard 3
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
      asan | tsan | turn) preset=$1 ;;
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
  [ -n "$preset" ] || fail "name asan, tsan or turn"
  if [ "$preset" = turn ]; then
    [ -z "$shard" ] || fail "turn chooses the shard itself"
    take_turn
  fi
  [ -n "$shard" ] || shard=$(of_commit "${shards[$preset]}")
  [ "$shard" = all ] || [ "$shard" -lt "${shards[$preset]}" ] || fail "shards are 0 to $((shards[$preset] - 1))"
}

# of_commit N: a number from 0 to N - 1.
of_commit() { echo $((16#$(git rev-parse --short=7 HEAD | cut -c1-7) % $1)); }

take_turn() {
  local turn
  turn=$(of_commit $((shards[asan] + shards[tsan])))
  preset=asan
  if [ "$turn" -ge "${shards[asan]}" ]; then
    preset=tsan
    turn=$((turn - shards[asan]))
  fi
  shard=$turn
}

# of_shard: of the lines on standard input those of the shard.
of_shard() {
  if [ "$shard" = all ]; then cat; else awk -v shards="${shards[$preset]}" -v shard="$shard" 'NR % shards == shard'; fi
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
  { for label in unit pg client; do tests/checks/programs.py build/asan "$label" || exit 1; done; } | of_shard
}

parse_arguments "$@"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deploy/install_packages.sh --tests --fuzz
choose_programs >"$work/programs" || fail "cmake could not configure the build; the lines above say why"
mapfile -t programs <"$work/programs"
of="shard $shard of ${shards[$preset]}"
[ "$shard" != all ] || of="all"
printf '%s, %s: %s\n' "$preset" "$of" "${programs[*]}"

mkdir -m 1777 "$work/reports"
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:log_path=$work/reports/asan
export LSAN_OPTIONS=print_suppressions=0:suppressions=$PWD/tests/checks/lsan_suppressions.txt
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:log_path=$work/reports/ubsan
export TSAN_OPTIONS=history_size=4:second_deadlock_stack=1:suppressions=$PWD/tests/checks/tsan_suppressions.txt:log_path=$work/reports/tsan

# What a sanitizer reported, if anything.
reports() { find "$work/reports" -type f -size +0 -exec cat {} +; }

count() {
  local count
  count=$(sed -n "s/.*\b\([0-9][0-9]*\) $1.*/\1/p" <<<"$(tail -n 1 "$work/output")")
  echo "${count:-0}"
}

# A sanitizer's report is final. Programs that fail without one ran too slowly for a limit of time, perhaps.
arguments=()
for program in "${programs[@]}"; do arguments+=(--program "$program"); done
status=0
timeout --kill-after=30 "$((limit > SECONDS ? limit - SECONDS : 1))" tests/run.sh --preset "$preset" --second-run "${arguments[@]}" 2>&1 |
  tee "$work/output" || status=$?
if [ -n "$(reports)" ]; then
  printf '\n==> Reports\n'
  reports
  printf '\n==> Failed\n  %s: a sanitizer reported; see above\n\n%d passed, %d failed, %d skipped\n' \
    "$preset" "$(count passed)" "$(($(count failed) > 0 ? $(count failed) : 1))" "$(count skipped)"
  exit 1
fi
if [ "$status" = 124 ] || [ "$status" = 137 ]; then
  printf '\n==> Skipped\n  %s, %s: it was not done after %d s\n\n0 passed, 0 failed, %d skipped\n' "$preset" "$of" "$limit" "${#programs[@]}"
  exit 0
fi
exit "$status"
