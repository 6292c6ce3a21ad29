#!/usr/bin/env bash
# clang-format has nothing to change. Only Debian 12's version is asked, for others format a little differently.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=14
program=$(command -v "clang-format-$version" || command -v clang-format) || {
  echo "SKIPPED: clang-format is not installed (package clang-format)"
  exit 77
}
found=$("$program" --version | sed 's/.*version \([0-9]*\).*/\1/')
[ "$found" = "$version" ] || {
  echo "SKIPPED: the sources are formatted by clang-format $version, and this is $found"
  exit 77
}
git ls-files -z '*.cc' '*.h' | xargs -0 "$program" --dry-run -Werror
