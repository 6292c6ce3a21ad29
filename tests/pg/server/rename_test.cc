// Tables and columns that are renamed under a server. Its time stands still where a statement has to notice first;
// where the monitor has to, a second passes.

#include "tests/pg/server/rename_fixture.h"

#include "server/app/statement_trials.h"
#include "server/schema/fit.h"
#include "server/schema/live_schema.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

using Time = InProcessServer::Options::Time;

class RenameTest : public ::testing::Test {
 protected:
  explicit RenameTest(Time time = Time::kStill) : server_(PlannerWith({}), OptionsFor(time)) {}

  static InProcessServer::Options OptionsFor(Time time) {
    InProcessServer::Options options;
    options.time = time;
    return options;
  }

  void SetUp() override {
    ASSERT_TRUE(server_.ok());
    const Json owner =
        server_.MustCall("ProfileRepository.Create",
                         {{"profile", {{"email", "a@example.org"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
    owner_ = owner.value("id", "");
    id_ = NewTodo("plants", "water them");
  }

  void Run(const std::string& sql) { server_.database().Run(sql); }

  Json Todo(const std::string& title, const std::string& notes) const {
    return {{"owner_id", owner_}, {"title", title}, {"notes", notes}};
  }
  std::string NewTodo(const std::string& title, const std::string& notes) {
    return server_.MustCall("TodoRepository.Create", {{"todo", Todo(title, notes)}}).value("id", "");
  }
  /// "title/notes" of the first to-do, or why there is no answer.
  std::string Read() {
    const auto todo = server_.Call("TodoRepository.GetById", {{"id", id_}});
    return todo.ok() ? todo->value("title", "") + "/" + todo->value("notes", "") : Summary(todo);
  }

  InProcessServer server_;
  std::string owner_;
  std::string id_;
};

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

/// What raises no error, and so is noticed by the monitor alone.
class SilentRenameTest : public RenameTest {
 protected:
  SilentRenameTest() : RenameTest(Time::kPasses) {}

  static constexpr char kSwap[] =
      "BEGIN; ALTER TABLE todos RENAME title TO swapped; ALTER TABLE todos RENAME notes TO title; "
      "ALTER TABLE todos RENAME swapped TO notes; COMMIT";
};

TEST_F(SilentRenameTest, ColumnsThatSwapNamesAreToldApartAtTheNextProbe) {
  EXPECT_EQ(Read(), "plants/water them");
  Run(kSwap);
  ASSERT_TRUE(Eventually([this] { return Advises(server_, "has the name \"notes\""); }));
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Read(), "plants/water them");
  const std::string other = NewTodo("books", "read them");
  EXPECT_EQ(server_.database().Value("SELECT notes FROM todos WHERE id = '" + other + "'"), "books");
  Run(kSwap);
  ASSERT_TRUE(Eventually([this] { return !Advises(server_, "has the name \"notes\""); }));
  EXPECT_EQ(Read(), "plants/water them");
}

TEST_F(SilentRenameTest, ANewColumnWithAnOldOnesNameIsNotRead) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("BEGIN; ALTER TABLE todos RENAME notes TO remarks; ALTER TABLE todos ADD notes text DEFAULT 'other'; COMMIT");
  ASSERT_TRUE(Eventually([this] { return Advises(server_, "has the name \"remarks\""); }));
  EXPECT_EQ(Read(), "plants/water them");
}

TEST_F(SilentRenameTest, ATableOfAnotherMessageWithAnOldOnesNameIsNotRead) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("BEGIN; ALTER TABLE todos RENAME TO tasks; CREATE TABLE todos (LIKE tasks INCLUDING ALL); "
      "COMMENT ON TABLE todos IS 'proto:planner.v2.Todo'; COMMIT");
  ASSERT_TRUE(Eventually([this] { return Advises(server_, "the table has the name \"tasks\""); }));
  EXPECT_EQ(Read(), "plants/water them");
}

TEST_F(SilentRenameTest, ACopyThatTakesATablesPlaceIsTheTableNow) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("BEGIN; CREATE TABLE copy (LIKE todos INCLUDING ALL); INSERT INTO copy SELECT * FROM todos; "
      "UPDATE copy SET notes = 'copied'; ALTER TABLE todos RENAME TO todos_before; ALTER TABLE copy RENAME TO todos; "
      "COMMIT");
  EXPECT_EQ(Read(), "plants/copied");
  Run("ALTER TABLE todos RENAME title TO headline");
  ASSERT_TRUE(Eventually([this] { return Read() == "FAILED_PRECONDITION SCHEMA_MISMATCH"; }))
      << "whose comment names no message, so that numbers mean nothing";
}

TEST_F(SilentRenameTest, AColumnOfAnotherFieldIsRefusedWhereNoneIsItsOwn) {
  Run("COMMENT ON COLUMN todos.notes IS 'proto:77'");
  std::string refusal;
  ASSERT_TRUE(Eventually([&] {
    refusal = std::string(server_.Call("TodoRepository.GetById", {{"id", id_}}).status().message());
    return refusal.find("column \"notes\" of table \"todos\" is not that of field 4") != std::string::npos;
  })) << refusal;
  EXPECT_THAT(refusal, HasSubstr("COMMENT ON COLUMN \"todos\".\"notes\" IS 'proto:4'"));
  server_.MustCall("ProfileRepository.GetById", {{"id", owner_}});
  Run("COMMENT ON COLUMN todos.notes IS 'proto:4 mended'");
  ASSERT_TRUE(Eventually([this] { return Read() == "plants/water them"; }));
}

TEST_F(SilentRenameTest, ANewerServerServesBeforeTheMigration) {
  const auto newer = ServerBeside(&server_, kTitleIsHeadline);
  const auto read = newer->Call("TodoRepository.GetById", {{"id", id_}});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->value("title", ""), "plants");
  Run("ALTER TABLE todos RENAME title TO headline");
  EXPECT_EQ(newer->MustCall("TodoRepository.GetById", {{"id", id_}}).value("title", ""), "plants");
  EXPECT_EQ(Read(), "plants/water them");
}

}  // namespace
}  // namespace rowkeeper::testing
