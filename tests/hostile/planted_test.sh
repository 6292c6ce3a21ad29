#!/usr/bin/env bash
# The bugs that planted.sh plants still fit the code, and the tests that have to find them are there. (That they find them is
# what planted.sh shows, which builds for each.)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v git >/dev/null || { echo "SKIPPED: git is not installed"; exit 77; }

failed=0
bugs=(tests/hostile/planted/*.patch)
[ ${#bugs[@]} -gt 20 ] || { echo "FAILED: where are the planted bugs?"; exit 1; }
for bug in "${bugs[@]}"; do
  git apply --check "$bug" || { echo "FAILED: $bug does not apply any more"; failed=1; }
  suite=$(sed -n 's/^Test: \(.*\)\..*/\1/p' "$bug") name=$(sed -n 's/^Test: .*\.//p' "$bug")
  grep -rqE "^TEST(_F|_P)?\($suite, ${name:?$bug names no test}\)" --include='*_test.cc' tests ||
    { echo "FAILED: $bug names $suite.$name, which is no test"; failed=1; }
done
exit "$failed"
