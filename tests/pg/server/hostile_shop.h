#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/catalogue/repository_writer.h"
#include "server/sql/idempotency_sql.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/unit/catalogue/temporary_protos.h"

/// A table of items among what other owners of a database put there, and every method that writes.
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

/// What stands round the table.
struct Surroundings {
  std::string name;
  std::string sql;
  Query query = Query::kServed;
  /// Whether `sql` puts another table in the place of the server's.
  enum class Table { kKept, kRemade } table = Table::kKept;
  /// Words of one of which each SCHEMA_MISMATCH tells.
  std::vector<std::string> mismatches = {" rule"};
};

inline void PrintTo(const Surroundings& surroundings, std::ostream* out) { *out << surroundings.name; }

/// A trigger for each row; `body` is PL/pgSQL that runs for rows whose slug begins with "bad".
inline std::string Trigger(const std::string& when, const std::string& body, const std::string& more = "") {
  return Cat(
      "CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE row items; BEGIN IF TG_OP = 'DELETE' THEN "
      "row := OLD; ELSE row := NEW; END IF; IF row.slug LIKE 'bad%' THEN ",
      body, " END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE ", more, "TRIGGER act ",
      when, " FOR EACH ROW EXECUTE FUNCTION act()");
}

inline const std::string kRowsOfBefore =
    "INSERT INTO items SELECT * FROM items_before; SELECT setval(pg_get_serial_sequence('items', 'id'), 6)";

/// Another table of the same name and rows, as somebody makes it while the server runs; `items_before` is kept to go
/// back to. `parts` follow its columns and their CHECK constraints.
inline std::string RemadeTable(const std::string& parts, const std::string& more) {
  return Cat(
      "ALTER TABLE items RENAME TO items_before; CREATE TABLE items (LIKE items_before INCLUDING ALL EXCLUDING "
      "INDEXES, ",
      parts, "; ", more, "; ", kRowsOfBefore,
      "; GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC");
}

/// What an upsert by slug is refused for: such a table can have no key on the slug alone.
inline const std::vector<std::string>& WithoutSlugKey() {
  static const auto* const words =
      new std::vector<std::string>{"has no unique index on (\"slug\")", "a unique key is missing"};
  return *words;
}

/// By id, so that rows can be named; `partitions` is one or several CREATE TABLE.
inline Surroundings PartitionedById(const std::string& name, const std::string& partitions,
                                    const std::string& more = "SELECT") {
  return {name,
          Cat(RemadeTable("CONSTRAINT pk_items_new PRIMARY KEY (id)) PARTITION BY RANGE (id)", partitions), "; ", more),
          Query::kServed, Surroundings::Table::kRemade, WithoutSlugKey()};
}

/// By slug, which has its key then; nothing can name one row by its id.
inline Surroundings PartitionedBySlug(const std::string& name, const std::string& partitions) {
  return {name,
          RemadeTable("CONSTRAINT uq_items_new UNIQUE (slug)) PARTITION BY LIST (slug)", partitions),
          Query::kServed,
          Surroundings::Table::kRemade,
          {"has no primary or unique key on", "a unique key is missing"}};
}

/// Of the walks, those that are there at first, and those that are good.
inline std::string PlaceForGoodSlugs() {
  std::vector<std::string> slugs = {"one", "bad", "three", "four", "bad-five", "six", "a", "c", "u"};
  for (int i = 0; i < 12; ++i) {
    slugs.push_back(Cat("fine-", i));
    slugs.push_back(Cat("Fine-", i));
  }
  return Cat("CREATE TABLE items_1 PARTITION OF items FOR VALUES IN ('", absl::StrJoin(slugs, "', '"), "')");
}

inline Surroundings WithKeys(const std::string& name, const std::string& keys) {
  return {name,
          RemadeTable(keys + ")", "SELECT"),
          Query::kServed,
          Surroundings::Table::kRemade,
          {"deferrable", "has no unique index on (\"slug\")"}};
}

/// Tables that became what `check` refuses, or takes in part, while the server runs.
inline std::vector<Surroundings> RemadeTables() {
  return {
      PartitionedById("PartitionedById",
                      "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (1) TO (3); CREATE TABLE items_2 "
                      "PARTITION OF items DEFAULT"),
      PartitionedById("PartitionedByIdInPartsOfOtherLayout",
                      "CREATE TABLE items_1 (gone int, LIKE items INCLUDING CONSTRAINTS); ALTER TABLE items_1 DROP "
                      "COLUMN gone, DROP COLUMN title, ADD COLUMN title text NOT NULL; ALTER TABLE items ATTACH "
                      "PARTITION items_1 DEFAULT"),
      PartitionedById("PartitionedByIdWithNoPlaceForNewRows",
                      "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (1) TO (7)"),
      PartitionedBySlug("PartitionedBySlug", "CREATE TABLE items_1 PARTITION OF items DEFAULT"),
      PartitionedBySlug("PartitionedBySlugWithNoPlaceForSome", PlaceForGoodSlugs()),
      WithKeys("DeferrableKeys",
               "CONSTRAINT pk_items_new PRIMARY KEY (id) DEFERRABLE, CONSTRAINT uq_items_new UNIQUE (slug) DEFERRABLE"),
      WithKeys("DeferredKeys",
               "CONSTRAINT pk_items_new PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT uq_items_new UNIQUE "
               "(slug) DEFERRABLE INITIALLY DEFERRED"),
  };
}

inline std::vector<Surroundings> SurroundingsOfOneTable() {
  const std::string before = "BEFORE INSERT OR UPDATE OR DELETE ON items";
  const std::string changed = "BEFORE INSERT OR UPDATE ON items";
  return {
      {"Nothing", "SELECT"},
      {"Skips", Trigger(before, "RETURN NULL;")},
      {"SkipsAfterWritingElsewhere", Trigger(before, "INSERT INTO elsewhere SELECT row.*; RETURN NULL;")},
      {"Normalises", Trigger(changed, "NEW.slug := upper(NEW.slug); NEW.title := upper(NEW.title);")},
      {"Raises", Trigger(before, "RAISE 'no';")},
      {"RaisesAsALostConnection", Trigger(before, "RAISE 'no' USING ERRCODE = '08006';")},
      {"RaisesAState", Trigger(before, "RAISE 'no' USING ERRCODE = 'AB123';")},
      {"RaisesOurMarker", Trigger(before, "RAISE 'JSON object does not contain key \"rk\"' USING ERRCODE = '2203A';")},
      {"RaisesAtCommit", Trigger("AFTER INSERT OR UPDATE OR DELETE ON items DEFERRABLE INITIALLY DEFERRED",
                                 "RAISE 'no';", "CONSTRAINT ")},
      {"StoresInfinity", Trigger(changed, "NEW.due := 'infinity';")},
      {"StoresAYearBeforeChrist", Trigger(changed, "NEW.due := '0044-03-15 12:00:00 BC';")},
      {"StoresJsonOfAnotherShape", Trigger(changed, "NEW.details := '[1, 2]';")},
      {"StoresMoreThanAResponseHolds", Trigger(changed, "NEW.body := repeat('x', 200000);")},
      {"SwallowsDeletes", "CREATE RULE act AS ON DELETE TO items DO INSTEAD NOTHING", Query::kNotServed},
      {"TurnsDeletesIntoUpdates",
       "CREATE RULE act AS ON DELETE TO items DO INSTEAD UPDATE items SET title = 'kept' WHERE id = OLD.id",
       Query::kNotServed},
      {"SwallowsUpdates", "CREATE RULE act AS ON UPDATE TO items DO INSTEAD NOTHING", Query::kNotServed},
      {"SwallowsInserts", "CREATE RULE act AS ON INSERT TO items DO INSTEAD NOTHING", Query::kNotServed},
      {"LogsInserts", "CREATE RULE act AS ON INSERT TO items DO ALSO INSERT INTO elsewhere SELECT NEW.*",
       Query::kNotServed},
      {"HidesRowsFromWrites",
       "CREATE POLICY reads ON items FOR SELECT USING (true); CREATE POLICY updates ON items FOR UPDATE USING (slug "
       "NOT "
       "LIKE 'bad%'); CREATE POLICY deletes ON items FOR DELETE USING (slug NOT LIKE 'bad%'); CREATE POLICY inserts ON "
       "items FOR INSERT WITH CHECK (slug NOT LIKE 'bad%'); ALTER TABLE items ENABLE ROW LEVEL SECURITY"},
  };
}

inline std::vector<Surroundings> AllSurroundings() {
  std::vector<Surroundings> all = SurroundingsOfOneTable();
  const std::vector<Surroundings> remade = RemadeTables();
  all.insert(all.end(), remade.begin(), remade.end());
  return all;
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

/// A server over items, whose surroundings each test chooses.
class HostileWalkTest : public ::testing::TestWithParam<Surroundings> {
 protected:
  static void SetUpTestSuite() { role_ = Cat("rk_hostile_", RandomHex(6)); }
  static void TearDownTestSuite() {
    StopServer();
    RunOn(TestServerUrl(), "DROP ROLE IF EXISTS " + role_);
  }
  void SetUp() override {
    if (server_ != nullptr && GetParam().query != served_) StopServer();
    if (server_ == nullptr) StartServer(GetParam().query);
    ASSERT_TRUE(server_->ok());
  }
  void TearDown() override {
    Clear();
    if (GetParam().table == Surroundings::Table::kRemade) StopServer();  // it may know by now that it is refused
  }

  /// As a role of its own, for row-level security does not bind superusers; behind a pooler as the pooler's.
  static void StartServer(Query query) {
    served_ = query;
    InProcessServer::Options options;
    options.serve.max_response_kib = 128;
    const bool pooled = std::getenv("ROWKEEPER_TEST_POOLER") != nullptr;
    if (!pooled) {
      options.route = [](const std::string& url) {
        SetUpDatabase(url);
        return Cat(url, url.find('?') == std::string::npos ? "?" : "&", "user=", role_);
      };
    }
    server_ = new InProcessServer(CompileItems(query), options);
    if (pooled) SetUpDatabase(server_->database().url());
  }
  static void SetUpDatabase(const std::string& url) {
    RunOn(url,
          Cat(absl::StrJoin(sql::CreateIdempotencyKeys(), ";\n"), "; CREATE TABLE elsewhere (LIKE items); DO $$ ",
              "BEGIN CREATE ROLE ", role_, " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ",
              "ON ALL TABLES IN SCHEMA public TO ", role_, "; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ", role_));
  }
  static void StopServer() {
    delete server_;
    server_ = nullptr;
  }

  static void RunOn(const std::string& url, const std::string& sql) {
    db::ConnectionOptions options;
    options.url = url;
    const auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    int position = 0;
    const absl::Status status = (*connection)->ExecuteScript(sql, &position);
    ASSERT_TRUE(status.ok()) << status;
  }

  static void Sql(const std::string& text) { server_->database().Run(text); }
  static std::string Value(const std::string& text) { return server_->database().Value(text); }

  static void Clear() {
    Sql("DO $$ BEGIN IF to_regclass('items_before') IS NOT NULL THEN DROP TABLE items; ALTER TABLE items_before RENAME "
        "TO items; END IF; END $$");
    Sql("DROP FUNCTION IF EXISTS act CASCADE; DROP RULE IF EXISTS act ON items; ALTER TABLE items DISABLE ROW LEVEL "
        "SECURITY; DROP POLICY IF EXISTS reads ON items; DROP POLICY IF EXISTS updates ON items; DROP POLICY IF EXISTS "
        "deletes ON items; DROP POLICY IF EXISTS inserts ON items; TRUNCATE items, elsewhere RESTART IDENTITY");
  }

  static void Fill() {
    if (Value("SELECT to_regclass('items_before') IS NOT NULL") == "t") {
      Sql("TRUNCATE items, elsewhere; " + kRowsOfBefore);
      return;
    }
    Clear();
    Sql("INSERT INTO items (slug, title, body, details, version, deleted_at) SELECT slug, 'old', '', '{}', 1, CASE "
        "WHEN "
        "n > 3 THEN now() - interval '1 day' END FROM unnest(ARRAY['one', 'bad', 'three', 'four', 'bad-five', 'six']) "
        "WITH ORDINALITY AS t (slug, n)");
    Sql(GetParam().sql);
  }

  static std::string Digest() {
    return Value(
        "SELECT coalesce(string_agg(t, ';' ORDER BY t), '') FROM (SELECT concat('items ', left(items::text, 200)) FROM "
        "items UNION ALL SELECT concat('elsewhere ', left(elsewhere::text, 200)) FROM elsewhere) AS x (t)");
  }

  static void ExpectTrue(const absl::StatusOr<Json>& answer, const Write& write, const std::string& before) {
    if (answer.ok()) {
      EXPECT_EQ(Value("SELECT " + write.done), "t") << "answered " << *answer << " over " << Digest();
      ExpectRowsAsStored(*answer);
      return;
    }
    const bool told = MetadataOf(answer.status(), "executed") == "true";
    EXPECT_EQ(Digest() != before, told) << "an error that does not say what was written: " << answer.status();
    ExpectAboutTheRow(answer.status());
  }

  /// Nothing else is wrong here: no connection is lost, no row is missing, and no other try would do better.
  static void ExpectAboutTheRow(const absl::Status& status) {
    if (ReasonOf(status) == "SCHEMA_MISMATCH") {
      const std::vector<std::string>& words = GetParam().mismatches;
      EXPECT_TRUE(std::any_of(words.begin(), words.end(), [&](const std::string& one) {
        return absl::StrContains(status.message(), one);
      })) << status;
    }
    using absl::StatusCode;
    EXPECT_THAT(status.code(),
                ::testing::AllOf(::testing::Ne(StatusCode::kUnknown), ::testing::Ne(StatusCode::kInternal),
                                 ::testing::Ne(StatusCode::kUnavailable), ::testing::Ne(StatusCode::kNotFound),
                                 ::testing::Ne(StatusCode::kAborted), ::testing::Ne(StatusCode::kDeadlineExceeded)))
        << status;
  }

  static void ExpectRowsAsStored(const Json& answer) {
    Json rows = Json::array();
    if (answer.contains("items")) rows = answer["items"];
    if (answer.contains("item")) rows.push_back(answer["item"]);
    if (answer.contains("slug")) rows.push_back(answer);
    for (const Json& row : rows) {
      if (!row.contains("id")) continue;  // of an element that was refused
      const auto stored = server_->Call("ItemRepository.GetById", {{"id", row["id"]}, {"deleted", "DELETED_INCLUDE"}});
      if (ReasonOf(stored) == "SCHEMA_MISMATCH") {  // nothing may be asked for by id any more
        const std::string id = row.value("id", ""), cells = "concat_ws(' ', slug, title, version)";
        EXPECT_EQ(Value(Cat("SELECT ", cells, " FROM items WHERE id = ", id)),
                  Cat(row.value("slug", ""), " ", row.value("title", ""), " ", row.value("version", "0")));
        continue;
      }
      ASSERT_TRUE(stored.ok()) << "answered, but not there: " << row << " " << stored.status();
      EXPECT_EQ(*stored, row);
    }
  }

  static inline InProcessServer* server_ = nullptr;
  static inline Query served_ = Query::kServed;
  static inline std::string role_;
};

}  // namespace rowkeeper::testing
