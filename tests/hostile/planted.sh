#!/usr/bin/env bash
# Plants the bugs of tests/hostile/planted, one at a time, in a clone of this repository, and demands that the
# test which each names fails. What is not committed is not looked at.
#
# usage: tests/hostile/planted.sh [--directory DIR] [BUG …]
#   --directory DIR   where the clone is made, and kept for the next time (default: a temporary one)
#   BUG               flood_forgiven, for example; all by default
set -euo pipefail

root=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
bugs=$root/tests/hostile/planted
directory=
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --directory) directory=$2 && shift 2 ;;
    -*) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2 ;;
    *) chosen+=("$1") && shift ;;
  esac
done
if [ -z "$directory" ]; then
  directory=$(mktemp -d)
  trap 'rm -rf "$directory"' EXIT
fi
[ ${#chosen[@]} -gt 0 ] || mapfile -t chosen < <(cd "$bugs" && printf '%s\n' *.patch | sed 's/\.patch$//')

source=$directory/source build=$directory/build
[ -d "$source" ] || git clone --quiet --shared "$root" "$source"
git -C "$source" fetch --quiet origin HEAD
git -C "$source" checkout --quiet --force --detach FETCH_HEAD
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O0 -DNDEBUG" \
  -DROWKEEPER_UNITY=ON -DROWKEEPER_TESTS=ON >"$directory/configure.log"

# field NAME BUG
field() { sed -n "s/^$1: //p" "$bugs/$2.patch"; }
build() { ninja -C "$build" "$1" >"$directory/build.log" 2>&1 || { tail -n 30 "$directory/build.log" && return 1; }; }
# passes PROGRAM TEST LOG: a test that hangs has failed, and one that is not there has not.
passes() {
  (cd "$source" && timeout 300 "$build/$1" --gtest_filter="$2") >"$directory/$3.log" 2>&1 || return 1
}
ran() { grep -q "^\[ RUN      \] $1" "$directory/$2.log"; }

# Programs one after the other, so that each is built without a bug once.
found=0
for program in $(for bug in "${chosen[@]}"; do field Program "$bug"; done | sort -u); do
  build "$program" || { echo "$program does not compile" && exit 1; }
  mine=()
  for bug in "${chosen[@]}"; do
    [ "$(field Program "$bug")" = "$program" ] || continue
    mine+=("$bug")
    if ! passes "$program" "$(field Test "$bug")" healthy || ! ran "$(field Test "$bug")" healthy; then
      echo "$(field Test "$bug") of $program does not pass without any bug" && exit 1
    fi
  done
  for bug in "${mine[@]}"; do
    git -C "$source" apply "$bugs/$bug.patch"
    build "$program" || { echo "$bug does not compile" && exit 1; }
    if passes "$program" "$(field Test "$bug")" "$bug"; then
      echo "MISSED $bug: $(head -n 1 "$bugs/$bug.patch")"
    else
      found=$((found + 1))
      echo "found  $bug: $(field Test "$bug")"
    fi
    git -C "$source" checkout --quiet --force .
  done
done
echo "$found found, $((${#chosen[@]} - found)) missed"
[ "$found" -eq ${#chosen[@]} ]
