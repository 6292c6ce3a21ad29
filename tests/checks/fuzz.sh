#!/usr/bin/env bash
# Looks for inputs that a reader of foreign bytes does not stand, with libFuzzer. The last line is "N passed, N failed,
# N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

known=(codec filter request stream unit header token cell jwt)
targets=()
seconds=60
limit=86400
minimize=

usage() {
  cat <<'TEXT'
usage: tests/checks/fuzz.sh [--seconds N] [--limit N] [--minimize] [TARGET]...

Builds the fuzzer with clang, AddressSanitizer and UndefinedBehaviorSanitizer and feeds the targets that are named, or
all: codec, filter, request, stream, unit, header, token, cell, jwt (tests/fuzz/targets.h says what each reads). It begins with the corpus below
tests/fuzz/corpus; what it finds on the way stays below build/fuzz/found.

  --seconds N  for each target (default: 60)
  --limit N    gives up when the build takes longer than so many seconds, and skips (default: a day)
  --minimize   afterwards put what is new into the corpus, as small as can be; commit it then

An input that fails is kept below build/fuzz/failures. Put it into the corpus together with the repair: a test reads all
of it in every run.

Examples:
  tests/checks/fuzz.sh --seconds 20
  tests/checks/fuzz.sh --seconds 3600 --minimize filter
TEXT
}

fail() {
  printf '\ntests/checks/fuzz.sh: %s\n' "$*" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --seconds | --limit)
      [[ ${2:-} =~ ^[0-9]+$ ]] || fail "$1 needs a number; see tests/checks/fuzz.sh --help"
      if [ "$1" = --seconds ]; then seconds=$2; else limit=$2; fi
      shift
      ;;
    --minimize) minimize=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      [[ " ${known[*]} " == *" $1 "* ]] || {
        usage >&2
        fail "there is no target $1"
      }
      targets+=("$1")
      ;;
  esac
  shift
done
[ ${#targets[@]} -gt 0 ] || targets=("${known[@]}")

deploy/install_packages.sh --tests --fuzz
mkdir -p build
cmake --preset fuzz -DROWKEEPER_TESTS=ON >build/fuzz-configure.log 2>&1 || {
  tail -n 20 build/fuzz-configure.log >&2
  fail "cmake could not configure the build; the lines above say why"
}
status=0
timeout --kill-after=30 "$limit" cmake --build --preset fuzz || status=$?
if [ "$status" = 124 ] || [ "$status" = 137 ]; then
  printf '\n==> Skipped\n  fuzz: it was not built after %s s\n\n0 passed, 0 failed, %s skipped\n' "$limit" "${#targets[@]}"
  exit 0
fi
[ "$status" = 0 ] || fail "the build failed; the lines above say why"

# What the libraries of the distribution keep for ever is not ours to tell.
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
passed=0
failed=0
for target in "${targets[@]}"; do
  corpus=tests/fuzz/corpus/$target
  found=build/fuzz/found/$target
  failures=build/fuzz/failures/$target
  mkdir -p "$corpus" "$found" "$failures"
  export ROWKEEPER_FUZZ_TARGET=$target
  printf '\n==> Fuzzing %s for %s s\n' "$target" "$seconds"
  if build/fuzz/rowkeeper_fuzzer -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="$failures/" "$found" "$corpus"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: the input is below %s; again with: ROWKEEPER_FUZZ_TARGET=%s build/fuzz/rowkeeper_fuzzer FILE\n' "$target" "$failures" "$target"
  fi
  if [ -n "$minimize" ]; then
    build/fuzz/rowkeeper_fuzzer -set_cover_merge=1 -max_len=600 "$corpus" "$found" 2>&1 | tail -n 1
  fi
done
printf '\n%s passed, %s failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" = 0 ]
