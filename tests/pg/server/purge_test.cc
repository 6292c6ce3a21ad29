#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include <grpcpp/client_context.h>

#include "server/app/delete_advice.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/bulk_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/call_cost.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PurgeTest : public BulkTest {
 protected:
  void SetUp() override {
    BulkTest::SetUp();
    Delete("todo 0", "10 days");
    Delete("todo 1", "2 days");
    Delete("todo 2", "1 hour");
  }
  Json Purge(const std::string& age, const Json& more = Json::object()) const {
    Json request = {{"older_than", age}, {"owner_id", owner_}};
    request.update(more);
    return MustCall("TodoRepository.Purge", request);
  }
};

TEST_F(PurgeTest, RemovesWhatWasDeletedLongEnoughAgo) {
  EXPECT_EQ(Purge("864000000s"), Json::object());
  EXPECT_EQ(Purge("259200s"), (Json{{"affected", "1"}}));
  EXPECT_EQ(Purge("86400s"), (Json{{"affected", "1"}}));
  EXPECT_EQ(Where("deleted_at IS NOT NULL"), "1");
  EXPECT_EQ(Purge("0s"), (Json{{"affected", "1"}}));
  EXPECT_EQ(Where("true"), "2");
}

TEST_F(PurgeTest, RemovesTheOldestFirstAndSaysWhetherThereIsMore) {
  EXPECT_EQ(Purge("0s", {{"max_affected", "2"}}), (Json{{"affected", "2"}, {"more", true}}));
  EXPECT_EQ(Where("title = 'todo 2'"), "1");
  EXPECT_EQ(Purge("0s", {{"max_affected", "1"}}), (Json{{"affected", "1"}}));
}

TEST_F(PurgeTest, BadAgesAreNamedAndNothingIsRemoved) {
  const std::string of_age = "INVALID_ARGUMENT INVALID_FIELD [older_than]";
  EXPECT_EQ(Summary(Call("TodoRepository.Purge", {{"owner_id", owner_}})), of_age);
  EXPECT_EQ(Summary(Call("TodoRepository.Purge", {{"older_than", "-1s"}})), of_age);
  EXPECT_EQ(Summary(Call("TodoRepository.Purge", {{"older_than", "-0.5s"}})), of_age);
  EXPECT_EQ(Summary(Call("TodoRepository.Purge", {{"older_than", "31557600001s"}})), of_age);
  EXPECT_EQ(Summary(Call("TodoRepository.Purge", {{"older_than", "1s"}, {"max_affected", "10001"}})),
            "INVALID_ARGUMENT INVALID_FIELD [max_affected]");
  EXPECT_EQ(MustCall("TodoRepository.Purge", {{"older_than", "31557600000s"}}), Json::object());
  EXPECT_EQ(Where("true"), "5");
}

TEST_F(PurgeTest, RowsThatSomebodyHoldsAreLeft) {
  Unit unit(&server());
  unit.MustCall("TodoRepository.Restore", {{"id", todos_[1]}});
  EXPECT_EQ(Purge("0s"), (Json{{"affected", "2"}}));
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Purge("0s"), Json::object());
  EXPECT_EQ(GetTodo(todos_[1])["title"], "todo 1");
}

TEST_F(PurgeTest, PurgesTogetherRemoveEachRowOnce) {
  server().database().Run(Cat("INSERT INTO todos (owner_id, title, priority, deleted_at) SELECT '", owner_,
                              "', 'old', 0, now() - interval '1 day' FROM generate_series(1, 500)"));
  std::atomic<int> removed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) removed += std::stoi(Purge("60s", {{"max_affected", "20"}}).value("affected", "0"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  removed += std::stoi(Purge("60s").value("affected", "0"));
  EXPECT_EQ(removed, 503);
  EXPECT_EQ(Where("true"), "2");
}

constexpr char kShelf[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/field_mask.proto";
import "rowkeeper/v1/annotations.proto";
message Shelf {
  option (rowkeeper.v1.entity) = {internal_id: "row_id"};
  int64 tenant = 1 [(rowkeeper.v1.column).primary_key = true];
  string code = 2 [(rowkeeper.v1.column) = {primary_key: true, max_length: 40}];
  string label = 3 [(rowkeeper.v1.column).unique = true];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Parent {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  bool gone = 23 [(rowkeeper.v1.column).role = ROLE_DELETED_FLAG];
}
message Child {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 parent_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Parent"];
}
message Box {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional int64 outer_id = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Box", on_delete: ON_DELETE_CASCADE}];
  string label = 3;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
message Seal {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 box_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Box"];
}
// Its loads hold its number, which is another crate's id.
message Crate {
  option (rowkeeper.v1.entity) = {indexes: {fields: "number" unique: true include_deleted: true}};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 number = 2;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Load {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 crate = 2 [(rowkeeper.v1.column) = {
    references: "shop.v1.Crate" references_field: "number" on_delete: ON_DELETE_CASCADE}];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service CrateRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Crate";
  rpc Purge(PurgeParents) returns (PurgeOut);
}
service BoxRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Box";
  rpc SoftDeleteWhere(DeleteBoxes) returns (Out);
  rpc Purge(PurgeParents) returns (PurgeOut);
}
message DeleteBoxes { string label = 1; int32 max_affected = 2; }
service ShelfRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Shelf";
  rpc UpdateWhere(UpdateShelves) returns (Out);
  rpc DeleteWhere(DeleteShelves) returns (Out);
}
service ParentRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Parent";
  rpc DeleteWhere(DeleteParents) returns (Out);
  rpc Purge(PurgeParents) returns (PurgeOut);
}
message UpdateShelves { Shelf shelf = 1; google.protobuf.FieldMask update_mask = 2; int64 tenant = 3; }
message DeleteShelves { int64 tenant = 1; }
message DeleteParents { optional int64 id = 1; int32 max_affected = 2; }
message PurgeParents { google.protobuf.Duration older_than = 1; int32 max_affected = 2; }
message Out { optional int32 affected = 1; }
message PurgeOut { int32 affected = 1; bool more = 2; }
)";

class ShelfTest : public ::testing::Test {
 protected:
  ShelfTest() : server_(CompileProtoText(kShelf), Options()) {}
  static InProcessServer::Options Options() {
    InProcessServer::Options options;
    options.serve.purge_batch_rows = 2;
    options.serve.drain_timeout_s = 0.3;
    return options;
  }
  void SetUp() override { ASSERT_TRUE(server_.ok()); }
  void Sql(const std::string& text) { server_.database().Run(text); }
  std::string Value(const std::string& text) { return server_.database().Value(text); }
  /// Parents that were deleted 1, 2, 3 … hours ago, in the order 9, 8, 7 …: number 1 is the oldest.
  void AddDeletedParents() {
    Sql("INSERT INTO parents (id, deleted_at, gone) SELECT i, now() - (10 - i) * interval '1 hour', true FROM "
        "generate_series(1, 9) AS i");
  }

  InProcessServer server_;
};

TEST_F(ShelfTest, KeysOfSeveralColumnsBesideAnInternalIdWork) {
  Sql("INSERT INTO shelves (tenant, code, label) SELECT i % 2, 'c' || i, 'l' || i FROM generate_series(1, 6) AS i");
  EXPECT_EQ(ReasonOf(server_.Call("ShelfRepository.UpdateWhere",
                                  {{"shelf", {{"label", "same"}}}, {"update_mask", "label"}, {"tenant", "1"}})),
            "UNIQUE_VIOLATION");
  EXPECT_EQ(Value("SELECT count(*) FROM shelves WHERE label = 'same'"), "0");
  EXPECT_EQ(server_.MustCall("ShelfRepository.DeleteWhere", {{"tenant", "1"}}), (Json{{"affected", 3}}));
  EXPECT_EQ(server_.MustCall("ShelfRepository.DeleteWhere", {{"tenant", "1"}}), (Json{{"affected", 0}}));
  EXPECT_EQ(server_.MustCall("ShelfRepository.UpdateWhere",
                             {{"shelf", {{"label", "x"}}}, {"update_mask", "label"}, {"tenant", "5"}}),
            (Json{{"affected", 0}}));
}

TEST_F(ShelfTest, AReferenceForbidsToDeleteAnyOfTheRows) {
  Sql("INSERT INTO parents (id) VALUES (1), (2)");
  Sql("INSERT INTO children (parent_id) VALUES (2)");
  const auto refusal = server_.Call("ParentRepository.DeleteWhere", {{"id", "2"}});
  EXPECT_EQ(Summary(refusal), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_THAT(std::string(refusal.status().message()), HasSubstr("shop.v1.Child"));
  EXPECT_EQ(Value("SELECT count(*) FROM parents"), "2");
}

TEST_F(ShelfTest, APurgeLeavesARowWithALiveOneThatItsForeignKeyWouldTakeAlong) {
  Sql("INSERT INTO boxes (id, outer_id, label, deleted_at) VALUES (1, NULL, 'a', now()), (2, 1, 'b', NULL), "
      "(3, NULL, 'c', now()), (4, 3, 'd', now())");
  EXPECT_EQ(server_.MustCall("BoxRepository.Purge", {{"older_than", "0s"}}), (Json{{"affected", 2}}));
  EXPECT_EQ(Value("SELECT string_agg(id::text, ',' ORDER BY id) FROM boxes"), "1,2");
  Sql("UPDATE boxes SET deleted_at = now() WHERE id = 2");
  EXPECT_EQ(server_.MustCall("BoxRepository.Purge", {{"older_than", "0s"}}), (Json{{"affected", 2}}));
}

TEST_F(ShelfTest, APurgeGoesBatchByBatch) {
  AddDeletedParents();
  EXPECT_EQ(CallCosted(&server_, "ParentRepository.Purge", {{"older_than", "0s"}, {"max_affected", 5}}).statements, 4)
      << "2, 2 and 1 rows, and a look for more";
  EXPECT_EQ(Value("SELECT count(*) FROM parents"), "4");
  EXPECT_EQ(server_.MustCall("ParentRepository.Purge", {{"older_than", "0s"}}), (Json{{"affected", 4}}));
}

TEST_F(ShelfTest, EachBatchOfAPurgeIsATransactionOfItsOwn) {
  Sql("CREATE TABLE removals (transaction bigint)");
  Sql("CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO removals VALUES "
      "(txid_current()); RETURN OLD; END $$");
  Sql("CREATE TRIGGER note BEFORE DELETE ON parents FOR EACH ROW EXECUTE FUNCTION note()");
  AddDeletedParents();
  EXPECT_EQ(server_.MustCall("ParentRepository.Purge", {{"older_than", "0s"}}), (Json{{"affected", 9}}));
  EXPECT_EQ(Value("SELECT count(DISTINCT transaction) || ' ' || count(*) FROM removals"), "5 9");
}

TEST_F(ShelfTest, AReferenceEndsAPurgeAndTheErrorSaysWhatWasDoneBefore) {
  AddDeletedParents();
  Sql("INSERT INTO children (parent_id) VALUES (6)");
  const auto refusal = server_.Call("ParentRepository.Purge", {{"older_than", "0s"}});
  EXPECT_EQ(Summary(refusal), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_THAT(std::string(refusal.status().message()), StartsWith("after 4 rows were removed for good: this shop.v1."));
  EXPECT_THAT(std::string(refusal.status().message()), HasSubstr("shop.v1.Child"));
  EXPECT_EQ(MetadataOf(refusal.status(), "purged"), "4");
  EXPECT_EQ(Value("SELECT string_agg(id::text, ',' ORDER BY id) FROM parents"), "5,6,7,8,9");
}

TEST_F(ShelfTest, ACancelledPurgeStopsBetweenBatches) {
  Sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN OLD; END $$");
  Sql("CREATE TRIGGER slow BEFORE DELETE ON parents FOR EACH ROW EXECUTE FUNCTION slow()");
  AddDeletedParents();
  grpc::ClientContext context;
  CallOptions options;
  options.context = &context;
  auto purge = std::async(std::launch::async, [&] {
    return server_.Call("ParentRepository.Purge", {{"older_than", "0s"}}, options).status().code();
  });
  EXPECT_TRUE(Eventually(&server_, "(SELECT count(*) < 9 FROM parents)"));
  context.TryCancel();
  EXPECT_EQ(purge.get(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(Eventually(&server_,
                         "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                         "application_name = 'rowkeeper' AND wait_event = 'PgSleep')"));
  const int left = std::stoi(Value("SELECT count(*) FROM parents"));
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 9);
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));  // longer than two rows take, which go together
  EXPECT_EQ(Value("SELECT count(*) FROM parents"), Cat(left)) << "nobody goes on";
}

TEST_F(ShelfTest, APurgeThatTheEndOfTheServerStopsSaysWhatIsGone) {
  Sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.6); RETURN OLD; END $$");
  Sql("CREATE TRIGGER slow BEFORE DELETE ON parents FOR EACH ROW EXECUTE FUNCTION slow()");
  AddDeletedParents();
  auto purge = std::async(std::launch::async, [&] {
    return server_.Call("ParentRepository.Purge", {{"older_than", "0s"}});
  });
  EXPECT_TRUE(Eventually(&server_, "(SELECT count(*) < 9 FROM parents)"));
  server_.Stop();
  const auto stopped = purge.get();
  EXPECT_EQ(Summary(stopped), "CANCELLED CANCELLED") << "SHUTTING_DOWN would mean that nothing was executed";
  EXPECT_EQ(MetadataOf(stopped.status(), "executed"), "true");
  EXPECT_EQ(MetadataOf(stopped.status(), "purged"), Cat(9 - std::stoi(Value("SELECT count(*) FROM parents"))));
}

TEST_F(ShelfTest, AConflictIsTriedAgainWithinThePurge) {
  Sql("CREATE SEQUENCE tries");
  Sql("CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 5 AND nextval('tries') < 3 "
      "THEN RAISE EXCEPTION 'clash' USING ERRCODE = '40001'; END IF; RETURN OLD; END $$");
  Sql("CREATE TRIGGER clash BEFORE DELETE ON parents FOR EACH ROW EXECUTE FUNCTION clash()");
  AddDeletedParents();
  EXPECT_EQ(server_.MustCall("ParentRepository.Purge", {{"older_than", "0s"}}), (Json{{"affected", 9}}));
}

TEST_F(ShelfTest, AConflictThatDoesNotEndStopsThePurgeWithMoreToDo) {
  Sql("CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 5 THEN RAISE EXCEPTION "
      "'clash' USING ERRCODE = '40P01'; END IF; RETURN OLD; END $$");
  Sql("CREATE TRIGGER clash BEFORE DELETE ON parents FOR EACH ROW EXECUTE FUNCTION clash()");
  AddDeletedParents();
  EXPECT_EQ(server_.MustCall("ParentRepository.Purge", {{"older_than", "0s"}}),
            (Json{{"affected", 4}, {"more", true}}));
  EXPECT_EQ(ReasonOf(server_.Call("ParentRepository.Purge", {{"older_than", "0s"}})), "DEADLOCK")
      << "nothing can be removed now";
}

/// Boxes 1 to 4: "a" holds a box, which holds another; a second "a" beside them.
constexpr char kBoxes[] =
    "INSERT INTO boxes (id, outer_id, label) VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, NULL, 'a')";
constexpr char kLiveBoxes[] =
    "SELECT coalesce(string_agg(id || ':' || version, ',' ORDER BY id), '') FROM boxes WHERE deleted_at IS NULL";

TEST_F(ShelfTest, SoftDeleteWhereTakesAlongWhatRefersToItsRows) {
  Sql(kBoxes);
  EXPECT_EQ(server_.MustCall("BoxRepository.SoftDeleteWhere", {{"label", "a"}}), (Json{{"affected", 2}}))
      << "rows that match are counted, not those that go along";
  EXPECT_EQ(Value(kLiveBoxes), "");
  EXPECT_EQ(Value("SELECT count(DISTINCT deleted_at) || ' ' || min(version) FROM boxes"), "1 2");
}

TEST_F(ShelfTest, SoftDeleteWhereOfTooManyRowsTakesNothingAlong) {
  Sql(kBoxes);
  EXPECT_EQ(ReasonOf(server_.Call("BoxRepository.SoftDeleteWhere", {{"label", "a"}, {"max_affected", 1}})),
            "MAX_AFFECTED_EXCEEDED");
  EXPECT_EQ(Value(kLiveBoxes), "1:1,2:1,3:1,4:1");
  EXPECT_EQ(server_.MustCall("BoxRepository.SoftDeleteWhere", {{"label", "a"}, {"max_affected", 2}}),
            (Json{{"affected", 2}}));
}

TEST_F(ShelfTest, AReferenceThatRestrictsForbidsTheWholeSoftDelete) {
  Sql(kBoxes);
  Sql("INSERT INTO seals (box_id) VALUES (3)");
  const auto refusal = server_.Call("BoxRepository.SoftDeleteWhere", {{"label", "a"}});
  EXPECT_EQ(Summary(refusal), "FAILED_PRECONDITION REFERENCE_VIOLATION");
  EXPECT_THAT(std::string(refusal.status().message()), HasSubstr("shop.v1.Seal"));
  EXPECT_EQ(Value(kLiveBoxes), "1:1,2:1,3:1,4:1");
}

TEST_F(ShelfTest, APurgeKeepsWhatALiveRowReferencesByAnotherColumnThanTheKey) {
  Sql("INSERT INTO crates (id, number, deleted_at) VALUES (1, 2, now() - interval '9 hours'), (2, 1, now() - interval "
      "'9 "
      "hours'); INSERT INTO loads (id, crate) VALUES (1, 1)");
  EXPECT_EQ(server_.MustCall("CrateRepository.Purge", {{"older_than", "3600s"}}), (Json{{"affected", 1}}));
  EXPECT_EQ(Value("SELECT id FROM crates"), "2");
  EXPECT_EQ(Value("SELECT count(*) FROM loads"), "1");
}

TEST_F(ShelfTest, CheckSaysWhereAPurgeReadsTheWholeTableOfReferencingRows) {
  const auto advice = [this] {
    const auto connection = server_.Connect();
    const auto live = schema::LiveSchema::Read(*server_.loaded().catalogue, *connection);
    EXPECT_TRUE(live.ok()) << live.status();
    return app::AdviseDeleteIndexes(server_.loaded().plans, *live);
  };
  EXPECT_THAT(advice(), ::testing::IsEmpty()) << "the index that a reference implies holds every row";
  const std::string of_boxes =
      "for each row that shop.v1.BoxRepository.Purge deletes, PostgreSQL reads every row of boxes to find those that "
      "reference it, because the index on that column is partial; write a migration with `CREATE INDEX CONCURRENTLY ON "
      "\"boxes\" (\"outer_id\")`, and drop the index \"ix_boxes_outer_id\"";
  const std::string of_seals =
      "for each row that shop.v1.BoxRepository.Purge deletes, PostgreSQL reads every row of seals to find those that "
      "reference it; write a migration with `CREATE INDEX CONCURRENTLY ON \"seals\" (\"box_id\")`";
  Sql("DROP INDEX ix_boxes_outer_id, ix_seals_box_id;"
      "CREATE INDEX ix_boxes_outer_id ON boxes (outer_id) WHERE deleted_at IS NULL");
  EXPECT_THAT(advice(), ::testing::UnorderedElementsAre(of_boxes, of_seals));
  for (const std::string& text : advice()) {
    const size_t begin = text.find('`') + 1;
    Sql(text.substr(begin, text.find('`', begin) - begin));
  }
  EXPECT_THAT(advice(), ::testing::IsEmpty()) << "the statements that it writes mend what it says";
}

}  // namespace
}  // namespace rowkeeper::testing
