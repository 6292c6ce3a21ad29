#include <gmock/gmock.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "tests/pg/schema/migration_fixture.h"

/// The real dbmate on the same files and the same database. A program of its own, since it is skipped without npm.
namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;

struct Output {
  int exit_code = -1;
  std::string text;
};

Output Shell(const std::string& command) {
  Output output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer;
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) output.text.append(buffer.data(), size);
  output.exit_code = WEXITSTATUS(pclose(pipe));
  return output;
}

class DbmateTest : public MigrationTest {
 protected:
  void SetUp() override {
    MigrationTest::SetUp();
    // 3: npm is not here or has no network; anything else is a fault of the script.
    static const Output installed = Shell("tests/support/install_dbmate.sh");
    if (installed.exit_code == 3) GTEST_SKIP() << "dbmate is not available: " << installed.text;
    ASSERT_EQ(installed.exit_code, 0) << installed.text;
    program_ = std::string(absl::StripSuffix(installed.text, "\n"));
    program_ = program_.substr(program_.rfind('\n') + 1);
  }

  Output Dbmate(const std::string& arguments) {
    const std::string url = database_.url() + (absl::StrContains(database_.url(), '?') ? "&" : "?") + "sslmode=disable";
    return Shell("'" + program_ + "' --url '" + url + "' --migrations-dir '" + directory_ + "' --no-dump-schema " +
                 arguments);
  }

  std::string program_;
};

TEST_F(DbmateTest, WhatDbmateAppliesIsAppliedForUs) {
  WriteTable("20240101000000", "a");
  WriteTable("20240102000000", "b");
  Write("init_data/010_rows.sql", "INSERT INTO a VALUES (1);");
  const Output up = Dbmate("migrate");
  ASSERT_EQ(up.exit_code, 0) << up.text;
  absl::StatusOr<std::vector<MigrationState>> states = Runner().Status();
  EXPECT_EQ(Summary(states), "20240101000000 applied,20240102000000 applied");
  EXPECT_TRUE(states->at(0).by_dbmate);
  EXPECT_EQ(Summary(Runner().Up()), "");
  WriteTable("20240103000000", "c");
  EXPECT_EQ(Summary(Runner().Up()), "+20240103000000");
  EXPECT_EQ(Summary(Runner().Down(2)), "-20240103000000,-20240102000000");
}

TEST_F(DbmateTest, WhatWeApplyIsAppliedForDbmate) {
  WriteTable("20240101000000", "a");
  WriteTable("20240102000000", "b");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000,+20240102000000");
  const Output status = Dbmate("status");
  EXPECT_THAT(status.text, HasSubstr("[X] 20240101000000_a.sql"));
  EXPECT_THAT(status.text, HasSubstr("Pending: 0"));
  WriteTable("20240103000000", "c");
  const Output up = Dbmate("migrate");
  ASSERT_EQ(up.exit_code, 0) << up.text;
  EXPECT_EQ(Summary(Runner().Status()), "20240101000000 applied,20240102000000 applied,20240103000000 applied");
  const Output down = Dbmate("rollback");
  ASSERT_EQ(down.exit_code, 0) << down.text;
  EXPECT_EQ(Summary(Runner().Status()), "20240101000000 applied,20240102000000 applied,20240103000000 pending");
}

TEST_F(DbmateTest, BothRefuseTheSameFiles) {
  const std::vector<std::string> contents = {
      "-- nothing\n",
      "-- migrate:up\nSELECT 1;\n",
      "-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 1;\n",
      "SELECT 1;\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n",
      "-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n",
      "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n-- migrate:down\nSELECT 1;\n",
  };
  for (const std::string& text : contents) {
    Write("20240101000000_a.sql", text);
    EXPECT_NE(Dbmate("migrate").exit_code, 0) << text;
    EXPECT_FALSE(Runner().Up().ok()) << text;
  }
}

TEST_F(DbmateTest, BothTakeTheSameOptions) {
  Write("20240101000000_a.sql",
        "-- migrate:up transaction:false\r\nCREATE TABLE a (id int);\r\n--migrate:down transaction:false\r\nDROP TABLE "
        "a;\r\n");
  const Output up = Dbmate("migrate");
  ASSERT_EQ(up.exit_code, 0) << up.text;
  EXPECT_EQ(Summary(Runner().Down()), "-20240101000000");
  EXPECT_EQ(Summary(Runner().Up()), "+20240101000000");
  const Output down = Dbmate("rollback");
  ASSERT_EQ(down.exit_code, 0) << down.text;
  EXPECT_FALSE(HasTable("a"));
}

TEST_F(DbmateTest, OurTemplateIsOneForDbmate) {
  absl::StatusOr<std::string> path = Runner().New("first");
  ASSERT_TRUE(path.ok());
  const Output up = Dbmate("migrate");
  EXPECT_EQ(up.exit_code, 0) << up.text;
}

}  // namespace
}  // namespace rowkeeper::schema
