#include "server/schema/lint/migration_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

/// What files do to tables that others use, by their text alone.
namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Blocks {
  std::string up, down;
};

class MigrationPlanTextTest : public ::testing::Test {
 protected:
  void Add(const Blocks& blocks, const std::string& option = "") {
    auto file =
        ParseMigrationFile(absl::StrCat(1000 + files_.size(), "_m.sql"),
                           absl::StrCat("-- migrate:up", option, "\n", blocks.up, "\n-- migrate:down\n", blocks.down));
    ASSERT_TRUE(file.ok()) << file.status();
    files_.push_back(*std::move(file));
  }

  /// Of all files but the first `applied`.
  std::vector<PlannedBlock> Up(size_t applied) const {
    std::vector<const MigrationFile*> chosen;
    for (size_t i = applied; i < files_.size(); ++i) chosen.push_back(&files_[i]);
    return PlanBlocks(files_, chosen, Direction::kUp);
  }

  /// "2: todos ACCESS EXCLUSIVE rewrites", for each statement and table.
  static std::vector<std::string> Words(const PlannedBlock& block) {
    std::vector<std::string> words;
    for (const PlannedStatement& statement : block.statements) {
      std::vector<std::string> parts;
      for (const PlannedEffect& effect : statement.effects) {
        parts.push_back(absl::StrCat(effect.table, " ", NameOf(effect.lock), effect.scans ? " scans" : "",
                                     effect.rewrites ? " rewrites" : ""));
      }
      for (const std::string& loss : statement.loses) parts.push_back(absl::StrCat("loses ", loss));
      if (!statement.unknown.empty()) parts.push_back(absl::StrCat("unknown ", statement.unknown));
      words.push_back(absl::StrCat(statement.line, ": ", absl::StrJoin(parts, ", ")));
    }
    return words;
  }

  std::vector<MigrationFile> files_;
};

TEST_F(MigrationPlanTextTest, EachStatementTellsItsLocksAndTheWorkUnderThem) {
  Add({"CREATE TABLE a (id int, t varchar(10));", "DROP TABLE a;"});
  Add(
      {"ALTER TABLE a ADD n int;\nALTER TABLE a\n  ALTER t TYPE varchar(20);\nALTER TABLE a ALTER t TYPE varchar(5);\n"
       "CREATE INDEX ON a (t);\nALTER TABLE a ADD CHECK (id > 0) NOT VALID, ADD m int DEFAULT random();\nSELECT 1;",
       "SELECT 1;"});
  EXPECT_THAT(Words(Up(1).at(0)),
              ElementsAre("2: a ACCESS EXCLUSIVE", "3: a ACCESS EXCLUSIVE", "5: a ACCESS EXCLUSIVE rewrites",
                          "6: a SHARE scans", "7: a ACCESS EXCLUSIVE rewrites"));
  EXPECT_EQ(Up(1).at(0).others, 1);
}

TEST_F(MigrationPlanTextTest, WhatTheFilesMakeThemselvesIsNobodysYet) {
  Add({"CREATE TABLE a (id int);\nCREATE INDEX ON a (id);\nALTER TABLE a ADD n int;", "DROP TABLE a;"});
  Add({"INSERT INTO a SELECT 1;\nDROP TABLE a;", "SELECT 1;"});
  for (const PlannedBlock& block : Up(0)) EXPECT_THAT(Words(block), IsEmpty());
  EXPECT_EQ(Up(0).at(0).others, 3);
  EXPECT_THAT(Words(Up(1).at(0)), ElementsAre("2: a ROW EXCLUSIVE scans", "3: a ACCESS EXCLUSIVE, loses table \"a\""));
}

TEST_F(MigrationPlanTextTest, TheWayBackTellsWhetherThereIsOneAndWhatItLoses) {
  const struct {
    Blocks blocks;
    WayBack way_back;
    std::string lost;
  } cases[] = {
      {{"ALTER TABLE a ADD n int;", "ALTER TABLE a DROP n;"}, WayBack::kLosesData, "column \"a\".\"n\""},
      {{"CREATE TABLE b ();CREATE TABLE c ();", "DROP TABLE c;\nDROP TABLE b;"},
       WayBack::kLosesData,
       "table \"c\", table \"b\""},
      {{"INSERT INTO a VALUES (1);", "TRUNCATE a;"}, WayBack::kLosesData, "all rows of \"a\""},
      {{"CREATE INDEX i ON a (id);", "DROP INDEX i;"}, WayBack::kWhole, ""},
      {{"COMMENT ON TABLE a IS 'x';", "COMMENT ON TABLE a IS NULL;"}, WayBack::kWhole, ""},
      {{"DROP TABLE a;", "-- it is gone\nSELECT 1;"}, WayBack::kNone, ""},
      {{"DROP TABLE a;", ""}, WayBack::kNone, ""},
      {{"UPDATE a SET n = 1;", "DO $$ BEGIN UPDATE a SET n = 0; END $$;"}, WayBack::kWhole, ""},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.blocks.up);
    files_.clear();
    Add(each.blocks);
    const PlannedBlock planned = Up(0).at(0);
    EXPECT_EQ(planned.way_back, each.way_back);
    EXPECT_EQ(absl::StrJoin(planned.lost_on_the_way_back, ", "), each.lost);
  }
}

TEST_F(MigrationPlanTextTest, TakingDownIsPlannedByTheDownBlocks) {
  Add({"CREATE TABLE a (id int);", "DROP TABLE a;"});
  Add({"ALTER TABLE a ADD n int;", "ALTER TABLE a DROP n;"});
  const auto blocks = PlanBlocks(files_, {&files_[1], &files_[0]}, Direction::kDown);
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].path, "1001_m.sql");
  EXPECT_THAT(Words(blocks[0]), ElementsAre("4: a ACCESS EXCLUSIVE, loses column \"a\".\"n\""));
  EXPECT_EQ(blocks[0].way_back, WayBack::kWhole);
  EXPECT_THAT(Words(blocks[1]), ElementsAre("4: a ACCESS EXCLUSIVE, loses table \"a\""));
}

TEST_F(MigrationPlanTextTest, WhatIsNotReadIsSaidToBeNotKnown) {
  Add({"DO $$ BEGIN DROP TABLE a; END $$;\nVACUUM FULL a;", "SELECT 1;"}, " transaction:false");
  EXPECT_THAT(Words(Up(0).at(0)),
              ElementsAre(HasSubstr("unknown the code of DO is not read"), "3: a ACCESS EXCLUSIVE rewrites"));
  EXPECT_FALSE(Up(0).at(0).transaction);
}

TEST_F(MigrationPlanTextTest, ALongStatementIsNotRead) {
  std::string rows = "(1)";
  while (rows.size() < 70'000) rows += ",(1)";
  Add({absl::StrCat("INSERT INTO a VALUES ", rows, ";\nDROP TABLE a;"), "SELECT 1;"});
  EXPECT_THAT(Words(Up(0).at(0)), ElementsAre("2: unknown what is longer than 64 KiB is not read",
                                              "3: a ACCESS EXCLUSIVE, loses table \"a\""));
}

TEST_F(MigrationPlanTextTest, AStatementIsShownAsOneShortLine) {
  Add({absl::StrCat("ALTER  TABLE a\n\tADD n int; -- \x1b[2J\nALTER TABLE a ADD ", std::string(60, 'x'),
                    " text DEFAULT '", std::string(300, 'y'), "';"),
       "SELECT 1;"});
  const PlannedBlock planned = Up(0).at(0);
  EXPECT_EQ(planned.statements.at(0).text, "ALTER TABLE a ADD n int");
  EXPECT_LE(planned.statements.at(1).text.size(), 100u);
  EXPECT_THAT(planned.statements.at(1).text, ::testing::EndsWith("…"));
}

}  // namespace
}  // namespace rowkeeper::schema
