#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/catalogue/repository_writer.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/unit/catalogue/temporary_protos.h"

/// A table of items, every method that writes to it, and every way to call it.
namespace rowkeeper::testing {

inline constexpr char kItem[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Details { string color = 1; int32 size = 2; }
enum ItemKind {
  ITEM_KIND_UNSPECIFIED = 0;
  ITEM_KIND_PLAIN = 1;
  ITEM_KIND_ODD = 2;
}
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 40, unique: true}];
  string title = 3;
  string body = 4;
  optional google.protobuf.Timestamp due = 5;
  Details details = 6;
  ItemKind kind = 7 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM, default_value: "ITEM_KIND_PLAIN"}];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
)";

inline constexpr char kExtras[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
import "shop/v1/item.proto";
service ItemExtras {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc CreateSome(Items) returns (SomeItems) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_CREATE, partial: true};
  }
  rpc UpsertBySlug(OneItem) returns (Item) {
    option (rowkeeper.v1.method) = {operation: OPERATION_UPSERT, conflict_fields: "slug"};
  }
  rpc UpsertSomeBySlug(Items) returns (Items) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_UPSERT, conflict_fields: "slug"};
  }
}
message OneItem { Item item = 1; }
message Items { repeated Item items = 1; }
message SomeItems { repeated Item items = 1; repeated rowkeeper.v1.RowResult results = 2; }
)";

/// A server whose custom query PostgreSQL does not plan, for a rule on its table, does not serve at all.
inline constexpr char kQuery[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
import "shop/v1/item.proto";
service ItemQueries {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Retitle(Title) returns (Retitled) {
    option (rowkeeper.v1.method).sql = "UPDATE items SET title = :title WHERE id <= 3 AND deleted_at IS NULL RETURNING *";
  }
}
message Title { string title = 1; }
message Retitled { repeated Item items = 1; }
)";

enum class Query { kServed, kNotServed };

inline std::unique_ptr<const catalogue::Catalogue> CompileItems(Query query) {
  catalogue::TemporaryProtos protos;
  protos.Write("shop/v1/item.proto", kItem);
  protos.Write("shop/v1/extras.proto", kExtras);
  if (query == Query::kServed) protos.Write("shop/v1/query.proto", kQuery);
  catalogue::SourceOptions options;
  options.proto_paths = {protos.path()};
  const catalogue::Compiled entity = catalogue::CompileSource(options);
  EXPECT_NE(entity.catalogue, nullptr) << entity.diagnostics;
  if (entity.catalogue == nullptr) return nullptr;
  protos.Write("shop/v1/repository.proto", catalogue::WriteRepository(*entity.catalogue->entities().front()).text);
  catalogue::Compiled all = catalogue::CompileSource(options);
  EXPECT_NE(all.catalogue, nullptr) << all.diagnostics;
  return std::move(all.catalogue);
}

/// A write, and what the table must show when its answer is OK.
struct Write {
  std::string method;
  Json request;
  /// SQL condition.
  std::string done;
};

inline Json NewItem(const std::string& slug) {
  return {{"slug", slug}, {"title", "new"}, {"details", {{"color", "red"}}}};
}

inline Json With(Json item, const std::string& id) {
  item["id"] = id;
  return item;
}

inline Json Keys(const std::vector<std::string>& ids) {
  Json keys = Json::array();
  for (const std::string& id : ids) keys.push_back({{"id", id}});
  return keys;
}

inline std::string Stored(const std::vector<std::string>& slugs) {
  return Cat("(SELECT count(*) FROM items WHERE lower(slug) IN ('", absl::StrJoin(slugs, "', '"),
             "') AND lower(title) = ", "'new') = ", slugs.size());
}

inline std::string All(const std::string& ids, const std::string& condition) {
  return Cat("(SELECT coalesce(bool_and(", condition, "), false) FROM items WHERE id IN (", ids, "))");
}

/// Rows 1 to 3 are live, 4 to 6 soft-deleted; those whose slug begins with "bad" meet what the surroundings do.
inline std::vector<Write> Writes() {
  const Json title = {{"title", "new"}};
  const Json titles = {With(title, "1"), With(title, "2"), With(title, "3")};
  const std::string is_new = "lower(title) = 'new'";
  Json versioned = {{"title", "new"}, {"version", "1"}};
  return {
      {"ItemRepository.Create", {{"item", NewItem("bad-a")}}, Stored({"bad-a"})},
      {"ItemRepository.Update", {{"item", With(title, "2")}, {"update_mask", "title"}}, All("2", is_new)},
      {"ItemRepository.SoftDelete", {{"id", "2"}}, All("2", "deleted_at IS NOT NULL")},
      {"ItemRepository.Restore", {{"id", "5"}}, All("5", "deleted_at IS NULL")},
      {"ItemRepository.Delete", {{"id", "2"}}, "NOT EXISTS (SELECT FROM items WHERE id = 2)"},
      {"ItemRepository.BatchCreate",
       {{"items", {NewItem("a"), NewItem("bad-b"), NewItem("c")}}},
       Stored({"a", "bad-b", "c"})},
      {"ItemRepository.BatchUpdate", {{"items", titles}, {"update_mask", "title"}}, All("1, 2, 3", is_new)},
      {"ItemRepository.BatchSoftDelete", {{"keys", Keys({"1", "2", "3"})}}, All("1, 2, 3", "deleted_at IS NOT NULL")},
      {"ItemRepository.BatchRestore", {{"keys", Keys({"4", "5", "6"})}}, All("4, 5, 6", "deleted_at IS NULL")},
      {"ItemRepository.BatchDelete",
       {{"keys", Keys({"1", "2", "3"})}},
       "NOT EXISTS (SELECT FROM items WHERE id IN (1, 2, 3))"},
      {"ItemRepository.Upsert", {{"item", With(NewItem("bad-up"), "70")}}, Stored({"bad-up"})},
      {"ItemRepository.Upsert", {{"item", With(NewItem("bad"), "2")}, {"update_mask", "title"}}, All("2", is_new)},
      {"ItemRepository.BatchUpsert",
       {{"items", {With(NewItem("one"), "1"), With(NewItem("bad"), "2"), With(NewItem("u"), "71")}}},
       Stored({"one", "bad", "u"})},
      {"ItemRepository.Upsert", {{"item", With(NewItem("good"), "2")}}, All("2", is_new)},
      {"ItemRepository.BatchUpsert",
       {{"items", {With(versioned, "1"), With(versioned, "2")}}, {"update_mask", "title"}},
       All("1, 2", is_new)},
      {"ItemExtras.UpsertBySlug", {{"item", NewItem("bad-key")}}, Stored({"bad-key"})},
      {"ItemExtras.UpsertSomeBySlug",
       {{"items", {NewItem("a"), NewItem("bad-b"), NewItem("c")}}},
       Stored({"a", "bad-b", "c"})},
      {"ItemRepository.UpdateWhere",
       {{"item", title}, {"update_mask", "title"}, {"ids", {"1", "2", "3"}}, {"max_affected", "10"}},
       "true"},
      {"ItemRepository.SoftDeleteWhere", {{"ids", {"1", "2", "3"}}, {"max_affected", "10"}}, "true"},
      {"ItemRepository.DeleteWhere", {{"ids", {"1", "2", "3"}}, {"max_affected", "10"}}, "true"},
      {"ItemRepository.Purge", {{"older_than", "0s"}, {"max_affected", "10"}}, "true"},
      {"ItemExtras.CreateSome", {{"items", {NewItem("a"), NewItem("bad-b"), NewItem("c")}}}, "true"},
      {"ItemQueries.Retitle", title, "true"},
  };
}

enum class Way { kAlone, kKeyed, kInUnit, kRun };

inline const char* NameOf(Way way) {
  switch (way) {
    case Way::kAlone:
      return "alone";
    case Way::kKeyed:
      return "keyed";
    case Way::kInUnit:
      return "in a unit";
    case Way::kRun:
      break;
  }
  return "in Run";
}

/// What a caller knows in the end: an answer that stands, or an error.
inline absl::StatusOr<Json> CallIn(Way way, InProcessServer* server, const Write& write) {
  switch (way) {
    case Way::kAlone:
      return server->Call(write.method, write.request);
    case Way::kKeyed: {
      CallOptions options;
      options.headers = {{"idempotency-key", RandomHex(16)}};
      return server->Call(write.method, write.request, options);
    }
    case Way::kInUnit: {
      const Unit unit(server);
      absl::StatusOr<Json> answer = unit.Call(write.method, write.request);
      const auto committed = unit.Commit();
      return answer.ok() && !committed.ok() ? absl::StatusOr<Json>(committed.status()) : answer;
    }
    case Way::kRun:
      break;
  }
  const auto answers = RunRequest(server).Add(write.method, write.request).Send();
  if (!answers.ok()) return answers.status();
  return answers->front();
}

}  // namespace rowkeeper::testing
