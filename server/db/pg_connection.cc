#include "server/db/pg_connection.h"

#include <poll.h>

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/db/failure_log.h"
#include "server/db/result_fit.h"
#include "server/db/rows_builder.h"
#include "server/db/script_error.h"
#include "server/db/statement_cost.h"
#include "server/db/statement_rewriter.h"

namespace rowkeeper::db {
namespace {

/// The protocol's limit.
constexpr size_t kMaxParams = 65535;

// A server that hangs keeps its sockets open and says nothing.
constexpr std::chrono::seconds kPingLimit{2};
constexpr std::chrono::seconds kSetupLimit{5};
constexpr std::chrono::seconds kRollbackLimit{5};
/// Of the look whether a pooler shares sessions.
constexpr std::chrono::milliseconds kProofLimit{500};
constexpr char kWhoAnswers[] = "SELECT pg_catalog.pg_backend_pid()";

std::shared_ptr<spdlog::logger> EchoLogger() {
  if (auto logger = spdlog::get("sql")) return logger;
  return spdlog::default_logger();
}

/// Text parameters go as C strings: a NUL would cut the value short without an error.
bool HoldsNul(const Param& param) { return param && param->find('\0') != std::string::npos; }

absl::Status NotItsOwnSession() {
  return PoolerUnfit(
      "another process of PostgreSQL answers this connection than before: there is a pooler in transaction mode; say "
      "--pooler transaction");
}

/// A pooler that found no session for a statement says so and closes the connection; the statement has not run.
/// PgBouncer's words: it gives all of them one SQLSTATE.
bool RefusedByPooler(const PgError& error) {
  if (error.sqlstate != "08P01" || !error.source_function.empty()) return false;
  return error.primary == "query_wait_timeout" || error.primary.find("server_login_retry") != std::string::npos;
}

}  // namespace

PgConnection::PgConnection(const std::string& conninfo, const ConnectionOptions& options)
    : session_(std::make_shared<PgSession>(conninfo)),
      watch_(session_->socket(), [this] { DeliverCancel(); }),
      answer_limit_(options.answer_limit_ms),
      prove_session_(options.prove_session),
      conninfo_(conninfo),
      setup_(options),
      told_pid_(session_->backend_pid()),
      statements_(options.prepared_statements),
      echo_(options.echo ? EchoLogger() : nullptr),
      errors_(options.errors),
      memory_(options.memory),
      counters_(options.counters != nullptr ? options.counters : std::make_shared<SessionCounters>()),
      misses_(options.misses != nullptr ? options.misses : std::make_shared<StatementMisses>()) {}

absl::Status PgConnection::SetUp(const std::string& conninfo) {
  absl::StatusOr<SessionFacts> facts = setup_.Judge(RunSetUp(setup_.Opening(told_pid_)), told_pid_);
  if (!facts.ok()) return facts.status();
  facts_ = *facts;
  facts_.any_bytes = session_->server_encoding() == "SQL_ASCII";
  if (facts_.own_session && facts_.server_pid != told_pid_) {
    if (prove_session_ && IsShared(conninfo)) return NotItsOwnSession();  // before anything is set
    if (!SessionSetup::IsFrom(RunSetUp(setup_.Always()), facts_.server_pid)) return NotItsOwnSession();
  }
  CountSession();
  return absl::OkStatus();
}

void PgConnection::CountSession() {
  if (!facts_.own_session) return counters_->behind_transaction_pooler.Add();
  (facts_.server_pid == told_pid_ ? counters_->direct : counters_->behind_session_pooler).Add();
}

Rows PgConnection::RunSetUp(const std::string& text) {
  watch_.Arm(kSetupLimit);
  Rows rows = RowsBuilder::Build(session_->Run(text));
  if (watch_.Disarm()) throw std::runtime_error("the server took too long to set the session up");
  return rows;
}

bool PgConnection::IsShared(const std::string& conninfo) {
  try {
    PgSession other(conninfo);
    SocketWatch watch(other.socket());
    watch.Arm(kProofLimit);
    other.Run("BEGIN");
    if (SessionSetup::IsFrom(RowsBuilder::Build(other.Run(kWhoAnswers)), facts_.server_pid)) return true;
    return !SessionSetup::IsFrom(RunSetUp(kWhoAnswers), facts_.server_pid);
  } catch (const std::exception&) {
    return false;  // there is no other session: no proof
  }
}

absl::StatusOr<Rows> PgConnection::Execute(const Query& query) {
  Attempt attempt;
  attempt.effect = ClassifyStatement(query.text);
  if (absl::Status refusal = Refusal(query, attempt.effect); !refusal.ok()) return refusal;
  const bool rolls_back = attempt.effect == TransactionEffect::kRollback;
  const bool commits_nothing = attempt.effect == TransactionEffect::kCommit && queue_.is_plain();
  if (queue_.begins() && (rolls_back || commits_nothing)) {
    ForgetTransaction(attempt.effect);
    return Rows();
  }
  if (rolls_back) queue_.Clear();
  attempt.ahead = ahead_.has_value();
  const Clock::time_point begin = attempt.ahead ? ahead_->began : Clock::System().Now();
  attempt.began = begin;
  running_.Begin(backend_pid(), begin);
  absl::StatusOr<Rows> rows = RunWatched(query, &attempt);
  running_.End();
  NoteCost({query, attempt.effect, attempt.sqlstate, Clock::System().Now() - begin, backend_pid(), *session_}, rows);
  if (broken_ && watch_.expired()) TerminateRunaway(query, Clock::System().Now() - begin);
  if (!broken_ && watch_.expired()) MarkBroken("its answer came too late");
  if (!broken_ && attempt.meter.cut()) MarkBroken("its answer was cut off");
  // It may arrive at any time, so nothing may run before it has ended.
  if (!broken_ && !CancelRequestEnds()) MarkBroken("a cancel request is still under way");
  if (rolls_back) LearnMissedNames();
  if (!in_transaction()) missed_names_ = nullptr;
  return rows;
}

absl::StatusOr<Rows> PgConnection::RunWatched(const Query& query, Attempt* attempt) {
  std::optional<CancelScope> own_scope;
  CancelTarget* const target = this;
  if (!attempt->ahead) own_scope.emplace(query.cancellation, target);
  if (attempt->ahead && !ahead_->scope.has_value()) own_scope.emplace(nullptr, target);
  const CancelScope& scope = own_scope.has_value() ? *own_scope : *ahead_->scope;
  const auto cause = scope.cause();
  if (cause && !attempt->ahead) return CancelledStatus(*cause, "a statement was about to run");
  if (echo_ != nullptr) echo_->info("[{}] {}", backend_pid(), query.text);
  const bool alone = transaction_.state() == TransactionTracker::State::kNone;
  if (alone && facts_.statement_limit.count() > 0) watch_.Warn(facts_.statement_limit);
  absl::StatusOr<Rows> rows = Run(query, scope, attempt);
  watch_.Disarm();
  ahead_.reset();
  return rows;
}

absl::Status PgConnection::CheckParams(const std::vector<Param>& params) {
  if (params.size() > kMaxParams) return Internal("a statement has more than 65535 parameters");
  for (const Param& param : params) {
    if (HoldsNul(param)) return Internal("a parameter holds a NUL byte");
  }
  return absl::OkStatus();
}

absl::Status PgConnection::Refusal(const Query& query, TransactionEffect effect) {
  if (broken_) return DatabaseUnavailable();
  if (ahead_.has_value() && (query.name == nullptr || query.name->str() != ahead_->name)) {
    AbandonAhead();
    return Internal("a statement was sent ahead of another one");
  }
  if (absl::Status status = CheckParams(ParamsOf(query)); !status.ok()) return status;
  if (effect == TransactionEffect::kCommit && transaction_.may_have_failed()) {
    return Internal("COMMIT of a failed transaction; roll back first");
  }
  // A write whose connection died while idle has provably not happened; once it is sent, nobody can tell.
  const bool at_stake = query.effect == Query::Effect::kWrite && !transaction_.certainly_open() && !ahead_.has_value();
  if (at_stake && !SocketLooksAlive()) {
    MarkBroken("socket closed");
    return DatabaseUnavailable();
  }
  return absl::OkStatus();
}

absl::StatusOr<Rows> PgConnection::Run(const Query& as_given, const CancelScope& scope, Attempt* attempt) {
  Rewriting rewriting{as_given, nullptr, 0};
  const Query& query = rewriting.query;
  while (true) {
    if (!attempt->ahead && !HasCurrentNames(query)) {
      if (!TakeCurrentNames(scope, &rewriting)) return QuestionFailed(query, scope, *attempt);
      if (const auto cause = scope.cause()) return CancelledStatus(*cause, "a statement was about to run");
    }
    try {
      absl::StatusOr<Rows> rows = Send(query, attempt);
      if (!rows.ok()) return rows.status();
      NoteSucceeded(attempt->effect, IsBegin(attempt->effect) ? PlainText(query, *attempt) : query.text);
      const ResultFit fit = FitOf(*rows, query.result);
      if (fit == ResultFit::kFits) {
        misses_->Forget(query.text, attempt->began);
        return rows;
      }
      if (!MayReadAgain(query, *attempt)) return Misfit(fit, query, *attempt);
    } catch (const std::exception&) {
      PgError error = session_->LastError();
      if (IsTextWithheld(error, query)) {
        if (query.effect == Query::Effect::kWrite) return Undecided();
        absl::StatusOr<Rows> rows = ReadAnyBytes(query, attempt, &error);
        if (rows.ok()) {
          const ResultFit fit = FitOf(*rows, query.result);
          return fit == ResultFit::kFits ? std::move(rows) : Misfit(fit, query, *attempt);
        }
      }
      attempt->sqlstate = error.sqlstate;
      FindCulprit(error, attempt);
      if (attempt->companion_failed) return Failed(error, query, scope, *attempt);
      const Rewritten rewritten = WriteAnew(error, &rewriting, attempt);
      if (rewritten == Rewritten::kQuestionFailed) return QuestionFailed(query, scope, *attempt);
      if (rewritten == Rewritten::kNo) {
        attempt->staleness = StalenessFor(error, *attempt);
        if (attempt->staleness == Staleness::kNone) return Failed(error, query, scope, *attempt);
        if (query.name != nullptr) NoteStale(attempt->staleness, query.name->str());
        if (attempt->repeats == kMostRepeats || !GoBack(query)) return Failed(error, query, scope, *attempt);
      }
    }
    *attempt = Attempt{attempt->effect, attempt->began, attempt->repeats + 1};
  }
}

void PgConnection::ArmFor(const Query& query) {
  watch_.Arm(query.answer_limit_ms > 0 ? std::chrono::milliseconds(query.answer_limit_ms) : answer_limit_);
}

bool PgConnection::SessionIsUnfit(const PgError& error, const Attempt& attempt) const {
  if (IsReadOnlySession(error)) return !transaction_.read_only();
  if (IsBegin(attempt.effect)) return error.sqlstate == "0A000";  // a standby refuses READ WRITE and SERIALIZABLE
  return error.sqlstate == "25P02" && session_->in_failed_transaction() &&
         transaction_.state() == TransactionTracker::State::kNone;
}

/// Inside a transaction a stale statement cannot be prepared again; running the whole unit again does it, unless that
/// has been of no use before. Alone it was prepared again several times, and what it still misses is not there.
bool PgConnection::NoteMissAndMayFit(const PgError& error, const Query& query, const Attempt& attempt) {
  const bool misses_name = query.rewriter != nullptr && MissesName(error) && !attempt.names_are_known;
  if (attempt.staleness != Staleness::kOutdated && !misses_name) return attempt.staleness != Staleness::kNone;
  if (transaction_.state() == TransactionTracker::State::kNone) return false;
  const bool misses = !attempt.by_kept_plan && StalenessOf(error, PlanAge::kNewAgain) == Staleness::kNone;
  return !misses || misses_->Note(query.text, attempt.began, Clock::System().Now()) <= kTriesOfNewPlans;
}

bool PgConnection::MayHaveWritten(const Query& query, const Attempt& attempt) const {
  if (!attempt.sent || query.effect == Query::Effect::kRead) return false;
  if (transaction_.certainly_open()) return attempt.effect == TransactionEffect::kCommit;
  return !IsBegin(attempt.effect);
}

bool PgConnection::IsUndone(const PgError& error, const Attempt& attempt) const {
  if (attempt.refused || error.ended_before) return true;
  if (broken_) return false;
  return error.ended_by_request && attempt.extended && attempt.effect == TransactionEffect::kNone;
}

absl::Status PgConnection::Failed(const PgError& error, const Query& query, const CancelScope& scope,
                                  const Attempt& attempt) {
  FailedStatement statement;
  const bool values_of_server = attempt.companion_failed || query.values == Query::Values::kOfServer;
  statement.context = values_of_server ? nullptr : query.errors;
  const auto words = errors_ == nullptr ? nullptr : errors_->Get();
  statement.words = words.get();
  statement.may_have_written = MayHaveWritten(query, attempt) && !IsUndone(error, attempt);
  statement.cancelled = scope.cause();
  if (broken_ || error.lost) {
    if (!broken_) MarkBroken(error.sqlstate);
    if (RefusedByPooler(error)) return DatabaseExhausted();
    if (statement.may_have_written) return CommitOutcomeUnknown();
    if (attempt.meter.stopped()) return Excess(query, attempt);
    const bool alone = transaction_.state() == TransactionTracker::State::kNone;
    if (alone && statement.cancelled) return CancelledStatus(*statement.cancelled, "a statement ran");
    return watch_.expired() ? AnswerOverdue() : DatabaseUnavailable();
  }
  if (SessionIsUnfit(error, attempt)) {
    MarkBroken(error.sqlstate);
    return DatabaseUnavailable();
  }
  statement.read_only_transaction = transaction_.read_only();
  transaction_.Failed(attempt.effect);
  if (attempt.meter.stopped() && error.sqlstate == "57014") return Excess(query, attempt);
  PgError declared = error;
  if (query.rewriter != nullptr) query.rewriter->ToDeclaredNames(query.errors, &declared);
  absl::Status status = StatusFromPgError(declared, statement);
  if (NoteMissAndMayFit(error, query, attempt)) {
    status = SerializationFailure();
  } else if (values_of_server && error.sqlstate.substr(0, 2) == "22") {
    status = Internal("a statement that holds no value of the request failed");
  }
  if (!VerdictOf(status).has_value()) LogFailure(error, query, status);  // its caller says what it means
  if (attempt.begin_failed) MarkBroken(error.sqlstate);  // what came now would be a transaction by itself
  return status;
}

absl::Status PgConnection::ExecuteScript(std::string_view text, int* position) {
  if (position != nullptr) *position = 0;
  if (broken_) return DatabaseUnavailable();
  if (!facts_.own_session) return PoolerUnfit("a script may change its session, and a transaction pooler shares it");
  if (echo_ != nullptr) echo_->info("[{}] script of {} bytes", backend_pid(), text.size());
  try {
    session_->Run(queue_.TakeTextWith(std::string(text)));
    transaction_.ScriptSucceeded();
    return absl::OkStatus();
  } catch (const std::exception&) {
    const PgError error = session_->LastError();
    if (error.lost) {
      MarkBroken(error.sqlstate);
      return CommitOutcomeUnknown();
    }
    transaction_.ScriptFailed();
    if (position != nullptr) *position = error.position;
    return ScriptStatus(error, StatusFromPgError(error, {}));
  }
}

bool PgConnection::SocketLooksAlive() const {
  if (broken_) return false;
  pollfd fd{session_->socket(), POLLIN | POLLRDHUP, 0};
  return fd.fd >= 0 && poll(&fd, 1, 0) == 0;
}

absl::Status PgConnection::Ping() {
  if (broken_) return DatabaseUnavailable();
  return facts_.own_session ? PingSameProcess() : RunPlain("SELECT 1", kPingLimit);
}

absl::Status PgConnection::PingSameProcess() {
  watch_.Arm(kPingLimit);
  try {
    const Rows rows = RowsBuilder::Build(session_->Run(kWhoAnswers));
    if (watch_.Disarm()) {
      MarkBroken("its answer came too late");
    } else if (!SessionSetup::IsFrom(rows, facts_.server_pid)) {
      spdlog::error("{}", std::string(NotItsOwnSession().message()));
      MarkBroken("another process answers");
    }
  } catch (const std::exception&) {
    MarkBroken(session_->LastError().sqlstate);
  }
  return broken_ ? DatabaseUnavailable() : absl::OkStatus();
}

absl::Status PgConnection::Reset() {
  if (ahead_.has_value()) AbandonAhead();
  if (broken_) return DatabaseUnavailable();
  if (queue_.begins()) ForgetTransaction(TransactionEffect::kRollback);
  if (transaction_.state() == TransactionTracker::State::kNone) return absl::OkStatus();
  queue_.Clear();
  Query rollback;
  rollback.text = "ROLLBACK";
  const Clock::time_point begin = Clock::System().Now();
  absl::Status status = RunPlain(std::string(rollback.text), kRollbackLimit);
  if (status.ok()) NoteSucceeded(TransactionEffect::kRollback, rollback.text);
  NoteCost({rollback, TransactionEffect::kRollback, "", Clock::System().Now() - begin, backend_pid(), *session_},
           status.ok() ? absl::StatusOr<Rows>(Rows()) : status);
  LearnMissedNames();
  return broken_ ? DatabaseUnavailable() : status;
}

absl::Status PgConnection::RunPlain(const std::string& text, std::chrono::milliseconds limit) {
  watch_.Arm(limit);
  try {
    session_->Run(text);
    if (!watch_.Disarm()) return absl::OkStatus();
    MarkBroken("its answer came too late");
  } catch (const std::exception&) {
    MarkBroken(session_->LastError().sqlstate);  // neither statement can fail on a session that is well
  }
  return DatabaseUnavailable();
}

void PgConnection::MarkBroken(const std::string& reason) {
  if (!broken_) counters_->lost.Add();
  broken_ = true;
  const char* const unnamed = watch_.expired() ? "no answer in time" : "connection closed";
  spdlog::warn("connection to the database lost: backend={} reason={}", backend_pid(),
               reason.empty() ? unnamed : reason);
}

}  // namespace rowkeeper::db
