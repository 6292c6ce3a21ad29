#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/bank/audit.h"
#include "tests/bank/own_postgres.h"
#include "tests/bank/server_program.h"
#include "tests/bank/teller.h"

namespace rowkeeper::bank {

/// A PostgreSQL with the bank's tables and a server over it, in a temporary directory. For one thread.
class Premises {
 public:
  /// Starts both; the program is the one that ROWKEEPER names.
  static absl::StatusOr<std::unique_ptr<Premises>> Open();

  testing::OwnPostgres& postgres() { return *postgres_; }
  testing::ServerProgram& server() { return *server_; }
  /// Holds the logs.
  const std::filesystem::path& directory() const { return directory_; }

  absl::Status OpenAccounts(const Branch& branch);
  absl::StatusOr<Accounts> ReadAccounts(const Branch& branch);
  absl::StatusOr<std::vector<Transfer>> ReadLedger(const Branch& branch);
  /// Waits until no session of PostgreSQL has a transaction open and the server holds no unit of work. Errors:
  /// DEADLINE_EXCEEDED.
  absl::Status WaitUntilIdle();

 private:
  absl::Status Migrate(const std::string& program);
  absl::Status StartServer(const std::string& program);
  bool IsIdle();

  std::filesystem::path directory_;
  std::unique_ptr<testing::OwnPostgres> postgres_;
  std::unique_ptr<testing::ServerProgram> server_;
};

}  // namespace rowkeeper::bank
