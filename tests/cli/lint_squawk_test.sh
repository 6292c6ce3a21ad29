#!/usr/bin/env bash
# migrate lint finds what squawk finds, of the rules that both have, in the examples of each rule.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

SQUAWK_VERSION=2.66.0
need_command npm npm
squawk=$TOOLS/squawk/$SQUAWK_VERSION
[ -x "$squawk/node_modules/.bin/squawk" ] ||
  fetch "squawk-cli@$SQUAWK_VERSION" squawk npm install --prefix "$squawk" --no-audit --no-fund "squawk-cli@$SQUAWK_VERSION"

python3 tests/cli/lint_squawk.py "$ROWKEEPER" "$squawk/node_modules/.bin/squawk" "$WORK"
