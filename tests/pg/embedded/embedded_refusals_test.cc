#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/// Runs PostgreSQL on `data_dir` as an administrator would, in directory /, with `argument` behind -D.
pid_t StartByHand(const std::string& data_dir, const std::string& argument) {
  absl::StatusOr<std::vector<Binaries>> binaries = FindBinaries("");
  struct stat info {};
  EXPECT_EQ(stat((data_dir + "/postgres").c_str(), &info), 0);
  Command command;
  command.program = binaries->front().directory + "/postgres";
  command.arguments = {"-D", argument, "-c", "listen_addresses=", "-k", data_dir + "/socket"};
  command.user = *DatabaseUserFor(info.st_uid, data_dir);
  absl::StatusOr<pid_t> pid = Spawn(command);
  EXPECT_TRUE(pid.ok()) << pid.status();
  EXPECT_TRUE(Eventually([&] { return PostmasterOf(data_dir) == *pid; }));
  return *pid;
}

TEST_F(EmbeddedTest, PostgresStartedByHandIsRefusedNotStopped) {
  HaveDatabase();
  const std::string absolute = data_dir_ + "/postgres";
  for (const std::string& argument : {absolute, absolute.substr(1), "./" + absolute.substr(1)}) {
    const pid_t pid = StartByHand(data_dir_, argument);
    EXPECT_THAT(RefusalOf(Options()), AllOf(HasSubstr("did not start (process " + std::to_string(pid) + ")"),
                                            HasSubstr("pg_ctl"), HasSubstr("--database-url")))
        << argument;
    EXPECT_TRUE(Alive(pid));
    EXPECT_EQ(PostmasterOf(data_dir_), pid) << "its postmaster.pid must stay";
    kill(pid, SIGINT);
    waitpid(pid, nullptr, 0);
  }
}

TEST_F(EmbeddedTest, PidFileThatNamesThePostgresOfAnotherDirectoryStopsTheStartOnlyWhenItsStartTimeFits) {
  HaveDatabase();
  const std::string elsewhere = root_ + "/elsewhere";
  std::filesystem::rename(data_dir_, elsewhere);
  HaveDatabase();
  const pid_t pid = StartByHand(elsewhere, elsewhere + "/postgres");
  const auto write_file = [&](const std::string& start_time) {
    std::ofstream(data_dir_ + "/postgres/postmaster.pid") << pid << "\n" << data_dir_ << "/postgres\n" << start_time;
  };
  write_file(std::to_string(time(nullptr)) + "\n");
  EXPECT_THAT(RefusalOf(Options()), HasSubstr("did not start (process " + std::to_string(pid) + ")"));
  EXPECT_EQ(PostmasterOf(data_dir_), pid);
  write_file("1700000000\n");
  EXPECT_EQ(RefusalOf(Options()), "started");
  EXPECT_TRUE(Alive(pid));
  KillHard(pid);
}

TEST_F(EmbeddedTest, SettingsAreNotWrittenThroughALink) {
  absl::StatusOr<std::vector<Binaries>> binaries = FindBinaries("");
  ASSERT_TRUE(binaries.ok());
  const std::string& real = binaries->front().directory;
  const std::string victim = root_ + "/victim";
  std::ofstream(victim) << "precious";
  EmbeddedOptions options = Options();
  options.binaries_dir = root_ + "/bin";
  std::filesystem::create_directory(options.binaries_dir);
  std::filesystem::create_symlink(real + "/postgres", options.binaries_dir + "/postgres");
  std::ofstream(options.binaries_dir + "/initdb")
      << "#!/bin/sh\n'" << real << "/initdb' \"$@\" && ln -sf '" << victim << "' \"$2/postgresql.conf\"\n";
  ASSERT_EQ(chmod((options.binaries_dir + "/initdb").c_str(), 0755), 0);
  EXPECT_THAT(RefusalOf(options), HasSubstr("postgresql.conf"));
  std::string text;
  std::getline(std::ifstream(victim), text, '\0');
  EXPECT_EQ(text, "precious");
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
