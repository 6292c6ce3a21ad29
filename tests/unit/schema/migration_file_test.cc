#include "server/schema/migration_file.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr char kPath[] = "migrations/20240102030405_add_todos.sql";

MigrationFile Parse(std::string_view contents) {
  absl::StatusOr<MigrationFile> file = ParseMigrationFile(kPath, contents);
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *std::move(file) : MigrationFile();
}

std::string ProblemOf(std::string_view contents) {
  absl::StatusOr<MigrationFile> file = ParseMigrationFile(kPath, contents);
  return file.ok() ? "no problem" : std::string(file.status().message());
}

std::string At(int line, const std::string& rest) {
  return std::string(kPath) + ":" + std::to_string(line) + ": " + rest;
}

TEST(MigrationFileTest, BlocksOptionsVersionAndName) {
  const MigrationFile file =
      Parse("-- a note\n\n-- migrate:up\ncreate table t ();\n-- migrate:down transaction:false\ndrop table t;\n");
  EXPECT_EQ(file.version, "20240102030405");
  EXPECT_EQ(file.name, "add_todos");
  EXPECT_EQ(file.up.script.text, "create table t ();\n");
  EXPECT_EQ(file.up.first_line, 4);
  EXPECT_TRUE(file.up.transaction);
  EXPECT_EQ(file.down.script.text, "drop table t;\n");
  EXPECT_EQ(file.down.first_line, 6);
  EXPECT_FALSE(file.down.transaction);
}

TEST(MigrationFileTest, SpellingsThatDbmateTakes) {
  EXPECT_FALSE(Parse("--migrate:up  transaction:false  \n--\tmigrate:down\n").up.transaction);
  EXPECT_FALSE(Parse("-- migrate:up transaction:false\r\nselect 1;\r\n-- migrate:down\r\n").up.transaction);
  EXPECT_TRUE(Parse("-- migrate:up transaction:true\n-- migrate:down").up.transaction);
  // An indented one is a comment, as it is for dbmate.
  EXPECT_EQ(Parse("-- migrate:up\n  -- migrate:up\nselect 1;\n-- migrate:down\n").up.script.statements.size(), 1U);
}

TEST(MigrationFileTest, ChecksumIsOfTheUpBlockAlone) {
  const std::string checksum = Parse("-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;").checksum();
  EXPECT_EQ(checksum, Parse("-- migrate:up\nselect 1; -- one\n-- migrate:down\nselect 3;").checksum());
  EXPECT_NE(checksum, Parse("-- migrate:up\nselect 3;\n-- migrate:down\nselect 2;").checksum());
}

TEST(MigrationFileTest, ChecksumSeesTheTransactionOption) {
  const std::string checksum = Parse("-- migrate:up\nselect 1;\n-- migrate:down\n").checksum();
  EXPECT_EQ(checksum, Parse("-- migrate:up transaction:true\nselect 1;\n-- migrate:down\n").checksum());
  EXPECT_NE(checksum, Parse("-- migrate:up transaction:false\nselect 1;\n-- migrate:down\n").checksum());
  EXPECT_EQ(checksum, Parse("-- migrate:up\nselect 1;\n-- migrate:down transaction:false\n").checksum());
}

TEST(MigrationFileTest, MistakesNameFileAndLineAndWhatToWrite) {
  EXPECT_THAT(ProblemOf("-- nothing\n"), StartsWith(At(1, "there is no line \"-- migrate:up\"")));
  EXPECT_THAT(ProblemOf("-- migrate:up\nselect 1;\n"), StartsWith(At(3, "there is no line \"-- migrate:down\"")));
  EXPECT_THAT(ProblemOf("-- c\n-- migrate:down\n-- migrate:up\n"),
              StartsWith(At(2, "\"-- migrate:down\" comes before")));
  EXPECT_THAT(ProblemOf("\nselect 1;\n-- migrate:up\n-- migrate:down\n"), StartsWith(At(2, "there is text before")));
  EXPECT_THAT(ProblemOf("-- migrate:up\n-- migrate:down\n-- migrate:up\n"),
              StartsWith(At(3, "a second \"-- migrate:up\" (the first is on line 1)")));
  EXPECT_THAT(ProblemOf("-- migrate:up\n\n-- migrate:down\n-- migrate:down\n"),
              StartsWith(At(4, "a second \"-- migrate:down\" (the first is on line 3)")));
  EXPECT_THAT(ProblemOf("-- migrate:up transaction=false\n-- migrate:down\n"),
              AllOf(StartsWith(At(1, "\"transaction=false\" is no option")), HasSubstr("write transaction:false")));
  EXPECT_THAT(ProblemOf("-- migrate:up\n-- migrate:down transaction:no\n"), StartsWith(At(2, "\"transaction:no\"")));
  EXPECT_THAT(ProblemOf("-- migrate:upp\n-- migrate:down\n"), StartsWith(At(1, "\"-- migrate:upp\" is unknown")));
  EXPECT_THAT(ProblemOf("-- migrate:up\n\nselect 'open;\n-- migrate:down\n"), StartsWith(At(3, "unterminated quoted")));
  EXPECT_THAT(ProblemOf("-- migrate:up\nselect 1;\n-- migrate:down\n\nselect \"open;\n"),
              StartsWith(At(5, "unterminated")));
  EXPECT_THAT(ProblemOf("\xEF\xBB\xBF-- migrate:up\n-- migrate:down\n"), HasSubstr("byte order mark"));
}

class MigrationDirectoryTest : public ::testing::Test {
 protected:
  MigrationDirectoryTest() {
    char pattern[] = "/tmp/rk-migrations-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  ~MigrationDirectoryTest() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& name,
             const std::string& text = "-- migrate:up\nselect 1;\n-- migrate:down\nselect 1;\n") {
    std::filesystem::create_directories(std::filesystem::path(directory_ + "/" + name).parent_path());
    std::ofstream(directory_ + "/" + name) << text;
  }

  std::string directory_;
};

TEST_F(MigrationDirectoryTest, FilesAreOrderedByVersionAndOthersAreLeftOut) {
  for (const char* name : {"20240103000000_c.sql", "20240101000000_a.sql", "20240102000000.sql", "README.md",
                           "notes.sql", "init_data/010_rows.sql", "20240104000000_d.sql.bak"}) {
    Write(name);
  }
  absl::StatusOr<std::vector<MigrationFile>> files = ReadMigrationDirectory(directory_);
  ASSERT_TRUE(files.ok()) << files.status();
  std::vector<std::string> seen;
  for (const MigrationFile& file : *files) seen.push_back(file.version + " " + file.name);
  EXPECT_THAT(seen, ElementsAre("20240101000000 a", "20240102000000 ", "20240103000000 c"));
}

TEST_F(MigrationDirectoryTest, TwoFilesOfOneVersionAreRefused) {
  Write("20240101000000_a.sql");
  Write("20240101000000_b.sql");
  EXPECT_THAT(std::string(ReadMigrationDirectory(directory_).status().message()),
              AllOf(HasSubstr("20240101000000_a.sql"), HasSubstr("20240101000000_b.sql"), HasSubstr("same version")));
}

TEST_F(MigrationDirectoryTest, MissingDirectoryIsNamed) {
  const absl::Status status = ReadMigrationDirectory(directory_ + "/none").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(directory_ + "/none"));
}

TEST_F(MigrationDirectoryTest, NewWritesAReadableTemplateWithAUtcTimestamp) {
  absl::StatusOr<std::string> path = NewMigrationFile(directory_ + "/sub/migrations", "add todo-notes");
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_THAT(*path, MatchesRegex(".*/sub/migrations/20[0-9]{12}_add_todo_notes\\.sql"));
  absl::StatusOr<std::vector<MigrationFile>> files = ReadMigrationDirectory(directory_ + "/sub/migrations");
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->size(), 1U);
}

TEST_F(MigrationDirectoryTest, NewIsAlwaysTheNewest) {
  std::string last;
  Write("29990101000000_future.sql");
  for (int i = 0; i < 3; ++i) {
    absl::StatusOr<std::string> path = NewMigrationFile(directory_, "again");
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_GT(*path, last);
    EXPECT_GT(*path, directory_ + "/29990101000000_future.sql");
    last = *path;
  }
}

TEST_F(MigrationDirectoryTest, NewAtTheSameTimeGivesEachAVersionOfItsOwn) {
  constexpr int kWriters = 8;
  constexpr int kEach = 5;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(NewMigrationFile(directory_, "w" + std::to_string(writer * kEach + i)).ok());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  absl::StatusOr<std::vector<MigrationFile>> files = ReadMigrationDirectory(directory_);
  ASSERT_TRUE(files.ok()) << files.status();  // two of one version are refused
  EXPECT_EQ(files->size(), static_cast<size_t>(kWriters * kEach));
}

TEST_F(MigrationDirectoryTest, NewRefusesNamesThatAreNoFileNames) {
  for (const char* name : {"", "a/b", "../up", "naïve", "x.sql"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(NewMigrationFile(directory_, name).status())) << name;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
