#!/usr/bin/env bash
# Prints the commit since which sources count as changed, and why. That is the first of these which there is:
# 1. on a branch, where it left main (origin's, else the local one);
# 2. on main itself, the commit before the last twenty: nothing says what landed together, and the last landing has
#    rarely more;
# 3. the first commit that this clone has, when it has several. Otherwise it prints "-": everything counts as changed.
# usage: base.sh
set -euo pipefail

say() {
  printf '%s %s\n' "$1" "$2"
  exit 0
}

head=$(git rev-parse HEAD)
for main in origin/main origin/HEAD main; do
  base=$(git merge-base "$main" HEAD 2>/dev/null) || continue
  [ "$base" = "$head" ] || say "$base" "where this branch left $main"
done
base=$(git rev-parse --verify --quiet 'HEAD~20^{commit}') && say "$base" "twenty commits ago"
base=$(git rev-list --max-parents=0 HEAD | tail -n 1)
[ "$base" = "$head" ] || say "$base" "the first commit of this clone"
say - "this clone has one commit"
