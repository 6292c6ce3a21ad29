#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/embedded/binaries.h"
#include "server/embedded/process.h"
#include "tests/pg/embedded/embedded_fixture.h"

/// Each refusal is one line that names what is wrong and says what to do.
namespace rowkeeper::embedded {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string RefusalOf(const EmbeddedOptions& options) {
  absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> postgres = EmbeddedPostgres::Start(options);
  return postgres.ok() ? "started" : std::string(postgres.status().message());
}

TEST_F(EmbeddedTest, SecondStartOnTheSameDirectoryIsRefusedNamingTheProcess) {
  HaveDatabase();
  std::unique_ptr<EmbeddedPostgres> postgres = Start();
  ASSERT_NE(postgres, nullptr);
  EXPECT_THAT(RefusalOf(Options()), AllOf(HasSubstr("in use by rowkeeper process " + std::to_string(getpid())),
                                          HasSubstr("--data-dir"), Not(HasSubstr("\n"))));
  EXPECT_EQ(Query(*postgres, "SELECT 1"), "1");
}

TEST_F(EmbeddedTest, DirectoryBelowAFileIsRefused) {
  std::ofstream(root_ + "/file") << "x";
  data_dir_ = root_ + "/file/data";
  EXPECT_THAT(
      RefusalOf(Options()),
      AllOf(HasSubstr("cannot make the data directory " + data_dir_ + ": Not a directory"), HasSubstr("--data-dir")));
}

TEST_F(EmbeddedTest, MissingProgramsAreRefusedBeforeAnythingIsMade) {
  EmbeddedOptions options = Options();
  options.binaries_dir = "/nonexistent/bin";
  EXPECT_THAT(RefusalOf(options), AllOf(HasSubstr("no PostgreSQL server programs"), HasSubstr("/nonexistent/bin"),
                                        HasSubstr("install the package postgresql")));
  EXPECT_FALSE(std::filesystem::exists(data_dir_));
}

TEST_F(EmbeddedTest, DatabaseOfAnotherMajorVersionIsRefused) {
  HaveDatabase();
  std::ofstream(data_dir_ + "/postgres/PG_VERSION") << "9\n";
  EXPECT_THAT(RefusalOf(Options()),
              AllOf(HasSubstr("made by PostgreSQL 9, but only "), HasSubstr("pg_upgrade"), HasSubstr("postgresql-9")));
}

TEST_F(EmbeddedTest, DirectoryThatHoldsSomethingElseIsRefusedAndLeftAlone) {
  std::filesystem::create_directories(data_dir_ + "/postgres");
  std::ofstream(data_dir_ + "/postgres/letter") << "dear";
  EXPECT_THAT(RefusalOf(Options()), HasSubstr("is not a PostgreSQL database"));
  EXPECT_TRUE(std::filesystem::exists(data_dir_ + "/postgres/letter"));
}

TEST_F(EmbeddedTest, ReasonFromPostgresOwnLogIsInTheMessage) {
  HaveDatabase();
  std::ofstream(data_dir_ + "/postgres/postgresql.conf", std::ios::app) << "\nno_such_setting = 7\n";
  EXPECT_THAT(RefusalOf(Options()),
              AllOf(HasSubstr("PostgreSQL did not start"), HasSubstr("FATAL"), HasSubstr(data_dir_ + "/postgres.log")));
}

TEST_F(EmbeddedTest, SocketDirectoryThatIsALinkIsRefused) {
  HaveDatabase();
  std::filesystem::remove_all(data_dir_ + "/socket");
  std::filesystem::create_directory_symlink(root_, data_dir_ + "/socket");
  EXPECT_THAT(RefusalOf(Options()), HasSubstr("is no directory"));
}

TEST_F(EmbeddedTest, PostgresStartedByHandIsRefusedNotStopped) {
  HaveDatabase();
  absl::StatusOr<std::vector<Binaries>> binaries = FindBinaries("");
  ASSERT_TRUE(binaries.ok());
  struct stat info {};
  ASSERT_EQ(stat((data_dir_ + "/postgres").c_str(), &info), 0);
  Command command;
  command.program = binaries->front().directory + "/postgres";
  command.arguments = {"-D", data_dir_ + "/postgres", "-c", "listen_addresses=", "-k", data_dir_ + "/socket"};
  command.user = *DatabaseUserFor(info.st_uid, data_dir_);
  absl::StatusOr<pid_t> pid = Spawn(command);
  ASSERT_TRUE(pid.ok()) << pid.status();
  ASSERT_TRUE(Eventually([&] { return PostmasterOf(data_dir_) == *pid; }));
  EXPECT_THAT(RefusalOf(Options()), AllOf(HasSubstr("did not start (process " + std::to_string(*pid) + ")"),
                                          HasSubstr("pg_ctl"), HasSubstr("--database-url")));
  EXPECT_TRUE(Alive(*pid));
  KillHard(*pid);
}

TEST_F(EmbeddedTest, NothingToAttachTo) {
  absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> absent = EmbeddedPostgres::Attach(Options());
  EXPECT_TRUE(absl::IsUnavailable(absent.status())) << absent.status();
  HaveDatabase();
  absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> stopped = EmbeddedPostgres::Attach(Options());
  EXPECT_TRUE(absl::IsUnavailable(stopped.status())) << stopped.status();
  EXPECT_THAT(std::string(stopped.status().message()), HasSubstr("rowkeeper serve"));
}

}  // namespace
}  // namespace rowkeeper::embedded
