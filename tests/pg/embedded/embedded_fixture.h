#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/embedded/embedded_postgres.h"

namespace rowkeeper::embedded {

/// A directory of its own that PostgreSQL's system user can reach, removed at the end.
class EmbeddedTest : public ::testing::Test {
 protected:
  EmbeddedTest();
  ~EmbeddedTest() override;

  EmbeddedOptions Options() const;
  /// Starts and fails the test when that fails.
  std::unique_ptr<EmbeddedPostgres> Start();
  /// Puts a stopped database into data_dir_: a copy, which is quicker than initdb.
  void HaveDatabase();

  std::string root_;
  std::string data_dir_;
};

/// The first cell of a statement's result; fails the test when it fails.
std::string Query(const EmbeddedPostgres& postgres, std::string_view sql);
/// True when a statement can be executed at all.
bool Answers(const std::string& url);

/// The postmaster of a data directory; 0 when there is none.
pid_t PostmasterOf(const std::string& data_dir);
bool Alive(pid_t pid);
/// Waits up to 20 s.
bool Eventually(const std::function<bool()>& condition);

/// kill -9 and reap.
void KillHard(pid_t pid);

/// Another process that owns the PostgreSQL of a data directory: the program embedded_owner.
class Owner {
 public:
  struct Options {
    std::string data_dir;
    /// Executed once PostgreSQL has started.
    std::vector<std::string> statements;
    /// The system user that it runs as. Empty: this process's.
    std::string user;
  };
  explicit Owner(const Options& options);
  ~Owner();
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  /// Waits until PostgreSQL has started and the statements are done. False when that failed.
  bool AwaitReady();
  void Stop() { kill(pid_, SIGSTOP); }
  /// kill -9 and reap.
  void Kill();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

}  // namespace rowkeeper::embedded
