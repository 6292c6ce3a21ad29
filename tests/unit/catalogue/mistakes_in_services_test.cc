#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"

namespace rowkeeper::catalogue {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Repository, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"WithoutEntity",
         ItemText("") + R"(service ItemRepository {
  option (rowkeeper.v1.repository) = {};
})",
         {R"(shop.proto:7: shop.v1.ItemRepository: the repository names no entity; write `option (rowkeeper.v1.repository).entity = "...";` with the entity's full name)"}},
        {"UnknownEntity",
         ItemText("") + RepositoryText("shop.v1.Itme", ""),
         {R"(shop.proto:7: shop.v1.ItemRepository: the repository names "shop.v1.Itme", which is not an entity; write the full name, package included, of an entity whose file is compiled too)"}},
        {"PackageForgotten",
         ItemText("") + RepositoryText("Item", ""),
         {R"(shop.proto:7: shop.v1.ItemRepository: the repository names "Item", which is not an entity; write "shop.v1.Item")"}},
        {"MessageThatIsNoEntity",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Q", ""),
         {R"(shop.proto:8: shop.v1.ItemRepository: the repository names "shop.v1.Q", which is not an entity; add `option (rowkeeper.v1.entity) = {};` to shop.v1.Q)"}},
        {"UnknownPrefix",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc FindById(Q) returns (Item);"),
         {"shop.proto:10: shop.v1.ItemRepository.FindById: the name does not start with a standard operation; start it "
          "with Create, Get, List, Update, SoftDelete, Restore, Delete or Upsert, with Batch before it for several "
          "rows (but "
          "List), or add, for example, `option "
          "(rowkeeper.v1.method).operation = OPERATION_LIST;`"}},
        {"PrefixIsOnlyPartOfAWord",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc Listen(Q) returns (Item);"),
         {"shop.proto:10: shop.v1.ItemRepository.Listen: the name does not start with a standard operation; start it "
          "with Create, Get, List, Update, SoftDelete, Restore, Delete or Upsert, with Batch before it for several "
          "rows (but "
          "List), or add, for example, `option "
          "(rowkeeper.v1.method).operation = OPERATION_LIST;`"}},
        {"ServerStreaming",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc List(Q) returns (stream Item);"),
         {"shop.proto:10: shop.v1.ItemRepository.List: only imports and exports are served as streams; remove "
          "`stream` (a List method gives pages), or make it an Import or Export"}},
        {"ClientStreaming",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc Create(stream Q) returns (Item);"),
         {"shop.proto:10: shop.v1.ItemRepository.Create: only imports and exports are served as streams; remove "
          "`stream` (a List method gives pages), or make it an Import or Export"}},
        {"ImportOfOneRequest",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc Import(Q) returns (stream Q);"),
         {"shop.proto:10: shop.v1.ItemRepository.Import: an import takes a stream of requests; write `rpc "
          "Import(stream Q) returns (stream Q)`"}},
        {"ExportWithOneResponse",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc Export(Q) returns (Q);"),
         {"shop.proto:10: shop.v1.ItemRepository.Export: an export takes one request and answers a stream; write `rpc "
          "Export(Q) returns (stream Q)`"}},
        {"ExportOfManyRequests",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc Export(stream Q) returns (stream Q);"),
         {"shop.proto:10: shop.v1.ItemRepository.Export: an export takes one request and answers a stream; write `rpc "
          "Export(Q) returns (stream Q)`"}},
        {"SoftDeleteOfAnotherKind",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc SoftDelete(Q) returns (Item);"),
         {"shop.proto:10: shop.v1.ItemRepository.SoftDelete: the entity shop.v1.Item is not soft-deletable; give it a "
          "field with ROLE_DELETED_AT or ROLE_DELETED_FLAG, or remove the method"}},
        {"SoftDeleteWhereOfAnotherKind",
         "message Q {}\n" + ItemText("") + RepositoryText("shop.v1.Item", "rpc SoftDeleteWhere(Q) returns (Q);"),
         {"shop.proto:10: shop.v1.ItemRepository.SoftDeleteWhere: the entity shop.v1.Item is not soft-deletable; give "
          "it a field with ROLE_DELETED_AT or ROLE_DELETED_FLAG, or remove the method"}},
        {"PartialCreate",
         "message Q {}\n" + ItemText("") +
             RepositoryText("shop.v1.Item",
                            "rpc Create(Q) returns (Item) { option (rowkeeper.v1.method).partial = true; }"),
         {"shop.proto:10: shop.v1.ItemRepository.Create: only batches that write can be partial; remove `partial`, or "
          "make it a BatchCreate, BatchUpdate, BatchSoftDelete, BatchRestore, BatchDelete or BatchUpsert"}},
        {"RestoreByOption",
         "message Q {}\n" + ItemText("") +
             RepositoryText(
                 "shop.v1.Item",
                 "rpc Undo(Q) returns (Item) { option (rowkeeper.v1.method).operation = OPERATION_RESTORE; }"),
         {"shop.proto:10: shop.v1.ItemRepository.Undo: the entity shop.v1.Item is not soft-deletable; give it a field "
          "with ROLE_DELETED_AT or ROLE_DELETED_FLAG, or remove the method"}},
        {"MethodOptionOutsideARepository",
         "message Q {}\n" + ItemText("") + R"(service Clock {
  rpc Tell(Q) returns (Q) { option (rowkeeper.v1.method).operation = OPERATION_GET; }
})",
         {R"(shop.proto:9: shop.v1.Clock.Tell: (rowkeeper.v1.method) has no effect in a service that is not a repository; add `option (rowkeeper.v1.repository).entity = "...";` to the service)"}},
    }),
    MistakeName);

INSTANTIATE_TEST_SUITE_P(Catalogue, MistakeTest,
                         ::testing::ValuesIn(std::vector<Mistake>{
                             {"NoEntities",
                              "message Item {}",
                              {"shop.proto: no message is an entity; add `option (rowkeeper.v1.entity) = {};` to the "
                               "messages that are tables"}},
                         }),
                         MistakeName);

}  // namespace
}  // namespace rowkeeper::catalogue
