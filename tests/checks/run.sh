#!/usr/bin/env bash
# Everything about the source that can be checked without running it. The last line is "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

known=(format names shell protos tidy)
checks=()
tidy=()

usage() {
  cat <<'TEXT'
usage: tests/checks/run.sh [--all] [--base REVISION] [--seconds N] [CHECK]...

Installs what is missing (Debian 12 and 13) and runs the checks that are named, or all:
  format  clang-format has nothing to change in the C++ sources
  names   no name stands in the anonymous namespaces of two files of a server folder
  shell   shellcheck has nothing to say about the scripts
  protos  buf lint has nothing to say about the protos
  tidy    clang-tidy has nothing to say about the C++ sources that have changed

  --all            tidy: about every source
  --base REVISION  tidy: changed since then (default: as tests/checks/base.sh says)
  --seconds N      tidy: begins nothing new after that time (default: no limit)

Examples:
  tests/checks/run.sh format shell
  tests/checks/run.sh --all tidy
TEXT
}

fail() {
  printf '\ntests/checks/run.sh: %s\n' "$*" >&2
  exit 1
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --all) tidy+=(--all) ;;
      --base | --seconds)
        [ -n "${2:-}" ] || fail "$1 needs a value; see tests/checks/run.sh --help"
        tidy+=("$1" "$2")
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        [[ " ${known[*]} " == *" $1 "* ]] || {
          usage >&2
          fail "there is no check $1"
        }
        checks+=("$1")
        ;;
    esac
    shift
  done
  [ ${#checks[@]} -gt 0 ] || checks=("${known[@]}")
}

# run NAME COMMAND...: exit code 77 and a line "SKIPPED: why" mean skipped.
run() {
  local name=$1 status=0 begin=$SECONDS
  shift
  printf '\n==> Check %s\n' "$name"
  "$@" 2>&1 | tee "$output" || status=$?
  case $status in
    0) passed=$((passed + 1)) ;;
    77)
      skipped=$((skipped + 1))
      skips+="  $name: $(sed -n 's/^SKIPPED: //p' "$output" | tail -n 1)"$'\n'
      ;;
    *)
      failed=$((failed + 1))
      printf '  %s: what to change is above; again with: tests/checks/run.sh %s\n' "$name" "$name" >>"$failures"
      # The first of it, for a log of which only the end is kept.
      { grep -m 5 -E '(error|warning): |^In .* line [0-9]+:' "$output" || tail -n 5 "$output"; } | sed 's/^/    /' >>"$failures"
      ;;
  esac
  printf '%s: %d s\n' "$name" "$((SECONDS - begin))"
}

parse_arguments "$@"
deploy/install_packages.sh --tests --checks
output=$(mktemp)
failures=$(mktemp)
trap 'rm -f "$output" "$failures"' EXIT
passed=0
failed=0
skipped=0
skips=
for check in "${checks[@]}"; do
  case $check in
    tidy) run tidy tests/checks/tidy.sh "${tidy[@]}" ;;
    *) run "$check" "tests/checks/$check.sh" ;;
  esac
done
[ -z "$skips" ] || printf '\n==> Skipped\n%s' "$skips"
[ ! -s "$failures" ] || { printf '\n==> Failed\n' && cat "$failures"; }
printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
