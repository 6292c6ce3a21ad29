#!/usr/bin/env bash
# The README's online shop, word for word: a catalogue that no code knows is written, checked, migrated, served, called.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

readme=$PWD/README.md
make_scratch_database
PATH=$(dirname "$ROWKEEPER"):$PATH
shop=$WORK/shop
mkdir -p "$shop/proto/shop/v1"
cd "$WORK"
# In place of the README's addresses; a database URL goes before its --data-dir.
export ROWKEEPER_LISTEN=127.0.0.1:0 ROWKEEPER_DATABASE_URL=$SCRATCH_URL
SHOP=(--proto-path "$shop/proto")

# commands TEXT: the block of commands in the README that holds TEXT.
commands() {
  awk -v text="$1" '/^```sh$/ {block = ""; inside = 1; next}
    /^```$/ {if (inside && index(block, text)) printf "%s", block; inside = 0}
    inside {block = block $0 "\n"}' "$readme" | grep . || fail "the README has no commands with $1"
}
# run TEXT: runs that block, which must succeed.
run() {
  local block
  block=$(commands "$1") || exit 1
  bash -ec "$block" || fail "the README's commands with $1"
}
# For the README's line with grpcurl: -plaintext -d JSON ADDRESS METHOD.
grpcurl() { rowkeeper call "$5" "$3"; }
export -f grpcurl

# The first block of ```proto in the README is the entity.
awk '/^```proto$/ {block = 1; next} /^```$/ && block {exit} block' "$readme" >"$shop/proto/shop/v1/product.proto"
grep -q 'message Product {' "$shop/proto/shop/v1/product.proto" || fail "the README has no message Product"

step "generate writes the repository, check accepts it"
output=$(run "rowkeeper generate" 2>&1)
lacks "$output" 'WARNING' "generate and check"
contains "$output" '^shop.v1.ProductRepository +\(shop.v1.Product, table products\)' "check --offline"
contains "$output" '^  GetBySku\(GetProductBySkuRequest\) returns Product' "check --offline"

step "generate -o writes the whole file or leaves it alone, and standard output holds nothing but the result"
repository="$shop/proto/shop/v1/product_repository.proto"
before=$(cat "$repository")
"$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" >"$WORK/stdout" 2>"$WORK/stderr"
equals "$(cat "$WORK/stdout")" "$before" "generate without -o"
equals "$(cat "$WORK/stderr")" "" "standard error of generate"
output=$("$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" -o "$repository")
equals "$output" "" "standard output of generate -o"
equals "$(cat "$repository")" "$before" "generate -o"
if "$ROWKEEPER" generate shop.v1.Nothing --proto-path "$shop/proto" -o "$repository" 2>/dev/null; then fail "generated an unknown entity"; fi
equals "$(cat "$repository")" "$before" "the file after a failure"
if output=$("$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" 2>&1 >/dev/full); then fail "wrote to a full disk"; fi
contains "$output" '^rowkeeper: cannot write the result' "a full disk"
: >"$shop/proto/shop/v1/empty.proto"
output=$("$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" 2>&1 >/dev/null)
lacks "$output" 'libprotobuf' "words of libraries about an empty file"
rm "$shop/proto/shop/v1/empty.proto"

step "generate again adds what the entity got since, and keeps what people wrote"
entity="$shop/proto/shop/v1/product.proto"
cp "$entity" "$WORK/entity"
sed -i 's|^  rpc Create(|  // By hand.\n&|' "$repository"
edited=$(cat "$repository")
sed -i 's|^  string sku = \([0-9]*\).*|&\n  string barcode = 90 [(rowkeeper.v1.column).unique = true];|' "$entity"
output=$("$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" -o "$repository" 2>&1)
contains "$output" 'product_repository.proto: added rpc GetByBarcode$' "generate of a new key"
contains "$output" 'added message GetProductByBarcodeRequest$' "generate of a new key"
contains "$(cat "$repository")" '// By hand.' "what people wrote"
"$ROWKEEPER" check --offline --proto-path "$shop/proto" >/dev/null || fail "check of the merged repository"
output=$("$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" -o "$repository" 2>&1)
contains "$output" 'nothing to add$' "generate once more"
"$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" -o "$repository" --replace
lacks "$(cat "$repository")" '// By hand.' "generate --replace"
cp "$WORK/entity" "$entity"
printf '%s\n' "$edited" >"$repository"

step "generate writes the repositories of several entities below a proto path"
"$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" --output-dir "$WORK/more" --file-option 'go_package=example.com/shop;shop'
contains "$(cat "$WORK/more/shop/v1/product_repository.proto")" '^option go_package = "example.com/shop;shop";$' "--file-option"
output=$("$ROWKEEPER" generate shop.v1.Product shop.v1.Product --proto-path "$shop/proto" 2>&1) && fail "several entities in one file"
contains "$output" 'several entities need --output-dir' "several entities"
output=$("$ROWKEEPER" generate shop.v1.Product --proto-path "$shop/proto" --file-option go=1 2>&1) && fail "an option that files do not have"
contains "$output" '\-\-file-option go=1: a .proto file has no option go' "--file-option"

step "the server says what is missing, migrate new and up bring it"
block=$(commands "rowkeeper serve")
bash -ec "$(grep -v '^rowkeeper serve ' <<<"$block")" >/dev/null
serve=$(grep '^rowkeeper serve ' <<<"$block")
eval "start_server ${serve#rowkeeper serve}"
expect_error FAILED_PRECONDITION "rowkeeper migrate up --migrations shop/migrations" ProductRepository.List '{}'
run "rowkeeper migrate up" >/dev/null
wait_until 60 "the server serves" serving
export ROWKEEPER_ADDRESS=$ADDRESS

step "the README's calls, alone and in a unit of work"
output=$(run "ProductRepository.List")
equals "$(grep -c '"sku": "CUP-1"' <<<"$output")" 3 "created, listed, and found by sku"
contains "$(run "UnitOfWork.Commit")" '"commitTime"' "the unit of work"
equals "$(field totalSize "$(call ProductRepository.Count '{}')")" 3 "rows of the calls and of the unit"

step "pages, look-ups, mistakes"
for i in 2 3; do
  call ProductRepository.Create "{\"product\": {\"sku\": \"CUP-$i\", \"name\": \"Cup\", \"price\": \"$i.50\"}}" >/dev/null
done
page=$(call ProductRepository.List '{"page_size": 3, "order_by": "price desc"}')
equals "$(field price "$page")" 19.00 "the dearest comes first"
token=$(field nextPageToken "$page")
rest=$(call ProductRepository.List "{\"page_size\": 3, \"order_by\": \"price desc\", \"page_token\": \"$token\"}")
equals "$(field price "$rest")" 3.50 "the next page goes on"
lacks "$rest" nextPageToken "the last page"
equals "$(field sku "$(call ProductRepository.GetBySku '{"sku": "CUP-1"}')")" CUP-1 "GetBySku"
expect_error INVALID_ARGUMENT 'product.price' ProductRepository.Create '{"product": {"sku": "X", "name": "Cup", "price": "1.555"}}'

step "check prepares every statement and advises an index; explain shows SQL, parameters and plan"
output=$("$ROWKEEPER" check "${SHOP[@]}" --database-url "$SCRATCH_URL")
contains "$output" '^[1-9][0-9]+ statements prepared, 0 refused$' "check"
lacks "$output" '^advice:.* index' "check: the migration has the index that List needs"
scratch_sql "DROP INDEX ix_products_created_at_id"
output=$("$ROWKEEPER" check "${SHOP[@]}" --database-url "$SCRATCH_URL")
contains "$output" '^advice: shop.v1.ProductRepository.List reads every row; an index on products \(created_at DESC, id DESC\)' "check"
output=$("$ROWKEEPER" explain ProductRepository.GetBySku "${SHOP[@]}" --database-url "$SCRATCH_URL")
# shellcheck disable=SC2016  # $1 is a parameter of SQL
contains "$output" 'WHERE "sku" = \$1::' "explain: SQL"
# shellcheck disable=SC2016  # $1 is a parameter of SQL
contains "$output" '\$1 = request field sku' "explain: parameters"
contains "$output" '\| .*Index Scan using uq_products_sku' "explain: plan"
