#include "tests/pg/embedded/embedded_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "server/db/connection.h"
#include "server/embedded/postmaster_file.h"
#include "tests/support/eventually.h"

namespace rowkeeper::embedded {

EmbeddedTest::EmbeddedTest() {
  char pattern[] = "/tmp/rk-embedded-XXXXXX";
  root_ = mkdtemp(pattern);
  chmod(root_.c_str(), 0711);
  data_dir_ = root_ + "/data";
}

EmbeddedTest::~EmbeddedTest() {
  std::error_code error;
  std::filesystem::remove_all(root_, error);
}

EmbeddedOptions EmbeddedTest::Options() const {
  EmbeddedOptions options;
  options.data_dir = data_dir_;
  return options;
}

std::unique_ptr<EmbeddedPostgres> EmbeddedTest::Start() {
  absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> postgres = EmbeddedPostgres::Start(Options());
  EXPECT_TRUE(postgres.ok()) << postgres.status();
  return postgres.ok() ? *std::move(postgres) : nullptr;
}

void EmbeddedTest::HaveDatabase() {
  static const std::string* const original = [this] {
    EXPECT_NE(Start(), nullptr);
    auto* path = new std::string(root_ + ".original");
    EXPECT_EQ(rename(data_dir_.c_str(), path->c_str()), 0);
    atexit([] { std::filesystem::remove_all(*original); });
    return path;
  }();
  EXPECT_EQ(std::system(("cp -a '" + *original + "' '" + data_dir_ + "'").c_str()), 0);
}

std::string Query(const EmbeddedPostgres& postgres, std::string_view sql) {
  db::ConnectionOptions options;
  options.url = postgres.url();
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  if (!connection.ok()) return "";
  db::Query query;
  query.result = ResultShape::Any();
  query.text = sql;
  absl::StatusOr<db::Rows> rows = (*connection)->Execute(query);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() && rows->size() > 0 ? std::string(rows->cell(0, 0)) : "";
}

bool Answers(const std::string& url) {
  db::ConnectionOptions options;
  options.url = url;
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = db::Connection::Open(options);
  return connection.ok() && (*connection)->Ping().ok();
}

pid_t PostmasterOf(const std::string& data_dir) {
  const std::optional<PostmasterFile> file = ReadPostmasterFile(data_dir + "/postgres");
  return file.has_value() ? file->pid : 0;
}

bool Alive(pid_t pid) { return kill(pid, 0) == 0; }

bool Eventually(const std::function<bool()>& condition) { return testing::Within(std::chrono::seconds(20), condition); }

Owner::Owner(const Options& options) {
  std::vector<std::string> words = {EMBEDDED_OWNER, options.data_dir, options.user.empty() ? "-" : options.user};
  words.insert(words.end(), options.statements.begin(), options.statements.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  output_ = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  EXPECT_EQ(posix_spawn(&pid_, EMBEDDED_OWNER, &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
}

Owner::~Owner() {
  Kill();
  close(output_);
}

bool Owner::AwaitReady() {
  char first = '\0';
  return read(output_, &first, 1) == 1;
}

void Owner::Kill() {
  if (pid_ <= 0) return;
  KillHard(pid_);
  pid_ = -1;
}

void KillHard(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

}  // namespace rowkeeper::embedded
