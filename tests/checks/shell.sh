#!/usr/bin/env bash
# No script gives shellcheck anything to say, those without a suffix included.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

command -v shellcheck >/dev/null || {
  echo "SKIPPED: shellcheck is not installed (package shellcheck)"
  exit 77
}
git grep -lzE '^(#!.*\b(ba)?sh$|# shellcheck shell=)' | xargs -0 shellcheck
