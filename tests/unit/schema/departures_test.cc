#include "server/schema/departures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

/// What files take away from servers with older protos, by their text alone.
namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeparturesTest : public ::testing::Test {
 protected:
  void Add(const std::string& up, const std::string& down = "SELECT 1;") {
    auto file = ParseMigrationFile(absl::StrCat(1000 + files_.size(), "_m.sql"),
                                   absl::StrCat("-- migrate:up\n", up, "\n-- migrate:down\n", down, "\n"));
    ASSERT_TRUE(file.ok()) << file.status();
    files_.push_back(*std::move(file));
  }

  /// Of the files from `first` on, "line: words".
  std::vector<std::string> Words(size_t first, Direction direction = Direction::kUp) const {
    return WordsOf(first, direction, [](const Departure& departure) { return !IsOfNames(departure.kind); });
  }
  /// The same, of names and comments.
  std::vector<std::string> WordsOfNames(size_t first) const {
    return WordsOf(first, Direction::kUp, [](const Departure& departure) { return IsOfNames(departure.kind); });
  }

  template <typename Chosen>
  std::vector<std::string> WordsOf(size_t first, Direction direction, const Chosen& is_chosen) const {
    std::vector<const MigrationFile*> chosen;
    for (size_t i = first; i < files_.size(); ++i) chosen.push_back(&files_[i]);
    std::vector<std::string> words;
    for (const auto& block : DeparturesOf({files_, chosen, direction})) {
      for (const Departure& departure : block) {
        if (is_chosen(departure)) words.push_back(absl::StrCat(departure.line, ": ", Describe(departure)));
      }
    }
    return words;
  }

  std::vector<MigrationFile> files_;
};

TEST_F(DeparturesTest, DropsAndRenamesTakeNamesAway) {
  Add("ALTER TABLE todos DROP COLUMN title;\nALTER TABLE app.todos RENAME note TO remark;\nDROP TABLE a, b;\n"
      "ALTER TABLE c RENAME TO d;\nDROP SCHEMA old CASCADE;");
  EXPECT_THAT(Words(0), ElementsAre("2: column \"todos\".\"title\" goes", "3: column \"app.todos\".\"note\" is renamed",
                                    "4: table \"a\" goes", "4: table \"b\" goes", "5: table \"c\" is renamed",
                                    "6: schema \"old\" goes"));
}

TEST_F(DeparturesTest, NarrowerColumnsTakeValuesAway) {
  Add("CREATE TABLE todos (id int, name varchar(10), size int);");
  Add("ALTER TABLE todos ALTER size TYPE smallint;\nALTER TABLE todos ALTER name TYPE varchar(20);\n"
      "ALTER TABLE todos ALTER name SET NOT NULL;\nALTER TABLE todos ADD kind text NOT NULL;\n"
      "ALTER TABLE todos ADD state text NOT NULL DEFAULT 'OPEN';");
  EXPECT_THAT(Words(1), ElementsAre("2: column \"todos\".\"size\" gets another type",
                                    "4: column \"todos\".\"name\" takes no NULL any more",
                                    "5: column \"todos\".\"kind\" comes, which each new row has to have"));
}

TEST_F(DeparturesTest, AColumnThatMayBeNullIsNotWhatItWas) {
  Add("CREATE TABLE todos (id int, title text NOT NULL);");
  Add("ALTER TABLE todos ALTER title DROP NOT NULL;");
  EXPECT_THAT(Words(1), ElementsAre("2: column \"todos\".\"title\" takes NULL from now on"));
}

TEST_F(DeparturesTest, WhatIsAddedOrMadeByTheFilesTakesNothingAway) {
  Add("CREATE TABLE todos (id int);");
  Add("ALTER TABLE todos ADD title text;\nCREATE INDEX ON todos (title);\nALTER TABLE todos DROP CONSTRAINT x;\n"
      "CREATE TABLE made (id int, note text);\nALTER TABLE made DROP COLUMN note;\nDROP TABLE made;\n"
      "UPDATE todos SET title = '';\nDO $$ BEGIN END $$;");
  EXPECT_THAT(Words(1), IsEmpty());
}

TEST_F(DeparturesTest, TheWayBackTakesAwayWhatTheFileMade) {
  Add("CREATE TABLE todos (id int);", "DROP TABLE todos;");
  Add("ALTER TABLE todos ADD title text;", "ALTER TABLE todos DROP COLUMN title;");
  EXPECT_THAT(Words(1, Direction::kDown), ElementsAre("4: column \"todos\".\"title\" goes"));
}

TEST_F(DeparturesTest, ATableThatMayBeThereIsNotNew) {
  Add("CREATE TABLE IF NOT EXISTS todos (id int, kind text NOT NULL);\nALTER TABLE todos DROP COLUMN title;\n"
      "CREATE TEMP TABLE notes (id int);\nALTER TABLE notes DROP COLUMN text;");
  EXPECT_THAT(Words(0), ElementsAre("3: column \"todos\".\"title\" goes", "5: column \"notes\".\"text\" goes"));
}

TEST_F(DeparturesTest, ATableOfAnEarlierFileOfTheRunMayBeInUse) {
  Add("CREATE TABLE todos (id int, title text);");
  Add("ALTER TABLE todos DROP COLUMN title;\nALTER TABLE notes DROP COLUMN text;");
  EXPECT_THAT(Words(0), ElementsAre("2: column \"todos\".\"title\" goes", "3: column \"notes\".\"text\" goes"));
  std::vector<const MigrationFile*> chosen = {&files_[0], &files_[1]};
  const auto departures = DeparturesOf({files_, chosen, Direction::kUp});
  ASSERT_EQ(departures.size(), 2);
  ASSERT_EQ(departures[1].size(), 2);
  EXPECT_TRUE(departures[1][0].of_this_run);
  EXPECT_FALSE(departures[1][1].of_this_run);
}

TEST_F(DeparturesTest, ASchemaGoesWithWhatItHolds) {
  Add("DROP SCHEMA empty;\nDROP SCHEMA old CASCADE;\nALTER SCHEMA app RENAME TO shop;");
  EXPECT_THAT(Words(0), ElementsAre("3: schema \"old\" goes", "4: schema \"app\" goes"));
}

TEST_F(DeparturesTest, ATableThatIsMovedGoes) {
  Add("ALTER TABLE todos SET SCHEMA old;\nALTER VIEW v SET SCHEMA old;");
  EXPECT_THAT(Words(0), ElementsAre("2: table \"todos\" goes"));
}

TEST_F(DeparturesTest, ACheckTakesNullsAwayLikeNotNull) {
  Add("ALTER TABLE todos ADD CONSTRAINT c CHECK (title IS NOT NULL) NOT VALID;\n"
      "ALTER TABLE todos ADD CONSTRAINT d CHECK (size > 0);");
  EXPECT_THAT(Words(0), ElementsAre("2: column \"todos\".\"title\" takes no NULL any more"));
}

TEST_F(DeparturesTest, AColumnInThePlaceOfAnotherIsOfAnotherTypeOrUnknown) {
  Add("CREATE TABLE todos (id int, a int, b bigint, c int, d text);");
  Add("ALTER TABLE todos RENAME a TO gone;\nALTER TABLE todos RENAME b TO a;\n"
      "ALTER TABLE todos DROP COLUMN d;\nALTER TABLE todos ADD d int;");
  EXPECT_THAT(Words(1),
              ElementsAre("2: column \"todos\".\"a\" gets another type", "3: column \"todos\".\"b\" is renamed",
                          "4: column \"todos\".\"d\" gets another type"));
  Add("ALTER TABLE todos RENAME gone TO x;\nALTER TABLE todos RENAME c TO gone;\nALTER TABLE other RENAME e TO f;\n"
      "ALTER TABLE other RENAME g TO e;");
  EXPECT_THAT(Words(2), ElementsAre("2: column \"todos\".\"gone\" goes", "3: column \"todos\".\"c\" is renamed",
                                    "4: column \"other\".\"e\" goes", "5: column \"other\".\"g\" is renamed"))
      << "they may hold anything";
}

TEST_F(DeparturesTest, NamesThatAreSwappedGo) {
  Add("ALTER TABLE todos RENAME a TO c;\nALTER TABLE todos RENAME b TO a;\nALTER TABLE todos RENAME c TO b;\n"
      "ALTER TABLE x RENAME TO z;\nALTER TABLE y RENAME TO x;\nALTER TABLE z RENAME TO y;");
  EXPECT_THAT(Words(0), ElementsAre("2: column \"todos\".\"a\" goes", "3: column \"todos\".\"b\" goes",
                                    "5: table \"x\" goes", "6: table \"y\" goes"));
}

TEST_F(DeparturesTest, ATableThatIsReplacedGoes) {
  Add("ALTER TABLE todos RENAME TO todos_old;\nCREATE TABLE todos (id int);");
  EXPECT_THAT(Words(0), ElementsAre("2: table \"todos\" goes"));
}

TEST_F(DeparturesTest, WhatIsDoneToSomethingRenamedIsToldByTheNameFromBefore) {
  Add("ALTER TABLE todos RENAME title TO headline;\nALTER TABLE todos ALTER headline SET NOT NULL;\n"
      "ALTER TABLE todos RENAME TO tasks;\nALTER TABLE tasks RENAME note TO remark;\n"
      "ALTER TABLE tasks ALTER headline TYPE int;");
  EXPECT_THAT(Words(0), ElementsAre("2: column \"todos\".\"title\" is renamed",
                                    "3: column \"todos\".\"title\" takes no NULL any more",
                                    "4: table \"todos\" is renamed", "5: column \"todos\".\"note\" is renamed",
                                    "6: column \"todos\".\"title\" gets another type"));
  Add("ALTER TABLE tasks RENAME a TO b;\nALTER TABLE tasks DROP COLUMN b;\nALTER TABLE x RENAME TO y;\n"
      "DROP TABLE y;\nALTER TABLE tasks ALTER c SET NOT NULL;\nALTER TABLE tasks RENAME c TO d;");
  EXPECT_THAT(Words(1),
              ElementsAre("2: column \"tasks\".\"a\" goes", "4: table \"x\" goes",
                          "6: column \"tasks\".\"c\" takes no NULL any more", "7: column \"tasks\".\"c\" is renamed"));
}

TEST_F(DeparturesTest, NamesAndCommentsThatServersMayGoByAreTold) {
  Add("ALTER TABLE todos ADD title text;\nALTER TABLE todos RENAME a TO b;\nCREATE TABLE made (id int);\n"
      "ALTER TABLE made ADD note text;\nALTER TABLE app.x RENAME TO y;\nCOMMENT ON COLUMN todos.c IS NULL;\n"
      "COMMENT ON TABLE z IS NULL;\nCREATE TEMP TABLE t (id int);\nALTER TABLE todos ADD rowkeeper_new_3 text;\n"
      "CREATE VIEW v AS SELECT 1;\nALTER VIEW v RENAME TO w;\nALTER TABLE old.k SET SCHEMA app;\n"
      "CREATE TABLE m AS SELECT 1;\nCREATE MATERIALIZED VIEW n AS SELECT 1;");
  EXPECT_THAT(
      WordsOfNames(0),
      ElementsAre(
          "2: the name of column \"todos\".\"title\" is given to another",
          "3: the name of column \"todos\".\"b\" is given to another",
          "4: the name of table \"made\" is given to another", "6: the name of table \"app.y\" is given to another",
          "7: the comment of column \"todos\".\"c\" changes", "8: the comment of table \"z\" changes",
          "11: the name of table \"v\" is given to another", "12: the name of table \"w\" is given to another",
          "13: the name of table \"app.k\" is given to another", "14: the name of table \"m\" is given to another",
          "15: the name of table \"n\" is given to another"));
}

TEST_F(DeparturesTest, ATableThatIsReplacedByAViewGoes) {
  Add("ALTER TABLE todos RENAME TO tasks;\nCREATE VIEW public.todos AS SELECT * FROM tasks;\n"
      "ALTER TABLE x RENAME TO z;\nALTER VIEW y RENAME TO x;\nALTER TABLE app.k RENAME TO l;\n"
      "ALTER TABLE old.k SET SCHEMA app;");
  EXPECT_THAT(Words(0), ElementsAre("2: table \"todos\" goes", "4: table \"x\" goes", "6: table \"app.k\" goes",
                                    "7: table \"old.k\" goes"));
}

TEST_F(DeparturesTest, ATableMayBeWrittenWithItsSchemaHereAndWithoutItThere) {
  Add("ALTER TABLE public.todos RENAME a TO b;\nALTER TABLE todos ADD a int;\n"
      "ALTER TABLE app.x RENAME c TO d;\nALTER TABLE x ADD c int;\nALTER TABLE app.y RENAME TO old;\n"
      "CREATE TABLE y (id int);\nALTER TABLE public.z RENAME TO k;\nALTER TABLE k DROP COLUMN e;");
  EXPECT_THAT(Words(0), ElementsAre("2: column \"public.todos\".\"a\" goes", "4: column \"app.x\".\"c\" goes",
                                    "6: table \"app.y\" goes", "8: table \"public.z\" is renamed",
                                    "9: column \"public.z\".\"e\" goes"));
}

TEST_F(DeparturesTest, WhatMayNotHaveBeenRenamedIsToldByBothNames) {
  Add("ALTER TABLE IF EXISTS next RENAME TO todos;\nALTER TABLE todos DROP COLUMN title;");
  EXPECT_THAT(Words(0), ElementsAre("2: table \"next\" is renamed", "3: column \"todos\".\"title\" goes",
                                    "3: column \"next\".\"title\" goes"));
  Add("ALTER TABLE app.x RENAME TO y;\nDROP TABLE y;");
  EXPECT_THAT(Words(1), ElementsAre("2: table \"app.x\" goes", "3: table \"y\" goes", "3: table \"app.x\" goes"));
  Add("ALTER TABLE t RENAME a TO b;\nALTER TABLE t ADD IF NOT EXISTS b int;\nALTER TABLE t DROP b;");
  EXPECT_THAT(Words(2),
              ElementsAre("2: column \"t\".\"a\" goes", "4: column \"t\".\"b\" goes", "4: column \"t\".\"a\" goes"));
}

TEST_F(DeparturesTest, WhatWasMovedAsideAndGoesInTheSameFileAddsNothing) {
  Add("CREATE TABLE todos (id int, a int, rowkeeper_new_3 bigint, b int, c bigint);");
  Add("ALTER TABLE todos RENAME a TO rowkeeper_old_3;\nALTER TABLE todos RENAME rowkeeper_new_3 TO a;\n"
      "ALTER TABLE todos DROP COLUMN rowkeeper_old_3;\nALTER TABLE todos RENAME b TO old;\n"
      "ALTER TABLE todos RENAME c TO b;\nALTER TABLE todos DROP COLUMN old;");
  EXPECT_THAT(Words(1),
              ElementsAre("2: column \"todos\".\"a\" gets another type", "5: column \"todos\".\"b\" gets another type",
                          "6: column \"todos\".\"c\" is renamed"));
}

TEST_F(DeparturesTest, CommentsOfAColumnWhoseNameIsTakenAreNotTold) {
  Add("CREATE TABLE x (a int, b bigint);");
  Add("ALTER TABLE x RENAME a TO a_old;\nCOMMENT ON COLUMN x.a_old IS 'proto:none';\nALTER TABLE x RENAME b TO a;\n"
      "COMMENT ON COLUMN x.a IS 'proto:3';\nCOMMENT ON COLUMN x.a_old IS 'proto:none';");
  EXPECT_THAT(Words(1), ElementsAre("2: column \"x\".\"a\" gets another type", "4: column \"x\".\"b\" is renamed"));
  EXPECT_THAT(WordsOfNames(1), ElementsAre("2: the name of column \"x\".\"a_old\" is given to another",
                                           "5: the comment of column \"x\".\"b\" changes"));
}

TEST_F(DeparturesTest, AColumnThatHasTakenANameAndGoesLeavesNothingThere) {
  Add("CREATE TABLE x (a varchar(10), b text, c int);");
  Add("ALTER TABLE x DROP a;\nALTER TABLE x ADD a text;\nALTER TABLE x RENAME a TO other;");
  EXPECT_THAT(Words(1), ElementsAre("2: column \"x\".\"a\" goes"));
  files_.pop_back();
  Add("ALTER TABLE x RENAME a TO old;\nALTER TABLE x RENAME b TO a;\nALTER TABLE x DROP a;");
  EXPECT_THAT(Words(1), ElementsAre("2: column \"x\".\"a\" goes", "3: column \"x\".\"b\" goes"));
}

TEST_F(DeparturesTest, ATableWithTheNameOfOneThatWasMadeAndDroppedIsNotNew) {
  Add("CREATE TABLE tmp (id int);\nDROP TABLE tmp;\nALTER TABLE todos RENAME TO tmp;\nDROP TABLE tmp;");
  EXPECT_THAT(Words(0), ElementsAre("4: table \"todos\" goes"));
}

TEST_F(DeparturesTest, AColumnThatLosesItsDefaultHasToBeGiven) {
  Add("CREATE TABLE todos (id int, size int DEFAULT 3);");
  Add("ALTER TABLE todos ADD kind text NOT NULL DEFAULT '';\nALTER TABLE todos ALTER kind DROP DEFAULT;\n"
      "ALTER TABLE todos ALTER size DROP DEFAULT;\nALTER TABLE todos ALTER size SET DEFAULT 4;");
  EXPECT_THAT(Words(1), ElementsAre("3: column \"todos\".\"kind\" has no default any more",
                                    "5: column \"todos\".\"size\" gets a default"));
}

TEST_F(DeparturesTest, ColumnsThatRowkeeperPutsBesideOthersAreNobodys) {
  Add("ALTER TABLE todos ADD rowkeeper_new_2 bigint;\n"
      "ALTER TABLE todos ADD CONSTRAINT p CHECK (rowkeeper_new_2 IS NOT NULL) NOT VALID;");
  Add("ALTER TABLE todos ALTER rowkeeper_new_2 SET NOT NULL;\nALTER TABLE todos ALTER size DROP NOT NULL;\n"
      "ALTER TABLE todos ALTER size DROP DEFAULT;\nALTER TABLE todos RENAME size TO rowkeeper_old_2;\n"
      "ALTER TABLE todos RENAME rowkeeper_new_2 TO size;");
  Add("ALTER TABLE todos DROP COLUMN rowkeeper_old_2;");
  EXPECT_THAT(Words(0), ElementsAre("5: column \"todos\".\"size\" gets another type"));
}

TEST_F(DeparturesTest, WhatIsTooLongIsNotRead) {
  Add(absl::StrCat("ALTER TABLE todos DROP COLUMN title, ADD CHECK (a IN (", std::string(70000, '1'), "));"));
  EXPECT_THAT(Words(0), IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::schema
