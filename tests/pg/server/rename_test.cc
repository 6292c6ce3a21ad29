// Tables and columns that are renamed under a server. Its time stands still, so that statements notice first.

#include "tests/pg/server/rename_fixture.h"

#include "server/app/database_probe.h"
#include "server/app/statement_trials.h"
#include "server/schema/fit.h"
#include "server/schema/live_schema.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/pg/server/upsert_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(RenameTest, AStatementThatMissesItsColumnGoesOnWithTheNewName) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("ALTER TABLE todos RENAME title TO headline");
  EXPECT_EQ(Read(), "plants/water them");
  server_.MustCall("TodoRepository.Update", {{"todo", {{"id", id_}, {"title", "cacti"}}}, {"update_mask", "title"}});
  EXPECT_EQ(Read(), "cacti/water them");
  EXPECT_EQ(server_.database().Value("SELECT headline FROM todos"), "cacti");
  Run("ALTER TABLE todos RENAME headline TO title");
  EXPECT_EQ(Read(), "cacti/water them");
}

TEST_F(RenameTest, EveryKindOfCallFollows) {
  const auto call_all = [this] {
    const std::string other = NewTodo("books", "read them");
    const Json all = server_.MustCall("TodoRepository.List", {{"order_by", "title"}, {"count", "COUNT_MODE_EXACT"}});
    EXPECT_EQ(all["todos"][0].value("title", ""), "books");
    const Json some = server_.MustCall(
        "TodoRepository.List", {{"filter", "title = \"books\" AND notes = \"read them\""}, {"read_mask", "id,owner"}});
    EXPECT_EQ(some["todos"].size(), 1);
    EXPECT_EQ(some["todos"][0]["owner"].value("display_name", ""), "Ada");
    EXPECT_EQ(server_.MustCall("TodoRepository.BatchGet", {{"ids", {other, id_}}})["todos"][1].value("title", ""),
              "plants");
    server_.MustCall("TodoRepository.BatchCreate", {{"todos", {Todo("x", "y"), Todo("y", "z")}}});
    server_.MustCall("TodoRepository.BatchUpdate",
                     {{"todos", {{{"id", other}, {"title", "more books"}}}}, {"update_mask", "title"}});
    Json upserted = Todo("other books", "sell them");
    upserted["id"] = other;
    EXPECT_EQ(server_.MustCall("TodoRepository.Upsert", {{"todo", upserted}})["todo"].value("title", ""),
              "other books");
    const auto ran = RunRequest(&server_)
                         .Add("TodoRepository.GetById", {{"id", other}})
                         .Add("TodoRepository.SoftDelete", {{"id", other}})
                         .Send();
    ASSERT_TRUE(ran.ok()) << ran.status();
    EXPECT_EQ((*ran)[0].value("title", ""), "other books");
    server_.MustCall("TodoRepository.Restore", {{"id", other}});
    server_.MustCall("TodoRepository.Delete", {{"id", other}});
    EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.GetById", {{"id", other}})), "ROW_NOT_FOUND");
    EXPECT_EQ(Read(), "plants/water them");
  };
  call_all();
  for (const char* change : {"ALTER TABLE todos RENAME TO tasks", "ALTER TABLE tasks RENAME title TO headline",
                             "ALTER TABLE profiles RENAME display_name TO shown; ALTER TABLE profiles RENAME TO people",
                             "ALTER TABLE tasks RENAME id TO key; ALTER TABLE tasks RENAME deleted_at TO gone_at",
                             "ALTER TABLE tasks RENAME TO todos; ALTER TABLE todos RENAME headline TO title"}) {
    Run(change);
    SCOPED_TRACE(change);
    call_all();
  }
}

TEST_F(RenameTest, TheFirstStatementOfAUnitGoesOn) {
  Read();
  Run("ALTER TABLE todos RENAME title TO headline");
  const Unit unit(&server_);
  EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", id_}}).value("title", ""), "plants");
  ASSERT_TRUE(unit.Commit().ok());
}

TEST_F(RenameTest, AStatementBehindASavepointGoesOn) {
  Read();
  const Unit unit(&server_);
  unit.MustCall("ProfileRepository.GetById", {{"id", owner_}});
  ASSERT_TRUE(unit.Savepoint("here").ok());
  Run("ALTER TABLE todos RENAME title TO headline");
  EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", id_}}).value("title", ""), "plants");
  ASSERT_TRUE(unit.Commit().ok());
}

TEST_F(RenameTest, InTheMiddleOfAUnitItIsToBeRunAgainAndThenGoesOn) {
  Read();
  const auto read_both = [this](const Unit& unit) {
    unit.MustCall("ProfileRepository.GetById", {{"id", owner_}});
    return unit.Call("TodoRepository.GetById", {{"id", id_}});
  };
  const Unit unit(&server_);
  unit.MustCall("ProfileRepository.GetById", {{"id", owner_}});
  Run("ALTER TABLE todos RENAME title TO headline");
  const auto failed = unit.Call("TodoRepository.GetById", {{"id", id_}});
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kAborted) << failed.status();
  EXPECT_GE(RetryDelayOf(failed.status()), 0);
  ASSERT_TRUE(unit.Rollback().ok());
  const Unit again(&server_);
  const auto read = read_both(again);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->value("title", ""), "plants");
  ASSERT_TRUE(again.Commit().ok());
}

/// What such a unit has read may be older than the rename, and so would be what it is told of names.
TEST_F(RenameTest, AboveReadCommittedTheFirstStatementOfAUnitGoesOn) {
  for (const char* isolation : {"REPEATABLE_READ", "SERIALIZABLE"}) {
    EXPECT_EQ(Read(), "plants/water them");
    Run("ALTER TABLE todos RENAME title TO headline");
    const Unit unit(&server_, Isolated(isolation));
    EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", id_}}).value("title", ""), "plants");
    EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", id_}}).value("title", ""), "plants");
    ASSERT_TRUE(unit.Commit().ok());
    Run("ALTER TABLE todos RENAME headline TO title");
  }
}

TEST_F(RenameTest, AboveReadCommittedAUnitWithASavepointIsToBeRunAgain) {
  for (const char* isolation : {"REPEATABLE_READ", "SERIALIZABLE"}) {
    EXPECT_EQ(Read(), "plants/water them");
    const Unit unit(&server_, Isolated(isolation));
    unit.MustCall("ProfileRepository.GetById", {{"id", owner_}});
    ASSERT_TRUE(unit.Savepoint("here").ok());
    Run("ALTER TABLE todos RENAME title TO headline");
    const auto failed = unit.Call("TodoRepository.GetById", {{"id", id_}});
    EXPECT_EQ(failed.status().code(), absl::StatusCode::kAborted) << failed.status();
    EXPECT_GE(RetryDelayOf(failed.status()), 0);
    ASSERT_TRUE(unit.Rollback().ok());
    const Unit again(&server_, Isolated(isolation));
    again.MustCall("ProfileRepository.GetById", {{"id", owner_}});
    EXPECT_EQ(again.MustCall("TodoRepository.GetById", {{"id", id_}}).value("title", ""), "plants");
    ASSERT_TRUE(again.Commit().ok());
    EXPECT_EQ(Read(), "plants/water them");
    Run("ALTER TABLE todos RENAME headline TO title");
  }
}

TEST_F(RenameTest, ErrorsSpeakOfTheFieldWhateverItsColumnIsCalled) {
  Run("ALTER TABLE profiles RENAME email TO address; ALTER TABLE profiles RENAME TO people");
  const auto taken =
      server_.Call("ProfileRepository.Create",
                   {{"profile", {{"email", "a@example.org"}, {"handle", "eve"}, {"display_name", "Eve"}}}});
  EXPECT_EQ(ReasonOf(taken), "UNIQUE_VIOLATION");
  EXPECT_EQ(MetadataOf(taken.status(), "fields"), "email") << taken.status();
  Run("ALTER TABLE todos RENAME owner_id TO person_id; ALTER TABLE todos RENAME TO tasks");
  Json todo = Todo("t", "n");
  todo["owner_id"] = "00000000-0000-4000-8000-000000000000";
  const auto dangling = server_.Call("TodoRepository.Create", {{"todo", todo}});
  EXPECT_EQ(MetadataOf(dangling.status(), "field"), "owner_id") << dangling.status();
}

/// PostgreSQL's errors name the partition, which has its table's columns.
TEST(RenameOfPartitions, ErrorsSpeakOfTheField) {
  InProcessServer::Options options;
  options.time = InProcessServer::Options::Time::kStill;
  InProcessServer server(CompileProtoText(kUpsertShop), options);
  ASSERT_TRUE(server.ok());
  server.database().Run(R"(
    ALTER TABLE item RENAME TO item_1; ALTER TABLE item_1 ALTER maker SET NOT NULL;
    CREATE TABLE item (LIKE item_1 INCLUDING DEFAULTS INCLUDING COMMENTS) PARTITION BY LIST (sku);
    ALTER TABLE item ATTACH PARTITION item_1 DEFAULT; ALTER TABLE item ADD PRIMARY KEY (sku);
    COMMENT ON TABLE item IS 'proto:shop.v1.Item';
    ALTER TABLE item RENAME TO goods; ALTER TABLE goods RENAME maker TO producer)");
  const Json item = {{"sku", "CUP"}, {"title", "Cup"}, {"maker", "Ada"}};
  EXPECT_EQ(server.MustCall("ItemRepository.Upsert", {{"item", item}})["item"].value("maker", ""), "Ada");
  const auto refused = server.Call("ItemRepository.Upsert", {{"item", {{"sku", "POT"}, {"title", "Pot"}}}});
  EXPECT_THAT(Summary(refused), ::testing::AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("maker")))
      << refused.status();
  EXPECT_THAT(std::string(refused.status().message()), ::testing::Not(HasSubstr("producer")));
}

TEST_F(RenameTest, ATriggersOwnMistakeIsNoRename) {
  Run(R"(
    CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM title FROM profiles; RETURN NEW; END $$;
    CREATE TRIGGER stumble BEFORE UPDATE ON todos FOR EACH ROW EXECUTE FUNCTION stumble();)");
  const auto update =
      server_.Call("TodoRepository.Update", {{"todo", {{"id", id_}, {"title", "cacti"}}}, {"update_mask", "title"}});
  EXPECT_EQ(ReasonOf(update), "TRIGGER_REFUSED") << update.status();
  EXPECT_THAT(server_.MetricsText(), HasSubstr("rowkeeper_renamed_statements_total 0"));
}

TEST_F(RenameTest, AColumnThatIsGoneIsMissed) {
  Read();
  Run("ALTER TABLE todos DROP notes");
  EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.GetById", {{"id", id_}})), "SCHEMA_MISMATCH");
}

TEST_F(RenameTest, WithoutTheMessageInTheTablesCommentNumbersMeanNothing) {
  Read();
  Run("COMMENT ON TABLE todos IS NULL; ALTER TABLE todos RENAME title TO headline");
  EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.GetById", {{"id", id_}})), "SCHEMA_MISMATCH");
}

TEST_F(RenameTest, WhatPeopleWriteBehindANumberIsNotOfIt) {
  Run("COMMENT ON COLUMN todos.title IS 'proto:3, what is to be done'; "
      "COMMENT ON TABLE todos IS 'proto:planner.v1.Todo, of all people'");
  Run("ALTER TABLE todos RENAME title TO headline; ALTER TABLE todos RENAME TO tasks");
  EXPECT_EQ(Read(), "plants/water them");
}

TEST_F(RenameTest, WhatAProbeCannotSeeIsInDoubt) {
  const app::LoadedCatalogue& loaded = server_.loaded();
  db::CurrentNames names(*loaded.catalogue);
  db::ConnectionOptions options;
  options.url = server_.database().url();
  const auto nothing = [] {};
  const auto make = [&] {
    return app::MakeDatabaseProbe(loaded, options, &names, Clock::System(), [](db::Connection&, const auto&) {});
  };
  const auto probe = make();
  EXPECT_EQ(probe->Probe(nothing).reach, app::DatabaseState::Reach::kReachable);
  EXPECT_FALSE(names.doubtful());
  options.url = "postgresql://127.0.0.1:1/nowhere";
  EXPECT_EQ(make()->Probe(nothing).reach, app::DatabaseState::Reach::kUnreachable);
  EXPECT_TRUE(names.doubtful());
  EXPECT_EQ(probe->Probe(nothing).reach, app::DatabaseState::Reach::kReachable);
  EXPECT_FALSE(names.doubtful());
}

TEST_F(RenameTest, WhatItAdvisesToRunMendsTheTableThatThereIs) {
  Run("ALTER TABLE todos RENAME title TO headline; ALTER TABLE todos RENAME id TO key; ALTER TABLE todos RENAME TO "
      "tasks; "
      "ALTER TABLE tasks DROP CONSTRAINT pk_todos CASCADE; ALTER TABLE tasks ALTER headline DROP NOT NULL");
  const auto connection = server_.Connect();
  const auto fit = schema::CheckFit(*server_.loaded().catalogue, *connection);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(fit->mismatches.size(), 2u) << fit->ToString();
  for (const schema::Mismatch& mismatch : fit->mismatches) {
    EXPECT_THAT(mismatch.change, HasSubstr("ALTER TABLE \"tasks\"")) << mismatch.problem;
    Run(mismatch.change);
  }
  EXPECT_EQ(schema::CheckFit(*server_.loaded().catalogue, *connection).value().ToString(), "");
}

TEST_F(RenameTest, CheckFindsNothingToRefuse) {
  Run("ALTER TABLE todos RENAME title TO headline; ALTER TABLE profiles RENAME TO people");
  const auto connection = server_.Connect();
  const app::LoadedCatalogue& loaded = server_.loaded();
  const auto live = schema::LiveSchema::Read(*loaded.catalogue, *connection);
  ASSERT_TRUE(live.ok()) << live.status();
  const auto fit = schema::CheckFit(*loaded.catalogue, *live, *connection);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(fit->ToString(), "");
  db::ConnectionOptions options;
  options.url = server_.database().url();
  const auto refused = [&](const sql::LiveNames& names) {
    return app::TryStatements(loaded.plans, names, *connection, options).value().refused.size();
  };
  EXPECT_EQ(refused(live->names()), 0U);
  EXPECT_GT(refused(sql::LiveNames()), 0U);
}

}  // namespace
}  // namespace rowkeeper::testing
