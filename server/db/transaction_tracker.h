#pragma once

#include <string>
#include <string_view>

namespace rowkeeper::db {

/// What a statement does to the transaction it runs in.
enum class TransactionEffect { kNone, kBegin, kBeginReadOnly, kSavepoint, kCommit, kRollback, kRollbackTo, kUnknown };

/// Reads the first words of one statement, behind its comments. SET LOCAL and the like may follow a BEGIN in the same
/// text.
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

  /// What brings the session back to where it is now after the next statement has failed: that is the first one of its
  /// transaction, or behind its savepoint. Empty: nothing does, or there is no transaction. Several statements in one
  /// text, to be run without parameters.
  const std::string& way_back() const { return way_back_; }

  /// Behind way_back(), or alone, the next statement sees what was committed until then, and not what an earlier one
  /// of its transaction saw. False where nothing leads back, or the isolation is not known for READ COMMITTED.
  bool next_has_new_snapshot() const;

  /// Nothing has run in the transaction but what begins it and sets savepoints: the next statement is the first to have
  /// a snapshot, at any isolation.
  bool has_no_snapshot() const { return state_ == State::kOpen && no_snapshot_; }

  /// `text`: what was executed.
  void Succeeded(TransactionEffect effect, std::string_view text);
  void Failed(TransactionEffect effect);
  /// A script may have begun or ended a transaction, whichever way it ended itself.
  void ScriptSucceeded();
  void ScriptFailed();

 private:
  void NoteState(TransactionEffect effect);
  void NoteWayBack(TransactionEffect effect, std::string_view text);

  State state_ = State::kNone;
  bool failed_ = false;
  bool read_only_ = false;
  bool read_committed_ = false;
  bool no_snapshot_ = false;
  std::string way_back_;
  bool way_back_begins_ = false;
};

}  // namespace rowkeeper::db
