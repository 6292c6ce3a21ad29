#!/usr/bin/env bash
# clang-tidy has nothing to say about what has changed. It reads the batches in which the release build compiles sources
# (twelve of them in the time of two), chosen by what the compiler read for each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=build/release
all=
base=
limit=

while [ $# -gt 0 ]; do
  case $1 in
    --all) all=yes ;;
    --base) base=$2 && shift ;;
    --build) build=$2 && shift ;;
    --seconds) limit=$2 && shift ;;
    *) echo "usage: tests/checks/tidy.sh [--all] [--base REVISION] [--build DIR] [--seconds N]" >&2 && exit 2 ;;
  esac
  shift
done

command -v clang-tidy >/dev/null || {
  echo "SKIPPED: clang-tidy is not installed (package clang-tidy)"
  exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Generated headers have to be there, and nothing else of the build.
[ "$build" != build/release ] || cmake --preset release -DROWKEEPER_TESTS=ON >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
ninja -C "$build" -t targets all | sed -n 's/^\([^:]*\.pb\.h\): .*/\1/p' >"$work/headers"
xargs ninja -C "$build" <"$work/headers" >"$work/log" 2>&1 || { tail -n 20 "$work/log" && exit 1; }

why="as asked"
[ -n "$base$all" ] || read -r base why < <(tests/checks/base.sh)
if [ -n "$all" ] || [ "$base" = - ]; then
  tests/checks/batches.py "$build" >"$work/batches"
  echo "every source, $why: $(wc -l <"$work/batches") batches"
else
  git diff --name-only "$base" >"$work/changed"
  git ls-files --others --exclude-standard >>"$work/changed"
  tests/checks/batches.py "$build" --changed "$work/changed" >"$work/batches"
  echo "changed since $(git log -1 --format='%h (%s)' "$base"), $why: $(wc -l <"$work/batches") batches"
fi

# When the time is short the commit decides where to begin, so that over time everything gets its turn.
count=$(wc -l <"$work/batches")
[ "$count" -gt 0 ] || exit 0
first=$((16#$(git rev-parse --short=7 HEAD) % count))
{ tail -n +"$((first + 1))" "$work/batches" && head -n "$first" "$work/batches"; } >"$work/order"

# one BATCH: what clang-tidy says about it; nothing when the time is over.
one() {
  [ -z "$limit" ] || [ "$(date +%s)" -lt "$limit" ] || return 0
  echo "$1" >>"$work/begun"
  # A batch includes sources, which is what this check is against.
  clang-tidy -p "$build" --quiet --checks=-bugprone-suspicious-include "$1" >"$work/$(tr / _ <<<"$1")" 2>"$work/errors.$$" ||
    grep -hE '(error|fatal error):' "$work/errors.$$" >>"$work/broken" || true
}
export -f one
[ -z "$limit" ] || limit=$(($(date +%s) + limit))
export build work limit
touch "$work/begun"
# shellcheck disable=SC2016  # expanded by the inner shell
tr '\n' '\0' <"$work/order" | xargs -0 -P "$(nproc)" -I{} bash -c 'one "$1"' - {}

# A header is seen in many batches, and named once.
find "$work" -name '_*' -exec cat {} + | sed "s|$PWD/||" | awk '/^[^ ].*: (error|warning|note): /{ skip = seen[$0]++ } !skip' >"$work/report"
cat "$work/report"
begun=$(wc -l <"$work/begun")
[ "$begun" = "$count" ] || printf 'the time was up: %s of %s batches were read, beginning at %s\n' "$begun" "$count" "$(head -n 1 "$work/order" | sed "s|$PWD/||")"
[ ! -s "$work/broken" ] || { cat "$work/broken" && exit 1; }
! grep -qE ': (error|warning): ' "$work/report"
