#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/db/cancellation.h"
#include "server/db/commit_point.h"
#include "server/db/connection.h"
#include "server/sql/transaction_sql.h"
#include "server/uow/stats.h"

namespace rowkeeper::uow {

using db::CommitPoint;

class ResolverConnections;

/// Finds out on connections of its own what became of transactions whose COMMIT got no answer. One for the whole
/// server, so that there are never more than kConnections. Thread-safe.
class CommitResolver {
 public:
  enum class CommitState { kCommitted, kAborted, kUnknown };
  /// How many are asked about at once; the others wait for their turn.
  static constexpr int kConnections = 4;
  /// How many may be looked for in all, each on the thread of who asks; more are kUnknown at once.
  static constexpr int kLookUps = 64;

  /// `clock` outlives this object.
  CommitResolver(db::ConnectionOptions connection, std::chrono::milliseconds limit, Clock* clock);
  ~CommitResolver();
  CommitResolver(const CommitResolver&) = delete;
  CommitResolver& operator=(const CommitResolver&) = delete;

  /// Asks until PostgreSQL answers or the limit has passed; blocks. A transaction that still runs when most of the
  /// limit (and two seconds) have passed has lost its client for good: its session is ended.
  CommitState Resolve(const CommitPoint& point) const;
  /// What the caller of Commit is told then: OK, DATABASE_UNAVAILABLE or COMMIT_OUTCOME_UNKNOWN.
  absl::Status Answer(const CommitPoint& point) const;
  InDoubtStats stats() const;
  /// From now on asks once and no more, those included who ask already: the process is about to end.
  void GiveUp() { given_up_ = true; }

 private:
  CommitState ResolveOne(const CommitPoint& point) const;
  CommitState LookUp(const CommitPoint& point) const;
  absl::StatusOr<std::unique_ptr<db::Connection>> Connect(Clock::time_point until) const;

  Clock& clock_;
  const db::ConnectionOptions connection_;
  const std::unique_ptr<ResolverConnections> connections_;
  const std::chrono::milliseconds limit_;
  std::atomic<bool> given_up_{false};
  /// By CommitState.
  mutable std::array<std::atomic<uint64_t>, 3> resolved_{};
};

/// A transaction on one connection, which it does not own. One thread at a time. It does not roll back by itself: the
/// lease does.
class Transaction {
 public:
  struct Options {
    sql::TransactionMode mode;
    /// PostgreSQL ends a session that idles longer in this transaction; 0: does not.
    std::chrono::milliseconds idle_limit{0};
  };

  explicit Transaction(db::Connection* connection) : connection_(connection) {}

  /// BEGIN travels with the first statement, as Connection::Enqueue tells.
  absl::Status Begin(const Options& options, db::Cancellation* cancellation);
  /// The same, and it travels with the next statement.
  absl::Status BeginSavepoint(int number, db::Cancellation* cancellation);
  absl::Status Savepoint(int number, db::Cancellation* cancellation);
  absl::Status RollbackTo(int number, db::Cancellation* cancellation);
  absl::Status Release(int number, db::Cancellation* cancellation);
  /// A statement failed, and only RollbackTo or Rollback help.
  bool failed() const;

  enum class Wrote { kNothing, kPerhaps };
  /// OK only when PostgreSQL has committed, and a lost answer is resolved. A transaction whose id is not known yet is
  /// asked for it before COMMIT. Nothing is sent for one that nothing was executed in. Errors:
  /// DATABASE_UNAVAILABLE when the connection was lost and nothing was committed, COMMIT_OUTCOME_UNKNOWN when nobody
  /// knows, else why PostgreSQL refused; nothing is committed then. Not to be cancelled.
  absl::Status Commit(Wrote wrote, const CommitResolver& resolver);

  /// How COMMIT went.
  struct CommitResult {
    absl::Status status;
    /// Set when the answer was lost: the transaction to resolve. The connection is of no more use then.
    std::optional<CommitPoint> in_doubt;
  };
  /// Commit without its last part, which takes a while: it resolves nothing.
  CommitResult SendCommit(Wrote wrote);
  absl::Status Rollback();

 private:
  absl::Status Execute(const std::string& text, db::Cancellation* cancellation);
  absl::Status Enqueue(const std::string& text, db::Cancellation* cancellation);
  absl::StatusOr<db::Rows> ExecuteWithin(std::chrono::milliseconds limit, const std::string& text,
                                         db::Query::Effect effect, ResultShape result = {});
  /// nullopt when nothing was written.
  absl::StatusOr<std::optional<CommitPoint>> Point(Wrote wrote);

  db::Connection* const connection_;
};

}  // namespace rowkeeper::uow
