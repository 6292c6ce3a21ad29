#!/usr/bin/env bash
# The benchmark's short form runs: every scenario, no errors, the same answers of all servers, results that parse. No
# figure is judged. The Go peer takes part where it can be built, the others where tests/bench/run.sh has built them.
set -euo pipefail

programs=$1
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
compgen -G '/usr/lib/postgresql/*/bin/pgbench' >/dev/null || {
  echo "SKIPPED: pgbench is not installed (package postgresql)"
  exit 77
}
tests/bench/run.sh --short --programs "$programs" --peers go,built --output "$output"

python3 - "$output" <<'PYTHON'
import json, pathlib, sys, xml.dom.minidom

output = pathlib.Path(sys.argv[1])
results = json.loads((output / "results.json").read_text())
wanted = {
    "get_by_id": 3, "get_hot": 1, "get_missing": 1, "list_by_owner": 4, "list_by_date_range": 1, "create": 2, "update": 1,
    "soft_delete": 1, "batch_create": 4, "import": 1, "unit": 3, "run": 3, "keyed_create": 1, "relations": 1, "mix": 2,
    "rows": 2, "pages": 1, "callers": 1, "open_units": 1, "deleted": 1, "entities": 1, "open_loop": 2}
found = {}
for comparison in results["scenarios"] + results["growth"]:
    found[comparison["scenario"]] = found.get(comparison["scenario"], 0) + 1
    for name, contender in comparison["contenders"].items():
        assert contender["operations"] >= 1 and contender["errors"] == 0, (comparison["name"], name, contender)
found.pop("poolers", None)  # where PgBouncer is installed
guarded = found.pop("guards", 0)  # where openssl is
assert found == wanted, found
for peer, versions in results["peers"].items():
    assert peer in results["scenarios"][0]["contenders"] and versions, peer
# Every figure to reach is measured, but those against peers that are not here; CPU time of so short a block may be none.
sys.path.insert(0, "tests/bench")
from harness import targets
absent = {"Go", "Rust", "Python"} - {peer.capitalize() for peer in results["peers"]}
missed = {target[0] for target in targets.TARGETS} - {row["what"] for row in results["targets"]}
assert all(what.split()[-1] in absent or "CPU" in what or (not guarded and "against without" in what)
           for what in missed), missed
assert results["versions"]["rowkeeper"].startswith("rowkeeper "), results["versions"]
for word in ("cpu", "cores", "ram_gib", "load_average_at_start"):
    assert results["machine"][word] is not None, word
for plot in ("rates.svg", "cpu.svg", "growth.svg"):
    xml.dom.minidom.parse(str(output / plot))
print("peers:", ", ".join(results["peers"]) or "none", "- left out:", results["left_out"] or "none")
if "go" not in results["peers"]:
    print("SKIPPED: all ran without errors, but beside no peer: Go " + results["left_out"].get("go", "is not there"))
    sys.exit(77)
PYTHON
