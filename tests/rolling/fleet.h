#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/bank/server_program.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::testing {

/// Servers of one catalogue (proto/rolling) over one database, as an operator has them who restarts one after the
/// other. For one thread.
class Fleet {
 public:
  /// `arguments` of `serve` beyond those that it cannot do without. Fails the running test when it does not start.
  explicit Fleet(int servers, std::vector<std::string> arguments = {});
  ~Fleet();

  bool ok() const { return ok_; }
  ScratchDatabase& database() { return database_; }
  /// What callers connect to: all servers, in their order.
  std::string target() const;
  ServerProgram& server(int number) { return *servers_[number]; }
  std::string log_file(int number) const;

  /// SIGTERM, the end of the process, a new one; returns when that is serving. INTERNAL when the exit code is not 0.
  absl::Status Restart(int number);
  /// Waits until health says SERVING.
  bool WaitUntilServing(int number) const;

 private:
  ScratchDatabase database_;
  std::string directory_;
  std::vector<std::unique_ptr<ServerProgram>> servers_;
  bool ok_ = false;
};

/// What `address` says of its health: a name of ServingStatus, or "UNREACHABLE".
std::string HealthOf(const std::string& address);

}  // namespace rowkeeper::testing
