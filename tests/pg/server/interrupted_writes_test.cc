#include <functional>
#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/uncancelled_server.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/cut_off.h"

namespace rowkeeper::testing {
namespace {

constexpr char kSlowShop[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 20, unique: true}];
  string title = 4;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc Create(Rows) returns (Answer) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_CREATE, partial: true};
  }
  rpc BatchUpsert(MaskedRows) returns (UpsertAnswer);
  rpc Purge(PurgeNotes) returns (PurgeAnswer);
  rpc Retitle(Title) returns (Note) {
    option (rowkeeper.v1.method).sql = "UPDATE notes SET title = :title WHERE deleted_at IS NULL RETURNING *";
  }
}
message Rows { repeated Note notes = 1; }
message MaskedRows { repeated Note notes = 1; google.protobuf.FieldMask update_mask = 2; }
message Answer { repeated Note notes = 1; repeated rowkeeper.v1.RowResult results = 2; }
message UpsertAnswer { repeated Note notes = 1; repeated rowkeeper.v1.WriteOutcome outcomes = 2; }
message PurgeNotes { google.protobuf.Duration older_than = 1; int32 max_affected = 2; }
message PurgeAnswer { int64 affected = 1; bool more = 2; }
message Title { string title = 1; }
)";

/// Locks on notes that somebody waits for.
std::string WaitingLocks(const std::string& mode) {
  return "pg_locks WHERE NOT granted AND relation = 'notes'::regclass AND mode = '" + mode +
         "' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
}

class InterruptedWritesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    uncancelled_ = new UncancelledServer(CompileProtoText(kSlowShop));
    server_ = uncancelled_->get();
  }
  static void TearDownTestSuite() {
    delete uncancelled_;
    uncancelled_ = nullptr;
    server_ = nullptr;
  }
  void SetUp() override {
    ASSERT_TRUE(server_ != nullptr && server_->ok());
    uncancelled_->StopHolding();
    Sql("TRUNCATE notes RESTART IDENTITY");
  }

  static void Sql(const std::string& text) { server_->database().Run(text); }
  static std::string Value(const std::string& text) { return server_->database().Value(text); }
  static std::string Slugs() { return Value("SELECT coalesce(string_agg(slug, ',' ORDER BY slug), '') FROM notes"); }
  static Json Note(const std::string& id, const std::string& slug) { return {{"id", id}, {"slug", slug}}; }

  static void Hold(const std::string& kind, const std::string& slug, int nth) {
    const std::string row = kind == "DELETE" ? "OLD" : "NEW";
    uncancelled_->Hold({"notes", kind, row + ".slug = '" + slug + "'", nth});
  }
  static absl::StatusCode Interrupt(
      const Unit& unit, const std::string& method, const Json& request,
      const std::function<void()>& meanwhile = [] {}) {
    const auto call = [&](const CallOptions& options) {
      return server_->Call("NoteRepository." + method, request, options).status();
    };
    return uncancelled_->Interrupt(call, unit.Inside(), meanwhile);
  }

  static inline UncancelledServer* uncancelled_ = nullptr;
  static inline InProcessServer* server_ = nullptr;
};

TEST_F(InterruptedWritesTest, APartialBatchLeavesNothingInItsUnit) {
  Sql("INSERT INTO notes (slug, title) VALUES ('s1', '')");
  Hold("INSERT", "a", 2);
  const Unit unit(server_);
  const Json notes = {{{"slug", "a"}}, {{"slug", "s1"}}, {{"slug", "b"}}};
  EXPECT_EQ(Interrupt(unit, "Create", {{"notes", notes}}), absl::StatusCode::kCancelled);
  const auto committed = unit.Commit();
  EXPECT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(Value("SELECT last_value FROM tries"), "2") << "the row was written alone, after it was refused with s1";
  EXPECT_EQ(Slugs(), "s1");
}

TEST_F(InterruptedWritesTest, APartialBatchLeavesWhatTheUnitDidBefore) {
  Sql("INSERT INTO notes (slug, title) VALUES ('s1', '')");
  Hold("INSERT", "a", 2);
  const Unit unit(server_);
  ASSERT_TRUE(unit.Savepoint("mine").ok());
  unit.MustCall("NoteRepository.Create", {{"notes", {{{"slug", "before"}}}}});
  const Json notes = {{{"slug", "a"}}, {{"slug", "s1"}}, {{"slug", "b"}}};
  EXPECT_EQ(Interrupt(unit, "Create", {{"notes", notes}}), absl::StatusCode::kCancelled);
  unit.MustCall("NoteRepository.Create", {{"notes", {{{"slug", "c"}}, {{"slug", "s1"}}}}});
  ASSERT_TRUE(unit.Release("mine").ok());
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Slugs(), "before,c,s1");
}

TEST_F(InterruptedWritesTest, APurgeLeavesNothingInItsUnit) {
  Sql("INSERT INTO notes (slug, title, deleted_at) SELECT 's' || i, '', now() - make_interval(days => 10 - i) FROM "
      "generate_series(1, 3) AS i");
  Hold("DELETE", "s1", 1);
  const Unit unit(server_);
  EXPECT_EQ(Interrupt(unit, "Purge", {{"older_than", "0s"}, {"max_affected", 1}}), absl::StatusCode::kCancelled);
  const auto committed = unit.Commit();
  EXPECT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(Value("SELECT last_value FROM tries"), "1");
  EXPECT_EQ(Slugs(), "s1,s2,s3");
}

TEST_F(InterruptedWritesTest, AnUpsertThatCannotRunAgainLeavesNothingInItsUnit) {
  Hold("INSERT", "x", 1);
  const Unit unit(server_);
  const auto insert = [] { Sql("INSERT INTO notes (id, slug, title) VALUES (2, 'y', '')"); };
  EXPECT_EQ(Interrupt(unit, "BatchUpsert", {{"notes", {Note("1", "x"), Note("2", "y")}}}, insert),
            absl::StatusCode::kCancelled);
  const auto committed = unit.Commit();
  EXPECT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(Slugs(), "y");
}

TEST_F(InterruptedWritesTest, AQueryWhoseRowsAreRefusedLeavesNothingInItsUnit) {
  Sql("INSERT INTO notes (slug, title) VALUES ('a', 'old'), ('b', 'old')");
  const Unit unit(server_);
  EXPECT_EQ(ReasonOf(unit.Call("NoteRepository.Retitle", {{"title", "new"}})), "MORE_THAN_ONE_ROW");
  EXPECT_EQ(unit.State(), "OPEN");
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(Value("SELECT count(*) FROM notes WHERE title = 'old'"), "2");
}

/// An upsert finds that another transaction wrote one of its rows meanwhile, and its connection dies while it runs
/// again: between the two statements somebody locks the table, so that the second one can be caught.
class UpsertThatRunsAgainTest : public InterruptedWritesTest {
 protected:
  /// `interrupt` ends what waits for the table. Gives the reason of the answer.
  static std::string Upsert(const std::function<void()>& interrupt) {
    Blocker other(server_, "INSERT INTO notes (id, slug, title) VALUES (2, 'y', '')");
    auto call = std::async(std::launch::async, [] {
      return server_->Call("NoteRepository.BatchUpsert", {{"notes", {Note("1", "x"), Note("2", "y")}}});
    });
    EXPECT_TRUE(Eventually(server_,
                           "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = "
                           "'transactionid')"));
    auto locker = std::async(std::launch::async, [] {
      return std::make_unique<Blocker>(server_, "LOCK TABLE notes IN ACCESS EXCLUSIVE MODE");
    });
    EXPECT_TRUE(Eventually(server_, "EXISTS (SELECT FROM " + WaitingLocks("AccessExclusiveLock") + ")"));
    other.End("COMMIT");
    EXPECT_TRUE(Eventually(server_, "EXISTS (SELECT FROM " + WaitingLocks("AccessShareLock") + ")"));
    interrupt();
    locker.get()->End();
    return ReasonOf(call.get());
  }
};

TEST_F(UpsertThatRunsAgainTest, ItsOutcomeIsUnknownWhenItIsCutOff) {
  EXPECT_EQ(
      Upsert([] { EXPECT_EQ(CutOff(server_, "pid IN (SELECT pid FROM " + WaitingLocks("AccessShareLock") + ")"), 1); }),
      "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_TRUE(Eventually(server_, "count(*) = 2 FROM notes")) << "PostgreSQL went on";
}

TEST_F(UpsertThatRunsAgainTest, AnotherSessionDoesItWhenPostgresqlEndsItsOwn) {
  EXPECT_EQ(Upsert([] {
              EXPECT_EQ(Value("SELECT pg_terminate_backend(pid, 5000) FROM " + WaitingLocks("AccessShareLock")), "t");
            }),
            "OK");
  EXPECT_EQ(Slugs(), "x,y");
}

}  // namespace
}  // namespace rowkeeper::testing
