#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string ItemWith(const std::string& columns) {
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
)",
                      columns, "}\n");
}

/// Texts of which one part is SQL if a file or a terminal takes it for a line, or for the end of a comment.
const std::vector<std::string>& HostileTexts() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> all;
    for (int c = 1; c < 0x20; ++c) {
      const std::string control(1, static_cast<char>(c));
      all.push_back(absl::StrCat("x", control, "; CREATE TABLE pwned(); --"));
      all.push_back(absl::StrCat("x", control, "-- migrate:down", control, "DROP TABLE items;"));
    }
    for (const char* text : {"it's; CREATE TABLE pwned(); --", "\\'; CREATE TABLE pwned(); --", "*/ $question$ \\",
                             "$$; CREATE TABLE pwned(); --", "x\r\n\\\n'';"}) {
      all.emplace_back(text);
    }
    return all;
  }();
  return texts;
}

/// Migrations as files, which are read back as the runner reads them.
class DiffText : public DiffTest {
 protected:
  DiffText() : directory_(absl::StrCat(::testing::TempDir(), "/diff_text_", getpid())) {}
  ~DiffText() override { std::filesystem::remove_all(directory_); }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(directory_)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) names.push_back(entry.path().filename());
    return names;
  }

  /// Writes the files and gives what is read from them.
  std::vector<DiffFile> ThroughFiles(const std::vector<DiffFile>& files) {
    std::filesystem::remove_all(directory_);
    const auto paths = WriteDiffFiles(directory_, files);
    EXPECT_TRUE(paths.ok()) << paths.status();
    const auto read = ReadMigrationDirectory(directory_);
    EXPECT_TRUE(read.ok()) << read.status();
    std::vector<DiffFile> result;
    if (!read.ok()) return result;
    for (const MigrationFile& file : *read) result.push_back({file.name, BodyOf(file)});
    return result;
  }

  const std::string directory_;

 private:
  static MigrationBody BodyOf(const MigrationFile& file) {
    const auto statements = [](const MigrationBlock& block) {
      std::vector<std::string> texts;
      for (const SqlStatement& statement : block.script.statements) {
        texts.emplace_back(block.script.TextOf(statement));
      }
      return texts;
    };
    const auto transaction = [](const MigrationBlock& block) {
      return block.transaction ? MigrationBody::Transaction::kOne : MigrationBody::Transaction::kNone;
    };
    return {statements(file.up), statements(file.down), transaction(file.up), transaction(file.down)};
  }
};

/// As a string of a .proto file.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const unsigned char c : text) absl::StrAppend(&quoted, "\\x", absl::Hex(c, absl::kZeroPad2));
  return quoted + "\"";
}

TEST_F(DiffText, DefaultsOfAnyTextAreSetAndTakenBack) {
  Create(ItemWith("string title = 2;"));
  const std::string before = Fingerprint();
  for (const std::string& text : HostileTexts()) {
    SCOPED_TRACE(Quoted(text));
    const std::string proto =
        ItemWith(absl::StrCat("string title = 2 [(rowkeeper.v1.column).default_value = ", Quoted(text), "];"));
    const std::vector<DiffFile> files = ThroughFiles(DiffFiles(Diff(proto), "change"));
    ASSERT_EQ(Up(files), "");
    ASSERT_EQ(database_.Value("SELECT to_regclass('pwned') IS NULL"), "t");
    database_.Run("INSERT INTO items DEFAULT VALUES");
    ASSERT_EQ(database_.Value("DELETE FROM items RETURNING title"), text);
    // Back, as another migration and as this one's down.
    ASSERT_EQ(Up(ThroughFiles(DiffFiles(Diff(ItemWith("string title = 2;")), "back"))), "");
    ASSERT_EQ(Fingerprint(), before);
    ASSERT_EQ(Up(files), "");
    ASSERT_EQ(Down(files), "");
    ASSERT_EQ(Fingerprint(), before);
  }
}

TEST_F(DiffText, NamesInTheDatabaseAreOnlyNames) {
  Create(ItemWith("string title = 2;"));
  const std::string proto = ItemWith("string title = 2; reserved 3;");
  for (const std::string& text : HostileTexts()) {
    SCOPED_TRACE(Quoted(text));
    const std::string column = absl::StrCat("\"", text, "\"");
    database_.Run(absl::StrCat("ALTER TABLE items ADD COLUMN ", column, " text; COMMENT ON COLUMN items.", column,
                               " IS 'proto:3'"));
    std::filesystem::remove_all(directory_);
    const std::vector<DiffFile> files = DiffFiles(Diff(proto), "change");
    if (!WriteDiffFiles(directory_, files).ok()) {
      // A line of the name would be one of the file.
      EXPECT_THAT(text, HasSubstr("\n-- migrate:"));
      EXPECT_THAT(Names(), IsEmpty());
      database_.Run(absl::StrCat("ALTER TABLE items DROP COLUMN ", column));
      continue;
    }
    ASSERT_EQ(Up(ThroughFiles(files)), "");
    ASSERT_EQ(database_.Value("SELECT to_regclass('pwned') IS NULL"), "t");
    ASSERT_EQ(Summary(Diff(proto)), "");
  }
}

TEST_F(DiffText, QuestionsAreOneLineEach) {
  Create(ItemWith(""));
  database_.Run("ALTER TABLE items ADD COLUMN \"n\r\n; CREATE TABLE pwned(); --\" text");
  const std::vector<DiffFile> files = ThroughFiles(DiffFiles(Diff(ItemWith("string title = 2;")), "change"));
  ASSERT_EQ(files.size(), 1u);
  EXPECT_THAT(Up(files), HasSubstr("under another name?"));
  EXPECT_THAT(files[0].body.up[0], Not(HasSubstr("\n")));
  EXPECT_EQ(database_.Value("SELECT to_regclass('pwned') IS NULL"), "t");
}

TEST_F(DiffText, AllFilesAreWrittenOrNone) {
  const std::vector<std::vector<DiffFile>> refused = {
      {{"first", {{"SELECT 1"}, {}}}, {"no/name", {{"SELECT 1"}, {}}}},
      {{"first", {{"SELECT 1"}, {}}}, {"second", {{"SELECT \"\n-- migrate:down\n\""}, {}}}},
      {{"first", {{"SELECT 1"}, {}}}, {std::string(201, 'x'), {{"SELECT 1"}, {}}}},
  };
  for (const std::vector<DiffFile>& files : refused) {
    EXPECT_FALSE(WriteDiffFiles(directory_, files).ok());
    EXPECT_THAT(Names(), IsEmpty());
  }
}

}  // namespace
}  // namespace rowkeeper::schema
