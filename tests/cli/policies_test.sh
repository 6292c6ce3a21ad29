#!/usr/bin/env bash
# Policies as an operator meets them: the reference's catalogue and file, word for word; explain, check, refusals, a file
# that changes while the server runs.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/support/tokens.sh
source tests/support/tokens.sh

reference=$PWD/proto/reference/policies.md
PATH=$(dirname "$ROWKEEPER"):$PATH

# block KIND [TEXT]: the first block of the page that begins with ```KIND and holds TEXT.
block() {
  awk -v kind="\`\`\`$1" -v text="${2:-}" '
    /^```/ && !inside {inside = 1; wanted = $0 == kind; found = ""; next}
    /^```$/ {if (wanted && (text == "" || index(found, text))) {printf "%s", found; shown = 1; exit} inside = 0; next}
    inside {found = found $0 "\n"}
    END {exit !shown}' "$reference" || fail "the page has no block $*"
}
# explains CODE PATTERN ARG...: policy explain ends with CODE and says PATTERN.
explains() {
  local code=$1 pattern=$2 status=0 output
  shift 2
  output=$(rowkeeper policy explain --proto-path shop/proto "$@" 2>&1) || status=$?
  equals "$status" "$code" "exit code of policy explain $* ($output)"
  contains "$output" "$pattern" "policy explain $*"
  lacks "$output" '^time=' "policy explain $*"
}
# refused REASON SUBJECT ARG...: the call with the token of SUBJECT is PERMISSION_DENIED for REASON.
refused() {
  local reason=$1 subject=$2 output
  shift 2
  if output=$(call "$@" --token-file "$TOKENS/$subject" 2>&1); then fail "$subject: $*: expected $reason, got $output"; fi
  contains "$output" '^PERMISSION_DENIED: this caller may not ' "$subject: $*"
  contains "$output" "\"reason\":\"$reason\"" "$subject: $*"
}
metric() { page /metrics | sed -n "s/^$1 //p"; }

mkdir -p "$WORK/shop/proto/shop/v1"
cd "$WORK"
block proto >shop/proto/shop/v1/invoice.proto
block toml >policy.toml

step "check names what nobody may use"
output=$(bash -ec "$(block sh 'rowkeeper check --offline')")
equals "$(grep '^policy: ' <<<"$output")" "$(block '' 'policy: nobody')" "check --offline"
output=$(rowkeeper check --offline --proto-path shop/proto --policy-file policy.toml)
contains "$output" '^policy: nobody may call shop.v1.InvoiceRepository.Delete$' "check with the file"
contains "$output" '^policy: nobody may use the header rowkeeper-debug \(debug\)$' "check with the file"

step "explain says who may, and which list says so"
status=0
output=$(bash -ec "$(block sh 'rowkeeper policy explain')") || status=$?
equals "$status" 3 "exit code of the page's explain"
equals "$output" "$(block '' 'not allowed')" "the page's explain"
explains 0 '^shop.v1.InvoiceRepository.Create: allowed$' --as role:billing InvoiceRepository.Create
explains 0 'yes: shop/v1/invoice.proto:[0-9]+ allows role:shop$' --as caller:jwt:alice --as role:shop /shop.v1.InvoiceRepository/GetById
explains 0 ': allowed$' --as caller:spiffe://example.org/cleanup/nightly InvoiceRepository.Delete
explains 3 'allows caller:spiffe://example.org/cleanup/\* only' --as caller:spiffe://example.org/cleanup InvoiceRepository.Delete
explains 3 'no:  policy.toml:4 allows nobody$' --as caller:spiffe://example.org/cleanup/nightly InvoiceRepository.Delete --policy-file policy.toml
explains 3 '^reflection: not allowed$' --as anonymous reflection
explains 0 '^rowkeeper.v1.UnitOfWork.Run: allowed$' --as role:billing UnitOfWork.Run
explains 3 'the catalogue has no list for it, so nobody may' --as authenticated all_units
explains 1 'there is no method or feature "Nothing"' --as anonymous Nothing
explains 2 '"billing" is no principal; write role:NAME' --as billing reflection
explains 2 'is more than one caller' --as everyone reflection
explains 2 'certificates have no roles' --as role:shop --as caller:spiffe://example.org/shop reflection
explains 2 '^rowkeeper: --as anonymous stands alone' --as anonymous --as role:shop reflection
mkdir open
grep -v 'allow\|rowkeeper.v1.access' shop/proto/shop/v1/invoice.proto |
  sed '/^  units_of_work/,/^};/d; s/^  rpc \(.*\) {$/  rpc \1;/; /^  }$/d; s/^service InvoiceRepository {/&\n  option (rowkeeper.v1.repository).entity = "shop.v1.Invoice";/' >open/invoice.proto
output=$(rowkeeper policy explain --proto-path open --as anonymous InvoiceRepository.Create)
contains "$output" '^allowed: neither the catalogue nor a policy file has lists' "without lists"
lacks "$(rowkeeper check --offline --proto-path open)" '^policy:' "check without lists"

step "mistakes are refused with their place"
mkdir mistaken
sed 's/"role:shop", "role:billing"\]};/"rol:shop"]};/' shop/proto/shop/v1/invoice.proto >mistaken/invoice.proto
if output=$(rowkeeper check --offline --proto-path mistaken 2>&1); then fail "accepted rol:shop: $output"; fi
contains "$output" '^invoice.proto:[0-9]+: shop.v1.InvoiceRepository: allow: "rol:shop" is no principal; write role:NAME' "check"
printf '[methods]\n"shop.v1.InvoiceRepository.Crate" = []\n' >mistaken/policy.toml
status=0
output=$(timeout 30 rowkeeper serve --proto-path shop/proto --database-url postgresql://nobody@127.0.0.1:1/nothing --listen 127.0.0.1:0 \
  --policy-file mistaken/policy.toml 2>&1 </dev/null) || status=$?
equals "$status" 1 "exit code of serve"
contains "$output" '^rowkeeper: --policy-file mistaken/policy.toml:2: the catalogue has no method "shop.v1.InvoiceRepository.Crate"' "serve"

step "calls, by a catalogue alone"
publish "$(make_key first)"
token first bob 3600 "$ISSUER" ',"roles":["shop"]'
token first carol 3600 "$ISSUER" ',"roles":["billing"]'
token first nora
make_scratch_database
rowkeeper migrate new create_invoices --migrations shop/migrations --entity shop.v1.Invoice --proto-path shop/proto >new.log 2>&1 ||
  fail "migrate new: $(cat new.log)"
rowkeeper migrate up --migrations shop/migrations --database-url "$SCRATCH_URL" >up.log 2>&1 || fail "migrate up: $(cat up.log)"
printf '[methods]\n"*" = ["everyone"]\n[features]\n"*" = ["everyone"]\n' >live.toml
start_server --proto-path shop/proto --database-url "$SCRATCH_URL" --listen 127.0.0.1:0 "${TOKEN_FLAGS[@]}" --policy-file live.toml
id=00000000-0000-4000-8000-000000000001
creates() { call InvoiceRepository.Create "{\"invoice\": {\"number\": \"$1\"}}" --token-file "$TOKENS/carol"; }
reads() { call InvoiceRepository.GetById "{\"id\": \"$id\"}" --token-file "$TOKENS/$1" 2>&1 || true; }
wait_until 60 "the server serves" creates 1
refused METHOD_NOT_ALLOWED bob InvoiceRepository.Create '{"invoice": {"number": "2"}}'
refused METHOD_NOT_ALLOWED carol InvoiceRepository.Delete "{\"id\": \"$id\"}"
refused METHOD_NOT_ALLOWED nora InvoiceRepository.GetById "{\"id\": \"$id\"}"
refused FEATURE_NOT_ALLOWED bob InvoiceRepository.GetById "{\"id\": \"$id\"}" -H 'rowkeeper-debug: cost'
contains "$(reads bob)" '"reason":"ROW_NOT_FOUND"' "bob reads"
sample=$(block '' 'a policy refused a call')
wait_until 60 "the log has the page's line" grep -Fq "${sample%$'\n'}" "$SERVER_LOG"

step "a file takes away while the server runs, and a bad one changes nothing"
cp policy.toml next.toml
mv next.toml live.toml
bob_is_refused() { refused METHOD_NOT_ALLOWED bob InvoiceRepository.GetById "{\"id\": \"$id\"}"; }
wait_until 60 "the file is in use" bob_is_refused
contains "$(reads carol)" '"reason":"ROW_NOT_FOUND"' "carol reads"
printf '[methods]\n"*" = ["evryone"]\n' >live.toml
wait_until 60 "the problem is told" grep -q 'msg="the policy file cannot be used.*live.toml:2: .*evryone.* is no principal' "$SERVER_LOG"
bob_is_refused
contains "$(reads carol)" '"reason":"ROW_NOT_FOUND"' "carol reads by the last good file"
equals "$(metric rowkeeper_policy_file_loads_total)" 2 "loads"
equals "$(metric rowkeeper_policy_file_load_failures_total)" 1 "failures"
[ "$(metric 'rowkeeper_refusals_total{reason="METHOD_NOT_ALLOWED"}')" -ge 4 ] || fail "refusals are not counted"
