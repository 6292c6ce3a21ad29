#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "server/schema/squash.h"
#include "tests/pg/schema/migration_fixture.h"

/// One file in the place of several, in databases that have applied all, some or none of them.
namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MigrationSquashTest : public MigrationTest {
 protected:
  /// Three files, of which the second one has no transaction and sets something, and a newer fourth one.
  void WriteFour() {
    WriteTable("20240101000000", "a");
    Write("20240102000000_index.sql",
          "-- migrate:up transaction:false\nSET search_path = nowhere, public;\nCREATE INDEX CONCURRENTLY ix_a ON a "
          "(id);\n"
          "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY ix_a;\n");
    Write(
        "20240103000000_rows.sql",
        "-- migrate:up\nCREATE TABLE b (n int);\nINSERT INTO b VALUES (1) -- no semicolon\n-- migrate:down\nDROP TABLE "
        "b;\n");
    WriteTable("20240104000000", "c");
  }
  absl::Status SquashThree() {
    const auto squash = PlanSquash(Options(), "20240103000000", "baseline");
    if (!squash.ok()) return squash.status();
    const absl::Status verified = VerifySquash(Options(), *squash);
    return verified.ok() ? WriteSquash(*squash) : verified;
  }
  int Files() const {
    int files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory_)) ++files;
    return files;
  }
};

TEST_F(MigrationSquashTest, EmptyDatabaseGetsAllOfItAndLosesItAgain) {
  WriteFour();
  ASSERT_TRUE(SquashThree().ok());
  EXPECT_EQ(Files(), 2);
  EXPECT_EQ(Summary(Runner().Up()), "+20240103000000,+20240104000000");
  EXPECT_TRUE(HasTable("a") && HasTable("ix_a") && HasTable("b") && HasTable("c"));
  EXPECT_EQ(database_.Value("SELECT count(*) FROM b"), "1");
  EXPECT_EQ(Applied(), "20240103000000,20240104000000");
  EXPECT_EQ(Summary(Runner().Down(2)), "-20240104000000,-20240103000000");
  EXPECT_FALSE(HasTable("a") || HasTable("ix_a") || HasTable("b"));
  EXPECT_EQ(Applied(), "");
}

TEST_F(MigrationSquashTest, DatabaseThatHasAppliedAllOfThemHasAppliedIt) {
  WriteFour();
  EXPECT_EQ(Summary(Runner().Up({3, ""})), "+20240101000000,+20240102000000,+20240103000000");
  ASSERT_TRUE(SquashThree().ok());
  EXPECT_EQ(Summary(Runner().Status()), "20240103000000 applied,20240104000000 pending");
  EXPECT_EQ(Summary(Runner().PlanUp()), "+20240104000000");
  EXPECT_EQ(Applied(), "20240101000000,20240102000000,20240103000000") << "looking changes nothing";
  EXPECT_EQ(Summary(Runner().Up()), "+20240104000000");
  EXPECT_EQ(Applied(), "20240103000000,20240104000000");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM b"), "1");
  EXPECT_EQ(Summary(Runner().Status()), "20240103000000 applied,20240104000000 applied");
  EXPECT_EQ(Summary(Runner().Down(2)), "-20240104000000,-20240103000000");
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(MigrationSquashTest, DatabaseThatHasAppliedSomeOfThemIsRefused) {
  WriteFour();
  EXPECT_EQ(Summary(Runner().Up({2, ""})), "+20240101000000,+20240102000000");
  ASSERT_TRUE(SquashThree().ok());
  EXPECT_THAT(Summary(Runner().Up()), AllOf(HasSubstr("_baseline.sql stands for several files, of which 20240101000000 "
                                                      "is applied and 20240103000000 is not"),
                                            HasSubstr("as they were before they were squashed")));
  EXPECT_EQ(Applied(), "20240101000000,20240102000000");
}

TEST_F(MigrationSquashTest, FileThatWasEditedAfterItWasAppliedIsFoundAsBefore) {
  WriteFour();
  EXPECT_EQ(Summary(Runner().Up({3, ""})), "+20240101000000,+20240102000000,+20240103000000");
  WriteTable("20240101000000", "other");
  Remove("20240101000000_a.sql");
  Write("20240102000000_index.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n");
  ASSERT_TRUE(SquashThree().ok());
  EXPECT_THAT(Summary(Runner().Up()), HasSubstr("is applied in the database, but has no file"));
}

TEST_F(MigrationSquashTest, SquashedFilesAreSquashedAgain) {
  WriteFour();
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000,+20240102000000,+20240103000000,+20240104000000");
  ASSERT_TRUE(SquashThree().ok());
  const auto squash = PlanSquash(Options(), "head", "");
  ASSERT_TRUE(squash.ok()) << squash.status();
  EXPECT_THAT(squash->path, HasSubstr("/20240104000000_c.sql"));
  ASSERT_TRUE(VerifySquash(Options(), *squash).ok());
  ASSERT_TRUE(WriteSquash(*squash).ok());
  EXPECT_EQ(Files(), 1);
  EXPECT_EQ(Summary(Runner().Status()), "20240104000000 applied");
  EXPECT_EQ(Summary(Runner().Up()), "");
  EXPECT_EQ(Applied(), "20240104000000");
}

TEST_F(MigrationSquashTest, WhatDoesNotMakeTheSameIsNotWritten) {
  WriteTable("20240101000000", "a");
  // In a session of its own it finds no setting; behind others it does.
  Write("20240102000000_setting.sql",
        "-- migrate:up transaction:false\nSELECT set_config('my.word', 'left', false);\n-- migrate:down\nSELECT 1;\n");
  Write(
      "20240103000000_depends.sql",
      "-- migrate:up\nDO $$ BEGIN IF current_setting('my.word', true) = 'left' THEN CREATE TABLE unwanted (n int); END "
      "IF; END $$;\n-- migrate:down\nSELECT 1;\n");
  const auto squash = PlanSquash(Options(), "head", "");
  ASSERT_TRUE(squash.ok()) << squash.status();
  EXPECT_THAT(std::string(VerifySquash(Options(), *squash).message()),
              AllOf(HasSubstr("is not written"), HasSubstr("left over: "), HasSubstr("unwanted")));
  EXPECT_EQ(Files(), 3);
}

TEST_F(MigrationSquashTest, OneFileIsNoneToSquash) {
  WriteTable("20240101000000", "a");
  EXPECT_THAT(std::string(PlanSquash(Options(), "head", "").status().message()),
              HasSubstr("there are no two migrations"));
  EXPECT_THAT(std::string(PlanSquash(Options(), "20990101000000", "").status().message()),
              HasSubstr("no migration in "));
}

TEST_F(MigrationSquashTest, SettingsOfOneFileDoNotReachTheNext) {
  WriteFour();
  const auto squash = PlanSquash(Options(), "20240103000000", "");
  ASSERT_TRUE(squash.ok()) << squash.status();
  EXPECT_THAT(squash->text, HasSubstr("RESET search_path;\n"));
  EXPECT_THAT(squash->text, Not(HasSubstr("no semicolon")));
}

}  // namespace
}  // namespace rowkeeper::schema
