#!/usr/bin/env bash
# The examples of proto/reference/how-to, typed one page after another, each against the planner on a database of its own.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

command -v python3 >/dev/null || skip "python3 is not installed"
readonly RUN=$PWD/tests/cli/how_to.py PAGES=$PWD/proto/reference/how-to
mkdir -p "$WORK/bin" "$WORK/pages"
ln -s "$(realpath "$ROWKEEPER")" "$WORK/bin/rowkeeper"

printf 'only operators know this word\n' >"$WORK/pages/admin-token"
start_planner --migrations migrations/planner --admin-token-file "$WORK/pages/admin-token"
ln -s "$PWD/proto" "$WORK/pages/proto"
ADMIN=http://$(admin_address)
export ADMIN PATH=$WORK/bin:$PATH ROWKEEPER_ADDRESS=$ADDRESS DATABASE_URL=$SCRATCH_URL
case $SCRATCH_URL in
  *\?*) export SHOP_DATABASE_URL="$SCRATCH_URL&options=-csearch_path%3Dshop" ;;
  *) export SHOP_DATABASE_URL="$SCRATCH_URL?options=-csearch_path%3Dshop" ;;
esac
cd "$WORK/pages"
failed=0
for page in "$PAGES"/*.md; do
  # The second is for the pages that have tables of their own.
  scratch_sql "TRUNCATE todos CASCADE; DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA shop" 2>/dev/null
  rm -rf shop
  step "$(head -n 1 "$page")"
  python3 "$RUN" "$page" || failed=1
done
[ "$failed" = 0 ] || fail "the examples above do not print what their pages say"
