#include "server/embedded/embedded_postgres.h"

#include <gmock/gmock.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "server/db/connection.h"
#include "tests/pg/embedded/embedded_fixture.h"

namespace rowkeeper::embedded {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(EmbeddedTest, StartsWhereThereIsNothingAndServesSql) {
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_TRUE(postgres->owns());
  EXPECT_EQ(Query(*postgres, "SELECT current_database() || ' ' || current_user"), "rowkeeper rowkeeper");
  EXPECT_EQ(Query(*postgres,
                  "SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database WHERE datname "
                  "= current_database()"),
            "UTF8 C.UTF-8");
  EXPECT_EQ(Query(*postgres, "SHOW shared_buffers"), "128MB");
  EXPECT_EQ(Query(*postgres, "SHOW max_connections"), "100");
  EXPECT_EQ(Query(*postgres, "SHOW fsync"), "on");
  EXPECT_TRUE(std::filesystem::exists(data_dir_ + "/postgres.log"));
}

TEST_F(EmbeddedTest, ListensOnAPrivateUnixSocketOnly) {
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SHOW listen_addresses"), "");
  struct stat info {};
  ASSERT_EQ(stat((data_dir_ + "/socket").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  struct stat database {};
  ASSERT_EQ(stat((data_dir_ + "/postgres").c_str(), &database), 0);
  EXPECT_EQ(info.st_uid, database.st_uid);
  EXPECT_NE(database.st_uid, 0U) << "PostgreSQL must not run as root";
}

TEST_F(EmbeddedTest, StopAndStartKeepTheData) {
  HaveDatabase();
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  Query(*postgres, "CREATE TABLE kept AS SELECT 42 AS answer");
  const pid_t first = PostmasterOf(data_dir_);
  postgres->Stop();
  EXPECT_FALSE(Alive(first));
  EXPECT_FALSE(Answers(postgres->url()));
  postgres->Stop();
  postgres.reset();
  postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SELECT answer FROM kept"), "42");
}

TEST_F(EmbeddedTest, LogHoldsErrorsButNoRowValues) {
  HaveDatabase();
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  Query(*postgres, "CREATE TABLE kept (name text UNIQUE)");
  Query(*postgres, "INSERT INTO kept VALUES ('secret-4711')");
  db::ConnectionOptions options;
  options.url = postgres->url();
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = db::Connection::Open(options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  const std::vector<db::Param> params = {"secret-4711"};
  db::Query insert;
  insert.result = ResultShape::Any();
  insert.text = "INSERT INTO kept VALUES ($1)";
  insert.params = &params;
  EXPECT_FALSE((*connection)->Execute(insert).ok());
  EXPECT_FALSE((*connection)->ExecuteScript("INSERT INTO kept VALUES ('secret-4711')", nullptr).ok());
  std::string log;
  std::getline(std::ifstream(data_dir_ + "/postgres.log"), log, '\0');
  EXPECT_THAT(log, HasSubstr("kept_name_key"));
  EXPECT_THAT(log, Not(HasSubstr("secret-4711")));
}

TEST_F(EmbeddedTest, DestructorStopsPostgres) {
  HaveDatabase();
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  const pid_t postmaster = PostmasterOf(data_dir_);
  postgres.reset();
  EXPECT_FALSE(Alive(postmaster));
  EXPECT_EQ(PostmasterOf(data_dir_), 0);
}

TEST_F(EmbeddedTest, LongPathGetsAShortSocketPath) {
  data_dir_ = root_ + "/" + std::string(120, 'd') + "/data";
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  const std::string socket_directory = postgres->url().substr(postgres->url().find('=') + 1);
  EXPECT_THAT(socket_directory, Not(HasSubstr("ddddd")));
  struct stat info {};
  ASSERT_EQ(stat(socket_directory.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  postgres->Stop();
  EXPECT_FALSE(std::filesystem::exists(socket_directory));
}

TEST_F(EmbeddedTest, PathMayHoldAwkwardCharacters) {
  data_dir_ = root_ + "/it's a \"directory\", 100% ü";
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SELECT 1"), "1");
  postgres.reset();
  data_dir_ = root_ + "/it's a \"directory\" 100% ü";
  postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SELECT 1"), "1");
}

TEST_F(EmbeddedTest, OpenOrAttachStartsWhenNothingRuns) {
  absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> postgres = EmbeddedPostgres::OpenOrAttach(Options());
  ASSERT_TRUE(postgres.ok()) << postgres.status();
  EXPECT_TRUE((*postgres)->owns());
}

TEST_F(EmbeddedTest, OpenOrAttachUsesTheOneThatRunsAndLeavesItRunning) {
  HaveDatabase();
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  {
    absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> attached = EmbeddedPostgres::OpenOrAttach(Options());
    ASSERT_TRUE(attached.ok()) << attached.status();
    EXPECT_FALSE((*attached)->owns());
    EXPECT_EQ((*attached)->url(), postgres->url());
    (*attached)->Stop();
    EXPECT_EQ(Query(**attached, "SELECT 1"), "1");
  }
  EXPECT_EQ(Query(*postgres, "SELECT 1"), "1");
}

TEST(DefaultDataDirTest, FollowsTheUser) {
  if (geteuid() == 0) {
    EXPECT_EQ(DefaultDataDir(), "/var/lib/rowkeeper");
    return;
  }
  setenv("XDG_DATA_HOME", "/some/where", 1);
  EXPECT_EQ(DefaultDataDir(), "/some/where/rowkeeper");
  unsetenv("XDG_DATA_HOME");
  setenv("HOME", "/home/me", 1);
  EXPECT_EQ(DefaultDataDir(), "/home/me/.local/share/rowkeeper");
}

}  // namespace
}  // namespace rowkeeper::embedded
