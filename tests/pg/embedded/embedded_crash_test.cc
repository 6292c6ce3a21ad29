#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "tests/pg/embedded/embedded_fixture.h"

/// Sudden ends, of the server and of PostgreSQL.
namespace rowkeeper::embedded {
namespace {

bool HasTemporaries(const std::string& data_dir) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(data_dir, error)) {
    if (absl::StartsWith(entry.path().filename().string(), "postgres.new-")) return true;
  }
  return false;
}

TEST_F(EmbeddedTest, PostgresEndsWhenItsOwnerIsKilled) {
  HaveDatabase();
  Owner owner({data_dir_, {}, ""});
  ASSERT_TRUE(owner.AwaitReady());
  const pid_t postmaster = PostmasterOf(data_dir_);
  ASSERT_GT(postmaster, 0);
  ASSERT_TRUE(Alive(postmaster));
  owner.Kill();
  EXPECT_TRUE(Eventually([&] { return !Alive(postmaster); }));
}

TEST_F(EmbeddedTest, StartsAgainAtOnceAfterItsOwnerWasKilledAndKeepsWhatWasCommitted) {
  HaveDatabase();
  for (int round = 1; round <= 3; ++round) {
    Owner owner({data_dir_, {"CREATE TABLE IF NOT EXISTS kept (n int)", "INSERT INTO kept VALUES (1)"}, ""});
    ASSERT_TRUE(owner.AwaitReady()) << "round " << round;
    owner.Kill();
  }
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SELECT count(*) FROM kept"), "3");
}

TEST_F(EmbeddedTest, KilledPostmasterIsStartedAgainWithItsData) {
  HaveDatabase();
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  Query(*postgres, "CREATE TABLE kept AS SELECT 7 AS n");
  const pid_t first = PostmasterOf(data_dir_);
  ASSERT_EQ(kill(first, SIGKILL), 0);
  ASSERT_TRUE(Eventually([&] { return PostmasterOf(data_dir_) != first && Answers(postgres->url()); }));
  EXPECT_EQ(Query(*postgres, "SELECT n FROM kept"), "7");
  const pid_t second = PostmasterOf(data_dir_);
  postgres.reset();
  EXPECT_FALSE(Alive(second));
}

TEST_F(EmbeddedTest, StartsAfterOwnerAndPostmasterWereKilledTogether) {
  HaveDatabase();
  Owner owner({data_dir_, {"CREATE TABLE kept AS SELECT 8 AS n"}, ""});
  ASSERT_TRUE(owner.AwaitReady());
  const pid_t postmaster = PostmasterOf(data_dir_);
  owner.Stop();
  kill(postmaster, SIGKILL);
  owner.Kill();
  ASSERT_EQ(PostmasterOf(data_dir_), postmaster) << "the stale postmaster.pid is the point of this test";
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SELECT n FROM kept"), "8");
}

TEST_F(EmbeddedTest, PidFileThatNamesAnUnrelatedProcessDoesNotStopTheStart) {
  HaveDatabase();
  std::ofstream(data_dir_ + "/postgres/postmaster.pid") << getpid() << "\n"
                                                        << data_dir_ << "/postgres\n1700000000\n5432\n"
                                                        << data_dir_ << "/socket\n\n  1 1\nready   \n";
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SELECT 1"), "1");
}

TEST_F(EmbeddedTest, KillInTheMiddleOfInitdbLeavesNothingInTheWay) {
  Owner owner({data_dir_, {}, ""});
  ASSERT_TRUE(Eventually([this] { return HasTemporaries(data_dir_); }));
  usleep(150000);  // initdb takes longer, and does not tell how far it is
  owner.Kill();
  EXPECT_FALSE(std::filesystem::exists(data_dir_ + "/postgres")) << "initdb was over before the kill";
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_EQ(Query(*postgres, "SELECT 1"), "1");
  EXPECT_FALSE(HasTemporaries(data_dir_));
}

}  // namespace
}  // namespace rowkeeper::embedded
