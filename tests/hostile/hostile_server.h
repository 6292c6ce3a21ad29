#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/bank/server_program.h"
#include "tests/hostile/http2_client.h"
#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// Whether tests run at the sizes of ROWKEEPER_HOSTILE_FULL=1.
bool FullSize();

/// `small`, or `full` when tests run at full size.
int Sized(int small, int full);

/// `rowkeeper serve` with the planner's catalogue, as a process whose memory and descriptors can be looked at.
class HostileServer {
 public:
  /// `arguments` of `serve`, beyond those that it cannot do without. Fails the running test when it does not start.
  explicit HostileServer(std::vector<std::string> arguments = {});
  ~HostileServer();

  bool ok() const { return program_ != nullptr; }
  const std::string& address() const { return program_->address(); }
  ServerProgram& program() { return *program_; }
  /// The most memory that it ever had, MiB.
  int64_t PeakMemory() const;
  /// Whether a line of its log, which has warnings and errors, has `text` in it.
  bool HasLogged(const std::string& text) const;
  /// Waits for it.
  bool Logs(const std::string& text) const;

 private:
  std::string log_file_;
  std::unique_ptr<InProcessServer> home_;
  std::unique_ptr<ServerProgram> program_;
};

/// Callers who mean well: each calls GetById all the time, over a connection of its own that was there before the test
/// began to do harm. Not to be found counts as served.
class GoodCallers {
 public:
  GoodCallers(const std::string& address, int callers);
  ~GoodCallers() { Stop(); }
  void Stop();
  int served() const { return served_; }
  int failed() const { return failed_; }
  /// Of all calls so far, those that were served.
  double Share() const;

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> served_{0};
  std::atomic<int> failed_{0};
  std::vector<std::thread> threads_;
};

/// One call over a new connection.
bool IsServed(const std::string& address);

}  // namespace rowkeeper::testing
