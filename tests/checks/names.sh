#!/usr/bin/env bash
# No name stands in the anonymous namespaces of two source files of a server folder: batches compile them together.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

exec python3 tests/checks/names.py server/*/
