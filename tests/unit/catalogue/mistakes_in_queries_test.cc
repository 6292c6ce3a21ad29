#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"

namespace rowkeeper::catalogue {
namespace {

std::string Method(const std::string& options) {
  return "message Q {}\n" + ItemText("") +
         RepositoryText("shop.v1.Item",
                        "rpc Get(Q) returns (Item) { option (rowkeeper.v1.method) = {" + options + "}; }");
}

INSTANTIATE_TEST_SUITE_P(
    Query, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"SqlOfAnotherOperation",
         Method("sql: 'SELECT 1' operation: OPERATION_LIST"),
         {"shop.proto:10: shop.v1.ItemRepository.Get: has sql, so it is no OPERATION_LIST; remove operation, or sql"}},
        {"QueryWithoutSql",
         Method("operation: OPERATION_QUERY"),
         {"shop.proto:10: shop.v1.ItemRepository.Get: a query without sql; add, for example, `option "
          "(rowkeeper.v1.method).sql = \"SELECT …\";`"}},
        {"IncludeDeletedWithoutSql",
         Method("include_deleted: true"),
         {"shop.proto:10: shop.v1.ItemRepository.Get: include_deleted has no meaning without sql; remove it; other "
          "methods take a request field `deleted`"}},
        {"PartialQuery",
         Method("sql: 'SELECT 1' partial: true"),
         {"shop.proto:10: shop.v1.ItemRepository.Get: only batches that write can be partial; remove `partial`, or "
          "make it a BatchCreate, BatchUpdate, BatchSoftDelete, BatchRestore, BatchDelete or BatchUpsert"}},
        {"QueryWithConflictFields",
         Method("sql: 'SELECT 1' conflict_fields: 'id'"),
         {"shop.proto:10: shop.v1.ItemRepository.Get: conflict_fields has no meaning for this operation; remove it, or "
          "make it an Upsert or Import"}},
        {"StreamingQuery",
         "message Q {}\n" + ItemText("") +
             RepositoryText("shop.v1.Item",
                            "rpc Get(Q) returns (stream Item) { option (rowkeeper.v1.method).sql = 'SELECT 1'; }"),
         {"shop.proto:10: shop.v1.ItemRepository.Get: only imports and exports are served as streams; remove `stream` "
          "(a List method gives pages), or make it an Import or Export"}},
    }),
    MistakeName);

}  // namespace
}  // namespace rowkeeper::catalogue
