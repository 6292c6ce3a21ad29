#!/usr/bin/env bash
# The README's online shop, word for word: a catalogue that no code knows is written, checked, migrated, served, called.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

make_scratch_database
shop=$WORK/shop
mkdir -p "$shop/proto/shop/v1"
SHOP=(--proto-path "$shop/proto")
# The first block of ```proto in the README is the entity.
awk '/^```proto$/ {block = 1; next} /^```$/ && block {exit} block' README.md >"$shop/proto/shop/v1/product.proto"
grep -q 'message Product {' "$shop/proto/shop/v1/product.proto" || fail "the README has no message Product"

step "generate writes the repository, check accepts it"
"$ROWKEEPER" generate shop.v1.Product "${SHOP[@]}" >"$WORK/repository.proto"
mv "$WORK/repository.proto" "$shop/proto/shop/v1/product_repository.proto"
output=$("$ROWKEEPER" check "${SHOP[@]}" --offline)
contains "$output" '^shop.v1.ProductRepository +\(shop.v1.Product, table products\)' "check --offline"
contains "$output" '^  GetBySku\(GetProductBySkuRequest\) returns Product' "check --offline"

step "the server says what is missing, migrate new and up bring it"
"$ROWKEEPER" migrate new create_products --migrations "$shop/migrations" --entity shop.v1.Product "${SHOP[@]}" >/dev/null
start_server "${SHOP[@]}" --migrations "$shop/migrations" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0
expect_error FAILED_PRECONDITION "rowkeeper migrate up --migrations $shop/migrations" ProductRepository.List '{}'
"$ROWKEEPER" migrate up --migrations "$shop/migrations" --database-url "$SCRATCH_URL" >/dev/null
wait_until 5 "the server serves" serving

step "calls"
for i in 1 2 3; do
  call ProductRepository.Create "{\"product\": {\"sku\": \"CUP-$i\", \"name\": \"Cup\", \"price\": \"$i.50\"}}" >/dev/null
done
page=$(call ProductRepository.List '{"page_size": 2, "order_by": "price desc"}')
equals "$(field price "$page")" 3.50 "the dearest comes first"
token=$(field nextPageToken "$page")
rest=$(call ProductRepository.List "{\"page_size\": 2, \"order_by\": \"price desc\", \"page_token\": \"$token\"}")
equals "$(field price "$rest")" 1.50 "the next page goes on"
lacks "$rest" nextPageToken "the last page"
equals "$(field sku "$(call ProductRepository.GetBySku '{"sku": "CUP-1"}')")" CUP-1 "GetBySku"
expect_error INVALID_ARGUMENT 'product.price' ProductRepository.Create '{"product": {"sku": "X", "name": "Cup", "price": "1.555"}}'

step "check prepares every statement and advises an index; explain shows SQL, parameters and plan"
output=$("$ROWKEEPER" check "${SHOP[@]}" --database-url "$SCRATCH_URL")
contains "$output" '^[1-9][0-9]+ statements prepared, 0 refused$' "check"
contains "$output" '^advice: shop.v1.ProductRepository.List reads every row; an index on products \(created_at DESC, id DESC\)' "check"
output=$("$ROWKEEPER" explain ProductRepository.GetBySku "${SHOP[@]}" --database-url "$SCRATCH_URL")
contains "$output" 'WHERE "sku" = \$1::' "explain: SQL"
contains "$output" '\$1 = request field sku' "explain: parameters"
contains "$output" '\| .*Index Scan using uq_products_sku' "explain: plan"
