#!/usr/bin/env bash
# The examples of the client library, against the tracker with its first data.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/units.sh
source tests/clients/units.sh

example() {
  local name=$1
  shift
  "$BUILD/examples/$name" "$ADDRESS" "$@"
}

check_many_at_once() {
  step "transfer_funds by many at once loses nothing"
  scratch_sql "UPDATE account SET balance = 100, version = 1"
  local i transfers=()
  for i in 1 2 3 4 5 6; do  # 1, 4 and 16 one way; 2, 8 and 32 the other: every set of lost transfers has its own sum
    example transfer_funds "$((2 - i % 2)):$((i % 2 + 1)):$((1 << (i - 1)))" >"$WORK/transfer.$i" 2>&1 &
    transfers[i]=$!
  done
  for i in 1 2 3 4 5 6; do
    wait "${transfers[i]}" || fail "transfer $i: $(cat "$WORK/transfer.$i")"
    contains "$(cat "$WORK/transfer.$i")" ': done$' "transfer $i"
  done
  equals "$(accounts)" "1 121.00 7, 2 79.00 7" "the accounts"
  nothing_is_open
}

check_examples
check_many_at_once
