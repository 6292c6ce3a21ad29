#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "server/db/answer_reader.h"
#include "server/db/canceller.h"
#include "server/db/connection.h"
#include "server/db/pg_error.h"
#include "server/db/pg_session.h"
#include "server/db/prepared_statements.h"
#include "server/db/result_fit.h"
#include "server/db/running_statements.h"
#include "server/db/session_setup.h"
#include "server/db/socket_watch.h"
#include "server/db/sqlstate.h"
#include "server/db/stale_statement.h"
#include "server/db/statement_queue.h"
#include "server/db/transaction_tracker.h"

namespace spdlog {
class logger;
}

namespace rowkeeper::db {

class CurrentNames;

/// A Connection on libpqxx. The first sign of a loss sets broken_ for good, and nothing is sent after that.
class PgConnection final : public Connection, private CancelTarget {
 public:
  /// Throws exceptions of libpqxx and the standard library when it cannot connect.
  PgConnection(const std::string& conninfo, const ConnectionOptions& options);

  /// Makes the session fit for statements, before any other call; `conninfo` as the constructor's. Throws as well; an
  /// error is FAILED_PRECONDITION POOLER_UNFIT.
  absl::Status SetUp(const std::string& conninfo);

  absl::StatusOr<Rows> Execute(const Query& query) override;
  absl::Status Enqueue(const Query& query) override;
  std::optional<CommitPoint> commit_point() const override { return point_; }
  bool SendAhead(const Query& query) override;
  Arrival ReadAhead() override;
  int socket() const override { return session_->socket(); }
  absl::Status ExecuteScript(std::string_view text, int* position) override;
  bool broken() const override { return broken_; }
  bool in_transaction() const override { return transaction_.state() != TransactionTracker::State::kNone; }
  bool in_failed_transaction() const override { return transaction_.state() == TransactionTracker::State::kFailed; }
  int backend_pid() const override { return facts_.own_session ? facts_.server_pid : 0; }
  bool SocketLooksAlive() const override;
  absl::Status Ping() override;
  absl::Status Reset() override;

 private:
  /// How often a stale statement is tried again: while migrations run, it may be stale again. Behind a transaction
  /// pooler the last try goes without a name.
  static constexpr int kMostRepeats = 5;
  /// How often one may miss types that PostgreSQL has just looked up. A migration can change them while the statement
  /// waits for its table, but seldom again the next time.
  static constexpr int kTriesOfNewPlans = 2;

  /// A statement that was sent ahead, and that can be cancelled since.
  struct Ahead {
    Ahead(const Query& query, CancelTarget* target, Clock::time_point now);

    /// Ends with the answer: a cancel request that comes later would only be waited for.
    std::optional<CancelScope> scope;
    const std::string& name;
    const ResultShape result;
    const Clock::time_point began;
    const Query::Effect effect;
    EarlyAnswer answer;
  };

  /// One execution of a query, which may be tried again.
  struct Attempt {
    TransactionEffect effect = TransactionEffect::kNone;
    /// Of the first try.
    Clock::time_point began = {};
    /// How often it has been tried before.
    int repeats = 0;
    /// Its answer is that of the statement that was sent ahead.
    bool ahead = false;
    /// The statement itself has been sent, beyond its preparation.
    bool sent = false;
    /// As a message of the extended protocol, which carries one statement.
    bool extended = false;
    /// By a plan that an earlier call has prepared.
    bool by_kept_plan = false;
    /// Of the error that it ended with.
    Staleness staleness = Staleness::kNone;
    std::string sqlstate = {};
    AnswerMeter meter = {};
    /// A BEGIN was sent with it.
    bool with_begin = false;
    /// That BEGIN failed: there is no transaction, whatever its caller believes.
    bool begin_failed = false;
    /// It was not the statement itself that failed, but one that was sent with it.
    bool companion_failed = false;
    /// The name of that one, if it has one.
    std::string companion = {};
    /// PostgreSQL has refused to execute it, so that it has changed nothing, whatever becomes of the connection.
    bool refused = false;
    /// It misses a name, and by all that the database calls its tables and columns now, its text is as it should be.
    bool names_are_known = false;
  };

  enum class Rewritten {
    kYes,
    kNo,
    /// What tables and columns are called now could not be found out; the session's error says why.
    kQuestionFailed,
  };

  /// A query that may be written anew while it is executed.
  struct Rewriting {
    Query query;
    /// Keeps the texts in `query`; null: they are the caller's.
    std::shared_ptr<const sql::Statement> statement;
    int questions = 0;
  };

  Rows RunSetUp(const std::string& text);
  /// Proof that the pooler shares this session with others.
  bool IsShared(const std::string& conninfo);
  void DeliverCancel() override;
  bool DeliveryBlocks() const override { return true; }  // a little: it begins a thread

  static absl::Status CheckParams(const std::vector<Param>& params);
  absl::Status Refusal(const Query& query, TransactionEffect effect);
  absl::StatusOr<Rows> RunWatched(const Query& query, Attempt* attempt);
  void CountSession();
  absl::StatusOr<Rows> Run(const Query& query, const CancelScope& scope, Attempt* attempt);
  // In pg_ahead.cc:
  bool MaySendAhead(const Query& query);
  PgResult ReadSentAhead(Attempt* attempt);
  /// Nobody will read the answer to a statement that was sent ahead.
  void AbandonAhead();
  /// It is not under way, or nobody waits for it.
  void UndoSendAhead();
  // In pg_statements.cc:
  static const std::vector<Param>& ParamsOf(const Query& query);
  absl::StatusOr<Rows> Send(const Query& query, Attempt* attempt);
  AnswerMeter::Options MeterFor(const Query& query) const;
  /// Has the statement cancelled whose answer is too large.
  void StopAnswer();
  absl::Status Excess(const Query& query, const Attempt& attempt) const;
  bool MayReadAgain(const Query& query, const Attempt& attempt);
  absl::Status Misfit(ResultFit fit, const Query& query, const Attempt& attempt);
  absl::Status PrepareFor(const Query& query);
  absl::Status CheckBeforeItWrites(const Query& query);
  void DeallocateForgotten();
  bool UsesName(const Query& query, const Attempt& attempt);
  void MakeRoomFor(const std::string& name);
  /// `query`'s text as it is sent, when it has no parameters.
  std::string PlainText(const Query& query, const Attempt& attempt) const;
  Staleness StalenessFor(const PgError& error, const Attempt& attempt) const;
  void NoteStale(Staleness staleness, const std::string& name);
  bool GoBack(const Query& query);
  /// The statement ran alone, and PostgreSQL does not give a text that it would return.
  bool IsTextWithheld(const PgError& error, const Query& query) const;
  /// Executes a read in a transaction that is given any bytes. When that fails, `error` says why.
  absl::StatusOr<Rows> ReadAnyBytes(const Query& query, Attempt* attempt, PgError* error);

  // In pg_renames.cc:
  /// What `query` calls its tables and columns is what is known, and that is not in doubt.
  static bool HasCurrentNames(const Query& query);
  /// Sees to that before the query is sent. False: what they are called could not be found out.
  bool TakeCurrentNames(const CancelScope& scope, Rewriting* rewriting);
  void TakeText(std::shared_ptr<const sql::Statement> statement, Rewriting* rewriting);
  /// Has a statement written anew that misses a name, and brings the session back to where it began.
  Rewritten WriteAnew(const PgError& error, Rewriting* rewriting, Attempt* attempt);
  /// Asks what tables and columns are called now, unless another connection has asked meanwhile. False: it failed.
  bool LearnNames(CurrentNames* names);
  /// The same for names that are known, but in doubt: without a wait for others, for a moment, and outside transactions
  /// alone. Where that fails, what is known holds. False: the connection is lost.
  bool AskInDoubt(const CancelScope& scope, CurrentNames* names);
  /// What a statement is told that was not executed, because what it names could not be found out.
  absl::Status QuestionFailed(const Query& query, const CancelScope& scope, const Attempt& attempt);
  /// The same when a transaction has ended in which a statement missed a name: where it is run again it finds them.
  void LearnMissedNames();

  // In pg_together.cc:
  bool SendsTogether() const;
  /// Sends what is queued by itself, before `query`.
  void Flush(const Query& query, const PgSession::Reading& reading, Attempt* attempt);
  /// `message` between what is queued and what comes `behind`, of which the first asks for the commit point.
  PgResult SendTogether(PgSession::Message message, std::vector<PgSession::Message> behind,
                        const PgSession::Reading& reading, Attempt* attempt);
  /// `name`: null for a statement that has none, or is not to use it.
  PgResult SendExtended(const Query& query, const std::string* name, const PgSession::Reading& reading,
                        Attempt* attempt);
  absl::StatusOr<Rows> SendPlain(const Query& query, const PgSession::Reading& reading, Attempt* attempt);
  absl::StatusOr<Rows> Ended(PgResult result, TransactionEffect effect);
  /// Whether the statement is followed by the question for the id of its transaction.
  bool AsksForPoint(const Query& query, const Attempt& attempt) const;
  std::vector<PgSession::Message> PointQuestion() const;
  void NotePoint(const PgResult& answer);
  /// Finds out whether the error is that of a statement that travelled with this one.
  void FindCulprit(const PgError& error, Attempt* attempt);
  void NoteSucceeded(TransactionEffect effect, std::string_view text);
  void ForgetTransaction(TransactionEffect end);

  /// Begins the wait for an answer to `query`; each round trip has the whole limit.
  void ArmFor(const Query& query);
  absl::Status Failed(const PgError& error, const Query& query, const CancelScope& scope, const Attempt& attempt);
  /// Whether running its transaction again may do better. Counts it where it misses what may not be there at all.
  bool NoteMissAndMayFit(const PgError& error, const Query& query, const Attempt& attempt);
  /// Another session may do better: it can find the primary, or is not in a failed transaction that nobody began.
  bool SessionIsUnfit(const PgError& error, const Attempt& attempt) const;
  bool MayHaveWritten(const Query& query, const Attempt& attempt) const;
  /// The session has ended, and with it what the attempt did.
  bool IsUndone(const PgError& error, const Attempt& attempt) const;
  void MarkBroken(const std::string& reason);
  /// The statement was given up: sees to it that PostgreSQL does not go on with it, or says that it cannot.
  void TerminateRunaway(const Query& query, Clock::duration ran);
  absl::Status RunPlain(const std::string& text, std::chrono::milliseconds limit);
  /// Ping of a session of its own; also finds a transaction pooler that looked like none.
  absl::Status PingSameProcess();

  /// Waits for the cancel request that is under way, if there is one. False when it hangs.
  bool CancelRequestEnds() const;

  /// Shared with cancel requests.
  const std::shared_ptr<PgSession> session_;
  SocketWatch watch_;
  const std::chrono::milliseconds answer_limit_;
  const bool prove_session_;
  const std::string conninfo_;
  const SessionSetup setup_;
  /// What the server, or a pooler, calls this session. libpqxx forgets it with the connection.
  const int told_pid_;
  SessionFacts facts_;
  PreparedStatements statements_;
  TransactionTracker transaction_;
  StatementQueue queue_;
  /// Of the transaction that is open.
  std::optional<CommitPoint> point_;
  /// Of the server in which this session lives, when it tells its incarnation; the transaction is of no interest.
  std::optional<CommitPoint> server_point_;
  bool id_question_prepared_ = false;
  bool broken_ = false;
  RunningStatements::Place running_;
  mutable absl::Mutex cancel_mu_;
  /// The last one sent; null before.
  std::shared_ptr<absl::Notification> cancel_request_ ABSL_GUARDED_BY(cancel_mu_);
  const std::shared_ptr<spdlog::logger> echo_;
  /// May be null.
  const std::shared_ptr<const ServedErrorWords> errors_;
  /// May be null.
  const std::shared_ptr<MemoryBudget> memory_;
  /// Those of the options, or nobody's.
  const std::shared_ptr<SessionCounters> counters_;
  /// Those of the options, or its own.
  const std::shared_ptr<StatementMisses> misses_;
  std::optional<Ahead> ahead_;
  /// Of a statement of this transaction that missed one; null: none did. Who executed it may be gone.
  std::shared_ptr<CurrentNames> missed_names_;
};

}  // namespace rowkeeper::db
