#!/bin/sh
# Installs dbmate, pinned, from npm into the cache of the tests and prints the path of its program.
# Exit 3: npm is not here, or the registry cannot be reached or does not answer within 200 s.
set -eu
version=2.36.0
directory=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/rowkeeper-tests/dbmate-$version
program=$directory/node_modules/.bin/dbmate

if [ ! -x "$program" ]; then
  command -v npm >/dev/null 2>&1 || { echo "npm is not installed (apt-get install npm)"; exit 3; }
  # A directory of our own first: an interrupted installation must not look complete.
  mkdir -p "$(dirname "$directory")"
  temporary=$(mktemp -d "$directory.XXXXXX")
  trap 'rm -rf "$temporary"' EXIT
  if ! timeout --kill-after=10 200 npm install --silent --no-audit --no-fund --no-save --prefix "$temporary" "dbmate@$version" >"$temporary/log" 2>&1; then
    echo "npm cannot install dbmate@$version:"
    tail -n 5 "$temporary/log"
    exit 3
  fi
  rm -rf "$directory"
  mv "$temporary" "$directory"
fi
echo "$program"
