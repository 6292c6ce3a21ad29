#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"

namespace rowkeeper::db {

/// A column of a statement's result as PostgreSQL describes it: the OIDs of its type and of the table that it comes
/// from, and its number there; 0: it comes from none.
struct DescribedColumn {
  std::string name;
  uint32_t type = 0;
  uint32_t table = 0;
  int number = 0;
};

/// Asks PostgreSQL what statements would give, without executing them, over a session of its own (libpqxx cannot ask).
/// Used by one thread at a time. Once broken it stays broken.
class Describer {
 public:
  /// Errors: as Connection::Open, but a connection that was refused for any reason is DATABASE_UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<Describer>> Open(const ConnectionOptions& options);
  ~Describer();
  Describer(const Describer&) = delete;
  Describer& operator=(const Describer&) = delete;

  /// The columns of what `text` returns; none when it returns no rows. FAILED_PRECONDITION with PostgreSQL's words when
  /// it refuses the statement; ABORTED with why it cannot say now: a table is locked for longer than half a second or
  /// ConnectionOptions::lock_timeout_ms, or PostgreSQL has trouble of its own; UNAVAILABLE.
  absl::StatusOr<std::vector<DescribedColumn>> Describe(const std::string& text);
  /// The session is lost.
  bool broken() const;

 private:
  struct Session;
  explicit Describer(std::unique_ptr<Session> session);
  absl::StatusOr<std::vector<DescribedColumn>> DescribeInTransaction(const std::string& text);

  const std::unique_ptr<Session> session_;
};

}  // namespace rowkeeper::db
