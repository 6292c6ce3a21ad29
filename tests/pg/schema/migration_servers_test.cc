#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sql/servers_sql.h"
#include "tests/pg/schema/migration_fixture.h"

/// Files that take something away, and servers that are up and count on it.
namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MigrationServersTest : public MigrationTest {
 protected:
  void SetUp() override {
    MigrationTest::SetUp();
    Write("20240101000000_todos.sql",
          "-- migrate:up\nCREATE TABLE todos (id int, title text);\n-- migrate:down\nDROP TABLE todos;\n");
    Write("20240102000000_note.sql",
          "-- migrate:up\nALTER TABLE todos ADD note text;\n-- migrate:down\nALTER TABLE todos DROP COLUMN note;\n");
    Write("20240103000000_title.sql",
          "-- migrate:up\nALTER TABLE todos DROP COLUMN title;\n-- migrate:down\nALTER TABLE todos ADD title text;\n");
    database_.Run(absl::StrJoin(sql::CreateServers(), ";\n"));
    database_.Run("DELETE FROM rowkeeper_servers");
  }

  /// `declares` is JSON, one for each catalogue.
  void AddServer(const std::string& address, const std::string& declares) {
    database_.Run(
        absl::StrCat("INSERT INTO rowkeeper_servers (seen_at, id, address, release, digest, declares) VALUES ("
                     "clock_timestamp() + interval '15 s', '",  // on a slow machine, too
                     address, "', '", address, "', '1.2.3', md5('", declares, "'), '[", declares, "]')"));
  }
  void SetAge(int seconds) {
    database_.Run(
        absl::StrCat("UPDATE rowkeeper_servers SET seen_at = clock_timestamp() - interval '", seconds, " s'"));
  }

  MigratorOptions Impatient() {
    MigratorOptions options = Options();
    options.servers_timeout = std::chrono::seconds(0);
    return options;
  }
  std::string Up() { return Summary(Migrator(Impatient()).Up()); }
  /// With what the observer is told.
  MigratorOptions Told(MigratorOptions options) {
    options.observer.notice = [this](const std::string& line) { notices_.push_back(line); };
    return options;
  }

  static constexpr char kUsesTitle[] =
      R"({"queries": [], "tables": {"todos": {"title": {"default": false, "null": true, "type": "text"}}}})";
  static constexpr char kFollowsTitle[] =
      R"({"queries": [], "tables": {"todos": {"title": {"default": false, "null": true, "type": "text"}}},)"
      R"( "messages": {"a.Todo": {"table": "todos", "fields": {"3": "title"}}}})";
  static constexpr char kUsesNote[] =
      R"({"queries": [], "tables": {"todos": {"note": {"default": false, "null": true, "type": "text"}}}})";
  std::vector<std::string> notices_;
};

TEST_F(MigrationServersTest, TheServerIsNamedAndWhatComesBeforeIsDone) {
  AddServer("one:50051", kUsesNote);
  AddServer("two:50051", absl::StrCat(R"({"queries": [], "tables": {"todos": {}}}, )", kUsesTitle));
  EXPECT_THAT(Up(), AllOf(HasSubstr("20240103000000_title.sql:2: column \"todos\".\"title\" goes"),
                          HasSubstr("two:50051 (release 1.2.3)"), HasSubstr("--ignore-servers")));
  EXPECT_EQ(Applied(), "20240101000000,20240102000000");
}

TEST_F(MigrationServersTest, AServerIsWaitedForUntilItHasOtherProtos) {
  AddServer("one:50051", kUsesTitle);
  MigratorOptions options = Options();
  options.observer.notice = [&](const std::string& line) {
    notices_.push_back(line);
    database_.Run("UPDATE rowkeeper_servers SET declares = '[]'");
  };
  EXPECT_EQ(Summary(Migrator(options).Up()), "+20240101000000,+20240102000000,+20240103000000");
  EXPECT_THAT(notices_, ElementsAre(AllOf(HasSubstr("waiting: "), HasSubstr("one:50051"))));
}

TEST_F(MigrationServersTest, AServerThatWasKilledCountsForAWhile) {
  AddServer("one:50051", kUsesTitle);
  SetAge(1);
  EXPECT_THAT(Up(), HasSubstr("one:50051"));
  SetAge(21);
  EXPECT_EQ(Up(), "+20240103000000");
}

TEST_F(MigrationServersTest, AServerOfATimeToComeCountsForNoLonger) {
  AddServer("one:50051", kUsesTitle);
  SetAge(-3600);
  EXPECT_EQ(Up(), "+20240101000000,+20240102000000,+20240103000000");
}

TEST_F(MigrationServersTest, ServersThatUseTheSameAreToldTogether) {
  for (const char* address : {"one:50051", "three:50051", "two:50051"}) AddServer(address, kUsesTitle);
  EXPECT_THAT(Up(), HasSubstr("the server one:50051 (release 1.2.3) and 2 more count on it since 2"));
}

TEST_F(MigrationServersTest, ANewTableIsGivenTheTimeThatServersNeedToNoticeIt) {
  database_.Run(absl::StrJoin(sql::DropServers(), ";\n"));
  Write("20240102500000_servers.sql", absl::StrCat("-- migrate:up\n", absl::StrJoin(sql::CreateServers(), ";\n"),
                                                   ";\n-- migrate:down\nDROP TABLE rowkeeper_servers;\n"));
  ASSERT_EQ(Summary(Migrator(Impatient()).Up({1, ""})), "+20240101000000");
  EXPECT_THAT(Up(), HasSubstr("goes, and servers that are up have 20 s to say so in the new table"));
  AddServer("one:50051", kUsesTitle);
  EXPECT_THAT(Up(), HasSubstr("one:50051")) << "who is known is told first";
  SetAge(21);
  EXPECT_EQ(Up(), "+20240103000000");
}

TEST_F(MigrationServersTest, WhatOthersWroteThereDoesNothingToATerminal) {
  AddServer("one\x1b[2J\n:50051", kUsesTitle);
  EXPECT_THAT(Up(), HasSubstr("the server one [2J :50051 (release"));
  database_.Run("UPDATE rowkeeper_servers SET address = repeat('x', 1000000), declares = '3'");
  const std::string refused = Up();
  EXPECT_THAT(refused, HasSubstr(absl::StrCat(std::string(200, 'x'), " (release")));
  EXPECT_LT(refused.size(), 2000);
}

TEST_F(MigrationServersTest, ATableWithoutServersIsTold) {
  EXPECT_EQ(Summary(Migrator(Told(Impatient())).Up({2, ""})), "+20240101000000,+20240102000000");
  EXPECT_THAT(notices_, IsEmpty());
  EXPECT_EQ(Summary(Migrator(Told(Impatient())).Up()), "+20240103000000");
  EXPECT_THAT(notices_, ElementsAre(AllOf(HasSubstr("_title.sql:2: "), HasSubstr("no server says in the table"))));
}

TEST_F(MigrationServersTest, NobodyIsWaitedForInANewDatabase) {
  database_.Run(absl::StrJoin(sql::DropServers(), ";\n"));
  Write("20240100000000_servers.sql", absl::StrCat("-- migrate:up\n", absl::StrJoin(sql::CreateServers(), ";\n"),
                                                   ";\n-- migrate:down\nDROP TABLE rowkeeper_servers;\n"));
  EXPECT_EQ(Up(), "+20240100000000,+20240101000000,+20240102000000,+20240103000000");
}

TEST_F(MigrationServersTest, ADryRunSaysWhomItWouldWaitFor) {
  ASSERT_EQ(Summary(Migrator(Impatient()).Up({2, ""})), "+20240101000000,+20240102000000");
  AddServer("one:50051", kUsesTitle);
  EXPECT_TRUE(Migrator(Told(Options())).PlanUp().ok());
  EXPECT_THAT(notices_, ElementsAre(AllOf(HasSubstr("would wait: "), HasSubstr("_title.sql:2: "),
                                          HasSubstr("the server one:50051"))));
}

TEST_F(MigrationServersTest, ServersThatFollowARenameAreWaitedForWhenItGoes) {
  Write("20240103000000_title.sql",
        "-- migrate:up\nALTER TABLE todos RENAME title TO headline;\nALTER TABLE todos RENAME TO tasks;\n"
        "-- migrate:down\nALTER TABLE tasks RENAME TO todos;\nALTER TABLE todos RENAME headline TO title;\n");
  Write("20240104000000_new_title.sql",
        "-- migrate:up\nALTER TABLE tasks ADD title text;\n-- migrate:down\nALTER TABLE tasks DROP title;\n");
  Write("20240105000000_headline.sql",
        "-- migrate:up\nALTER TABLE tasks DROP COLUMN headline;\n-- migrate:down\nALTER TABLE tasks ADD headline "
        "text;\n");
  ASSERT_EQ(Summary(Migrator(Impatient()).Up({2, ""})), "+20240101000000,+20240102000000");
  AddServer("one:50051", kFollowsTitle);
  EXPECT_THAT(Up(), HasSubstr("_title.sql:2: column \"todos\".\"title\" is renamed, and the server one:50051"));
  database_.Run(
      "CREATE SCHEMA copies; CREATE TABLE copies.todos (id int); COMMENT ON TABLE copies.todos IS 'proto:a.Todo';"
      "COMMENT ON TABLE todos IS 'proto:a.Todo'; COMMENT ON COLUMN todos.title IS 'proto:3, in words'");
  EXPECT_THAT(Up(), HasSubstr("_new_title.sql:2: the name of column \"tasks\".\"title\" is given to another, and"));
  EXPECT_EQ(Applied(), "20240101000000,20240102000000,20240103000000");
  Write("20240104000000_new_title.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n");
  EXPECT_THAT(Up(), HasSubstr("_headline.sql:2: column \"tasks\".\"headline\" goes, and the server one:50051"));
  EXPECT_EQ(Summary(Migrator(Impatient()).Down(1)), "-20240104000000");
  EXPECT_EQ(Summary(Migrator(Impatient()).Down(1)), "-20240103000000") << "the way back renames, too";
}

TEST_F(MigrationServersTest, ServersCanBeIgnored) {
  AddServer("one:50051", kUsesTitle);
  MigratorOptions options = Impatient();
  options.servers = MigratorOptions::Servers::kIgnore;
  EXPECT_EQ(Summary(Migrator(options).Up()), "+20240101000000,+20240102000000,+20240103000000");
}

TEST_F(MigrationServersTest, WithoutTheTableNobodyIsWaitedFor) {
  database_.Run(absl::StrJoin(sql::DropServers(), ";\n"));
  ASSERT_EQ(Summary(Migrator(Told(Impatient())).Up({2, ""})), "+20240101000000,+20240102000000");
  EXPECT_THAT(notices_, IsEmpty()) << "nothing was taken away";
  const auto told = ElementsAre(AllOf(HasSubstr("_title.sql:2: column \"todos\".\"title\" goes"),
                                      HasSubstr("no server is waited for"), HasSubstr("--servers")));
  EXPECT_TRUE(Migrator(Told(Options())).PlanUp().ok());
  EXPECT_THAT(notices_, told);
  notices_.clear();
  EXPECT_EQ(Summary(Migrator(Told(Impatient())).Up()), "+20240103000000");
  EXPECT_THAT(notices_, told);
}

TEST_F(MigrationServersTest, TheWayBackTakesAwayToo) {
  ASSERT_EQ(Summary(Migrator(Impatient()).Up({2, ""})), "+20240101000000,+20240102000000");
  AddServer("one:50051", kUsesNote);
  EXPECT_THAT(Summary(Migrator(Impatient()).Down(1)), HasSubstr("column \"todos\".\"note\" goes"));
  EXPECT_EQ(Applied(), "20240101000000,20240102000000");
}

}  // namespace
}  // namespace rowkeeper::schema
