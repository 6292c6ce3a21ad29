#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"

namespace rowkeeper::exec {

/// What makes a call the same as another one.
struct IdempotencyKey {
  /// As the caller chose it: printable ASCII.
  std::string key;
  /// The identity whose key it is; empty for anonymous callers, who share theirs.
  std::string owner;
  /// SHA-256 of method and request, as RequestHash makes it.
  std::string request_hash;
  /// "planner.v1.TodoRepository.Create", for people who look into the table.
  std::string method;

  /// What it is stored under. The tab is in no key, so that nobody can choose another one's.
  std::string Stored() const { return owner.empty() ? key : owner + '\t' + key; }
};

/// The table of idempotency keys and their stored responses. Claim and Store belong into the transaction that
/// the write is in, so that key, response and write are there together or not at all. Stateless; thread-safe.
class IdempotencyKeys {
 public:
  struct Options {
    /// Older keys count as free, and are swept. At least 1 s.
    std::chrono::seconds age{86400};
    /// Directory of migrations, named in the advice when the table is missing; may be empty.
    std::string migrations;
  };
  /// How many keys one statement sweeps.
  static constexpr int kSweepRows = 1000;

  explicit IdempotencyKeys(Options options) : options_(std::move(options)) {}

  /// One round trip, as a rule. Takes the key, or gives the response that is stored under it. Waits for a transaction
  /// of anyone who has taken it and not committed yet, up to the session's lock timeout. Errors: INVALID_ARGUMENT
  /// IDEMPOTENCY_KEY_REUSED; FAILED_PRECONDITION IDEMPOTENCY_KEY_OTHER_RELEASE for a response whose format this release
  /// does not know; FAILED_PRECONDITION SCHEMA_MISMATCH, with what to run, when the database has no such table; those
  /// of the error table.
  absl::StatusOr<std::optional<std::string>> Claim(const IdempotencyKey& key, db::Connection& connection,
                                                   db::Cancellation* cancellation) const;
  /// The response to the call that claimed `key`. It travels with the next statement (Connection::Enqueue), which fails
  /// when the key has gone meanwhile: COMMIT, or the end of a savepoint.
  absl::Status Store(const IdempotencyKey& key, const std::string& response, db::Connection& connection,
                     db::Cancellation* cancellation) const;

  /// Frees up to kSweepRows keys that are too old, and gives how many; none where there is no table. Not in a
  /// transaction.
  absl::StatusOr<int64_t> Sweep(db::Connection& connection) const;

  /// What to do about a database that has no table of keys; `migrations` is a directory, or empty.
  static std::string Remedy(const std::string& migrations);

 private:
  struct Stored {
    bool same_request = false;
    bool too_old = false;
    /// `same_request` and `response` mean something.
    bool of_this_release = false;
    std::optional<std::string> response;
  };

  static Stored ReadStored(const db::Rows& rows);
  absl::Status Explain(const absl::Status& status) const;

  const Options options_;
};

}  // namespace rowkeeper::exec
