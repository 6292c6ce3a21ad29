#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/types.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "tests/bank/own_postgres.h"
#include "tests/pg/locks/callers.h"
#include "tests/support/eventually.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::AnyOf;
using ::testing::StartsWith;

/// A PostgreSQL of the test's own, on which the scratch databases of this test are made.
class FrozenPostgres : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = Cat(::testing::TempDir(), "frozen_", RandomHex(6));
    std::filesystem::create_directory(directory_);
    auto started = OwnPostgres::Start(directory_);
    ASSERT_TRUE(started.ok()) << started.status();
    postgres_ = *std::move(started);
    const char* const url = std::getenv(kVariable);
    shared_url_ = url == nullptr ? "" : url;
    setenv(kVariable, postgres_->url().c_str(), 1);
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"));
    ASSERT_TRUE(server_->ok());
  }

  void TearDown() override {
    server_ = nullptr;
    setenv(kVariable, shared_url_.c_str(), 1);
    postgres_ = nullptr;
    std::filesystem::remove_all(directory_);
  }

  /// The postmaster and all its children.
  std::vector<pid_t> Processes() const {
    std::ifstream file(directory_ + "/data/postmaster.pid");
    pid_t postmaster = 0;
    file >> postmaster;
    std::vector<pid_t> pids = {postmaster};
    std::ifstream children(Cat("/proc/", postmaster, "/task/", postmaster, "/children"));
    for (pid_t pid = 0; children >> pid;) pids.push_back(pid);
    return pids;
  }

  static void Signal(const std::vector<pid_t>& pids, int signal) {
    for (const pid_t pid : pids) {
      if (pid > 1) kill(pid, signal);
    }
  }

  static constexpr char kVariable[] = "ROWKEEPER_TEST_DATABASE_URL";
  std::string directory_;
  std::string shared_url_;
  std::unique_ptr<OwnPostgres> postgres_;
  std::unique_ptr<InProcessServer> server_;
};

TEST_F(FrozenPostgres, IsUnreachableUntilItGoesOnAndNeverAMisfit) {
  const std::vector<PlainRead> reads = PlainReads(server_->loaded());
  const std::vector<pid_t> pids = Processes();
  ASSERT_GT(pids.size(), 4u);
  std::vector<std::string> errors;
  Signal(pids, SIGSTOP);
  const auto end = std::chrono::steady_clock::now() + LockTime(6);
  const auto frozen = std::chrono::steady_clock::now();
  bool noticed = false;
  while (std::chrono::steady_clock::now() < end) {
    CallOptions options;
    options.timeout = std::chrono::milliseconds(500);
    const absl::Status status = server_->Call(reads[0].method, reads[0].request, options).status();
    errors.push_back(Summary(status));
    noticed = noticed || !server_->IsServing();
  }
  Signal(pids, SIGCONT);
  EXPECT_GE(end - frozen, std::chrono::seconds(5));
  EXPECT_TRUE(noticed);
  EXPECT_THAT(errors,
              ::testing::Each(AnyOf(StartsWith("DEADLINE_EXCEEDED"), StartsWith("UNAVAILABLE DATABASE_UNAVAILABLE"))));
  EXPECT_TRUE(Within(kSoon, [this] { return server_->IsServing(); }));
  EXPECT_TRUE(Within(kSoon, [&] { return server_->Call(reads[0].method, reads[0].request).ok(); }));
}

}  // namespace
}  // namespace rowkeeper::testing
