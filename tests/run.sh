#!/usr/bin/env bash
# Builds everything and runs every test on a PostgreSQL of its own. The last line is "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/support/postgres.sh
source tests/support/postgres.sh

preset=release
pattern=
programs=()
second=
work=
tests=
readonly MOST_SECOND_RUNS=3

usage() {
  cat <<'TEXT'
usage: tests/run.sh [--preset release|debug|asan|tsan] [-R REGEX | --program NAME...] [--second-run]

Installs what is missing (Debian 12 and 13), builds, starts a throw-away PostgreSQL, runs the tests and prints a summary.
  --preset NAME   which build (default: release, which deploy/quickstart.sh uses too)
  -R REGEX        only the tests whose name fits, as in ctest
  --program NAME  builds and runs only this GoogleTest program; may be repeated
  --second-run    up to three tests that fail run once more, one after the other, with nothing beside them; which of them
                  passed only then, and what had failed, is in the summary

Examples:
  tests/run.sh
  tests/run.sh --preset asan --program codec_test --program plan_test
TEXT
}

step() { printf '\n==> %s\n' "$*"; }
fail() {
  printf '\ntests/run.sh: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --preset | -R | --program)
        [ -n "${2:-}" ] || fail "$1 needs a value; see tests/run.sh --help"
        case $1 in
          -R) pattern=$2 ;;
          --program) programs+=("$2") ;;
          *) preset=$2 ;;
        esac
        shift
        ;;
      --second-run) second=yes ;;
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
  if [ ${#programs[@]} -gt 0 ]; then
    [ -z "$pattern" ] || fail "-R and --program exclude each other"
    pattern="^($(IFS='|' && printf '%s' "${programs[*]}"))\$"
  fi
  case $preset in release | debug | asan | tsan) ;; *) fail "there is no preset $preset; name release, debug, asan or tsan" ;; esac
}

build() {
  [ ! -e build ] || [ -w build ] ||
    fail "build/ belongs to $(stat -c %U build); make it yours with: sudo chown -R $(id -un) build"
  mkdir -p build
  cmake --preset "$preset" -DROWKEEPER_TESTS=ON >build/configure.log 2>&1 || {
    tail -n 20 build/configure.log >&2
    fail "cmake could not configure the build; the lines above say why, all of them are in build/configure.log"
  }
  local targets=()
  [ ${#programs[@]} -eq 0 ] || targets=(--target "${programs[@]}")
  cmake --build --preset "$preset" "${targets[@]}" ||
    fail "the build failed; the lines above say why. When the compiler was killed, memory ran out: run
  cmake --build --preset $preset -j 1"
}

clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP PIPE
  set +e
  # ctest leads a process group of its own, in which all tests are.
  [ -z "$tests" ] || kill -TERM -- "-$tests" 2>/dev/null
  if [ -n "$work" ]; then
    # A test that was killed could not stop the PostgreSQL of its own.
    find "$work/tmp" -name postmaster.pid 2>/dev/null | while read -r file; do kill -QUIT "$(head -n 1 "$file")" 2>/dev/null; done
    stop_cluster "$work/postgres" immediate
    rm -rf "$work"
  fi
  exit "$status"
}

start_database() {
  make_work_directory rowkeeper-tests
  start_throw_away_cluster "$work/postgres" || fail "there is no throw-away PostgreSQL; the lines above say why"
  export ROWKEEPER_TEST_DATABASE_URL=postgresql://postgres@127.0.0.1:$port/postgres
  printf '%s on port %s\n' "$("$(postgres_bin)/postgres" --version)" "$port"
}

# Nothing that the shell has set for another database or server may lead the tests astray.
forget_environment() {
  local name
  for name in $(compgen -e); do
    case $name in
      ROWKEEPER_TEST_DATABASE_URL) ;;
      ROWKEEPER_* | DATABASE_URL | PG*) unset "$name" ;;
    esac
  done
}

# run_tests RUN JOBS [REGEX]: runs the tests whose name fits, JOBS at once. Reports are in $work/RUN.xml and $work/RUN/.
run_tests() {
  local arguments=(--test-dir "build/$preset" --parallel "$2" --output-on-failure --no-tests=error
    --output-junit "$work/$1.xml") status=0
  [ -z "${3:-}" ] || arguments+=(-R "$3")
  mkdir -m 777 "$work/$1"
  # What a killed test leaves in its TMPDIR goes with the rest.
  TMPDIR=$work/tmp GTEST_OUTPUT=xml:$work/$1/ GTEST_COLOR=no setsid ctest "${arguments[@]}" </dev/null &
  tests=$!
  wait "$tests" || status=$?
  tests=
  [ -s "$work/$1.xml" ] || fail "ctest ran no test (exit code $status); the lines above say why"
  return "$status"
}

# results RUN: reads ctest's report, and for a test that is a GoogleTest program its own report, which counts every case.
# Prints "passed|failed|skipped NAME REASON" lines.
results() {
  awk -v gtest="$work/$1" '
    function attribute(line, name,   from) {
      if (!match(line, "[ \t]" name "=\"")) return ""
      from = substr(line, RSTART + RLENGTH)
      return plain(substr(from, 1, index(from, "\"") - 1))
    }
    function plain(text) {
      gsub(/&#x0*[aA];|&#10;/, " ", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text)
      gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text)
      return text
    }
    function last_words(   i, words) {
      for (i = lines > 12 ? lines - 12 : 0; i < lines; ++i) words = words " | " substr(plain(said[i]), 1, 300)
      return substr(words, 4)
    }
    function report(result, name, reason) { print result "\t" name "\t" reason }
    # The cases of a GoogleTest program; how many failed, or -1 without a report.
    function cases(program,   file, line, name, failed, found, state, reason) {
      file = gtest "/" program ".xml"; found = 0; failed = 0; name = ""
      while ((getline line < file) > 0) {
        found = 1
        if (line ~ /<testcase /) {
          if (name != "") report(state, name, reason)
          name = program ": " attribute(line, "classname") "." attribute(line, "name"); reason = ""
          state = attribute(line, "status") == "notrun" ? "skipped" : "passed"
          if (state == "skipped") reason = "disabled in the source"
          if (attribute(line, "result") == "skipped") state = "skipped"
        } else if (line ~ /<failure/ && state != "failed") { state = "failed"; ++failed; reason = attribute(line, "message")
        } else if (line ~ /<skipped/ && state != "failed") { state = "skipped"; reason = attribute(line, "message") }
      }
      close(file)
      if (name != "") report(state, name, reason)
      return found ? failed : -1
    }
    function finish(   failed) {
      if (test == "") return
      failed = status == "run" || status == "fail" ? cases(test) : -1
      if (status == "fail" && failed < 1) report("failed", test, word != "" ? word : "ended badly; its last words: " last_words())
      else if (failed < 0 && status == "run") report("passed", test, "")
      else if (failed < 0 && (status == "disabled" || reason ~ /^SKIP_/)) report("skipped", test, word != "" ? word : reason)
      else if (failed < 0) report("failed", test, reason)
      test = ""
    }
    /<testcase / { finish(); test = attribute($0, "name"); status = attribute($0, "status"); reason = ""; word = ""; lines = 0 }
    test != "" {
      said[lines] = $0
      gsub(/<\/?system-out>/, "", said[lines])
      if (said[lines] !~ /^[ \t]*<\/?(testcase|properties|property|failure|testsuite)|^[ \t]*$/) ++lines
    }
    /<failure|<skipped/ { reason = attribute($0, "message") }
    /^(SKIPPED|FAILED): / { word = $0; sub(/^[A-Z]*: /, "", word); sub(/<.*/, "", word); word = plain(word) }
    END { finish() }
  ' "$work/$1.xml"
}

# Of tests that fail few may have met a machine that stood still. What passes only at a second run is said. A case counts as
# passed when the second run says so: what it skips or does not know has failed.
second_run() {
  local failing first=$status
  failing=$(sed -n 's/.*<testcase name="\([^"]*\)".* status="fail".*/\1/p' "$work/first.xml")
  [ -n "$failing" ] && [ "$(wc -l <<<"$failing")" -le "$MOST_SECOND_RUNS" ] || return 0
  step "Running once more what failed: ${failing//$'\n'/ }"
  status=0
  run_tests second 1 "^(${failing//$'\n'/|})\$" || status=$?
  results second >"$work/second.results"
  grep '^failed' "$work/results" >"$work/first.failed" || status=$first
  if [ "$status" = 0 ] && ! all_passed "$work/first.failed" "$work/second.results"; then status=$first; fi
  [ "$status" = 0 ] || return 0
  awk -v names="${failing//$'\n'/ }" 'BEGIN { split(names, list, " "); for (i in list) again[list[i]] = 1 }
    { split($2, name, ":"); if (!(name[1] in again)) print }' "$work/results" >"$work/kept"
  cat "$work/kept" "$work/second.results" >"$work/results"
  second=passed
}

# all_passed FAILED RESULTS: each test of the one is among the passed ones of the other; of a program that gave no report
# there, any of its cases.
all_passed() {
  awk -F '\t' 'NR == FNR { if ($1 == "passed") { split($2, part, ":"); passed[$2]; passed[part[1]] } next }
    !($2 in passed) { missing = 1 } END { exit missing }' "$2" "$1"
}

# list FILE RESULT: the lines of that result, for people.
list() { sed -n "s/^$2\t\([^\t]*\)\t\(.*\)/  \1: \2/p" "$1"; }

summarise() {
  local passed failed skipped
  passed=$(grep -c '^passed' "$work/results" || true)
  failed=$(grep -c '^failed' "$work/results" || true)
  skipped=$(grep -c '^skipped' "$work/results" || true)
  if [ "$skipped" -gt 0 ]; then
    step "Skipped"
    list "$work/results" skipped
  fi
  if [ "$second" = passed ]; then
    step "Passed only at a second run; failed at first"
    list "$work/first.failed" failed
  fi
  if [ "$failed" -gt 0 ]; then
    step "Failed (run one again with: tests/run.sh --preset $preset -R NAME)"
    list "$work/results" failed
  fi
  # A test that ctest holds against us counts, whatever the reports say.
  if [ "$failed" = 0 ] && [ "$status" != 0 ]; then failed=1; fi
  printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
}

parse_arguments "$@"
step "Looking for the packages that building and testing need"
case $preset in
  asan | tsan) deploy/install_packages.sh --tests --fuzz ;;
  *) deploy/install_packages.sh --tests ;;
esac
step "Building ${programs[*]:-everything} (preset $preset)"
build
forget_environment
step "Starting a throw-away PostgreSQL"
start_database
step "Running the tests"
status=0
mkdir -m 1777 "$work/tmp"
run_tests first 2 "$pattern" || status=$?
results first >"$work/results"
if [ "$status" != 0 ] && [ "$second" = yes ]; then second_run; fi
summarise
