// Renames that raise no error, and so are noticed by the monitor alone.

#include "tests/pg/server/rename_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class SilentRenameTest : public RenameTest {
 protected:
  SilentRenameTest() : RenameTest(InProcessServer::Options::Time::kPasses) {}

  /// Waits until reading the first to-do is refused in these words.
  bool RefusedWith(const std::string& words) {
    std::string said;
    const bool refused = Eventually([&] {
      said = std::string(server_.Call("TodoRepository.GetById", {{"id", id_}}).status().message());
      return said.find(words) != std::string::npos;
    });
    EXPECT_TRUE(refused) << said;
    return refused && Read() == "FAILED_PRECONDITION SCHEMA_MISMATCH";
  }

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
  Run("BEGIN; ALTER TABLE todos RENAME notes TO remarks; ALTER TABLE todos ADD notes text DEFAULT 'other'; "
      "COMMENT ON COLUMN todos.notes IS 'proto:99'; COMMIT");
  ASSERT_TRUE(Eventually([this] { return Advises(server_, "has the name \"remarks\""); }));
  EXPECT_EQ(Read(), "plants/water them");
}

TEST_F(SilentRenameTest, AColumnWhoseTypeWasChangedByHandIsRefusedUntilACommentSaysWhichOneIsMeant) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("BEGIN; ALTER TABLE todos ADD notes_new text; UPDATE todos SET notes_new = 'new ' || notes; "
      "ALTER TABLE todos RENAME notes TO notes_old; ALTER TABLE todos RENAME notes_new TO notes; COMMIT");
  EXPECT_TRUE(RefusedWith("is not used: its comment does not have field number 4, but that of \"notes_old\" does"));
  EXPECT_EQ(server_.database().Value("SELECT notes_old FROM todos"), "water them");
  Run("COMMENT ON COLUMN todos.notes IS 'proto:4'");
  ASSERT_TRUE(Eventually([this] { return Read() == "plants/new water them"; }));
  Run("COMMENT ON COLUMN todos.notes IS NULL; COMMENT ON COLUMN todos.notes_old IS 'proto:none'");
  ASSERT_TRUE(Eventually([this] { return Read() == "plants/new water them"; }));
}

TEST_F(SilentRenameTest, TablesThatSwapNamesAreToldApart) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("BEGIN; ALTER TABLE todos RENAME TO swapped; ALTER TABLE profiles RENAME TO todos; "
      "ALTER TABLE swapped RENAME TO profiles; COMMIT");
  ASSERT_TRUE(Eventually([this] { return Advises(server_, "the table has the name \"profiles\""); }));
  EXPECT_EQ(Read(), "plants/water them");
  server_.MustCall("ProfileRepository.GetById", {{"id", owner_}});
}

TEST_F(SilentRenameTest, ATableOfAnotherMessageWithAnOldOnesNameIsNotRead) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("BEGIN; ALTER TABLE todos RENAME TO tasks; CREATE TABLE todos (LIKE tasks INCLUDING ALL); "
      "COMMENT ON TABLE todos IS 'proto:planner.v2.Todo'; COMMIT");
  EXPECT_TRUE(RefusedWith("table \"todos\" is not used for planner.v1.Todo"));
  Run("COMMENT ON TABLE todos IS NULL; ALTER TABLE todos RENAME TO others");
  ASSERT_TRUE(Eventually([this] { return Read() == "plants/water them"; }));
}

/// Between its statements a table that is moved aside cannot be told from one that is renamed.
TEST_F(SilentRenameTest, ATableThatWasMovedAsideIsNotUsedOnceAnotherOneHasItsName) {
  Run("ALTER TABLE todos RENAME TO todos_old");
  EXPECT_EQ(Read(), "plants/water them");
  Run("CREATE TABLE todos (LIKE todos_old INCLUDING ALL)");
  EXPECT_TRUE(RefusedWith("run: COMMENT ON TABLE \"todos\" IS 'proto:planner.v1.Todo'"));
  const std::string before = server_.database().Value("SELECT count(*) FROM todos_old");
  EXPECT_EQ(ReasonOf(server_.Call("TodoRepository.Create", {{"todo", Todo("books", "read them")}})), "SCHEMA_MISMATCH");
  EXPECT_EQ(server_.database().Value("SELECT count(*) FROM todos_old"), before);
  Run("COMMENT ON TABLE todos IS 'proto:planner.v1.Todo'");
  ASSERT_TRUE(Eventually([this] { return Read() == "NOT_FOUND ROW_NOT_FOUND"; }));
  NewTodo("books", "read them");
  EXPECT_EQ(server_.database().Value("SELECT title FROM todos"), "books");
}

TEST_F(SilentRenameTest, ACopyThatTakesATablesPlaceIsTheTableOnceItsCommentSaysSo) {
  EXPECT_EQ(Read(), "plants/water them");
  Run("BEGIN; CREATE TABLE copy (LIKE todos INCLUDING ALL); INSERT INTO copy SELECT * FROM todos; "
      "UPDATE copy SET notes = 'copied'; ALTER TABLE todos RENAME TO todos_before; ALTER TABLE copy RENAME TO todos; "
      "COMMIT");
  EXPECT_TRUE(RefusedWith("table \"todos\" is not used for planner.v1.Todo"));
  Run("COMMENT ON TABLE todos IS 'proto:planner.v1.Todo'");
  ASSERT_TRUE(Eventually([this] { return Read() == "plants/copied"; }));
  Run("COMMENT ON TABLE todos IS NULL; COMMENT ON TABLE todos_before IS NULL; ALTER TABLE todos RENAME title TO "
      "headline");
  EXPECT_TRUE(Eventually([this] { return Read() == "FAILED_PRECONDITION SCHEMA_MISMATCH"; }))
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

TEST_F(SilentRenameTest, AServerAdvisesToMendWhatThereIs) {
  Run("ALTER TABLE todos RENAME priority TO urgency; ALTER TABLE todos ALTER urgency SET DEFAULT 5");
  std::string refusal;
  ASSERT_TRUE(Eventually([&] {
    refusal = std::string(server_.Call("TodoRepository.Create", {{"todo", Todo("x", "y")}}).status().message());
    return refusal.find("ALTER COLUMN") != std::string::npos;
  })) << refusal;
  EXPECT_THAT(refusal, HasSubstr("ALTER TABLE \"todos\" ALTER COLUMN \"urgency\" DROP DEFAULT"));
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
