#pragma once

#include <string_view>

namespace rowkeeper::db {

/// What a statement does to the transaction it runs in.
enum class TransactionEffect { kNone, kBegin, kBeginReadOnly, kCommit, kRollback, kRollbackTo, kUnknown };

/// Reads the first words of one statement. SET LOCAL and the like may follow a BEGIN in the same text.
TransactionEffect ClassifyStatement(std::string_view text);
bool IsBegin(TransactionEffect effect);

/// Follows a session's explicit transaction from the statements that it runs, for libpqxx does not tell. Not
/// thread-safe.
class TransactionTracker {
 public:
  enum class State { kNone, kOpen, kFailed, kUnknown };

  State state() const { return state_; }
  /// In an explicit transaction for certain: nothing is durable before COMMIT.
  bool certainly_open() const { return state_ == State::kOpen || state_ == State::kFailed; }

  /// The explicit transaction was begun READ ONLY.
  bool read_only() const { return read_only_; }

  /// Something failed since the last statement that began or ended a transaction: COMMIT may roll back, and report
  /// success.
  bool may_have_failed() const { return failed_; }

  void Succeeded(TransactionEffect effect);
  void Failed(TransactionEffect effect);
  /// A script may have begun or ended a transaction, whichever way it ended itself.
  void ScriptSucceeded();
  void ScriptFailed();

 private:
  State state_ = State::kNone;
  bool failed_ = false;
  bool read_only_ = false;
};

}  // namespace rowkeeper::db
