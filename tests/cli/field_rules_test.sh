#!/usr/bin/env bash
# Lists at fields as an operator meets them: the reference's catalogue and file, word for word; explain and check.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

reference=$PWD/proto/reference/field-rules.md
PATH=$(dirname "$ROWKEEPER"):$PATH

# block KIND [TEXT]: the first block of the page that begins with ```KIND and holds TEXT.
block() {
  awk -v kind="\`\`\`$1" -v text="${2:-}" '
    /^```/ && !inside {inside = 1; wanted = $0 == kind; found = ""; next}
    /^```$/ {if (wanted && (text == "" || index(found, text))) {printf "%s", found; shown = 1; exit} inside = 0; next}
    inside {found = found $0 "\n"}
    END {exit !shown}' "$reference" || fail "the page has no block $*"
}
explain() { rowkeeper policy explain --proto-path shop/proto "$@" 2>&1; }

mkdir -p "$WORK/shop/proto/shop/v1"
cd "$WORK"
block proto >shop/proto/shop/v1/employee.proto
block toml >policy.toml

step "explain says which fields a caller may not touch"
equals "$(bash -ec "$(block sh 'rowkeeper policy explain')")" "$(block '' 'may not read')" "the page's explain"
lacks "$(explain --as role:hr EmployeeRepository.Update)" 'may not' "explain for hr"
output=$(explain --as role:hr EmployeeRepository.Update --policy-file policy.toml)
contains "$output" '^  may not read shop.v1.Employee.salary: policy.toml:7 allows role:payroll only$' "explain with the file"
contains "$output" '^  may not write shop.v1.Employee.salary: policy.toml:7 allows nobody$' "explain with the file"

step "check names fields that nobody may touch, and nothing else where only fields have lists"
lacks "$(rowkeeper check --offline --proto-path shop/proto)" '^policy:' "check"
output=$(rowkeeper check --offline --proto-path shop/proto --policy-file policy.toml)
contains "$output" '^policy: nobody may write the field shop.v1.Employee.salary$' "check with the file"

step "mistakes are refused with their place"
sed -i 's/primary_key: true/&, read: "role:hr"/' shop/proto/shop/v1/employee.proto
if output=$(rowkeeper check --offline --proto-path shop/proto 2>&1); then fail "accepted a list of the key: $output"; fi
# shellcheck disable=SC2016  # backquotes of the message
contains "$output" '^shop/v1/employee.proto:[0-9]+: shop.v1.Employee.id: the field can have no list for `read`' "check"
