// The statements of PgConnection: what they are sent as, what is prepared for them, and when they are tried again.

#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/verdict.h"
#include "server/db/error_origin.h"
#include "server/db/failure_log.h"
#include "server/db/pg_connection.h"
#include "server/db/result_fit.h"
#include "server/db/rows_builder.h"
#include "server/observe/call_context.h"

namespace rowkeeper::db {
namespace {

/// Of a write that has succeeded.
bool HasDropped(const AnswerMeter& meter) { return meter.drops() && meter.excess() != AnswerMeter::Excess::kNone; }

absl::Status OtherTypes() {
  return SchemaMismatch("a column has another type", "run `rowkeeper check` to see what changed");
}

}  // namespace

const std::vector<Param>& PgConnection::ParamsOf(const Query& query) {
  static const auto* const kNoParams = new std::vector<Param>;
  return query.params == nullptr ? *kNoParams : *query.params;
}

/// A read by a kept plan may find the columns that it needs by a new one.
bool PgConnection::MayReadAgain(const Query& query, const Attempt& attempt) {
  if (query.effect != Query::Effect::kRead || !attempt.by_kept_plan) return false;
  NoteStale(Staleness::kOutdated, query.name->str());
  return attempt.repeats < kMostRepeats && transaction_.state() == TransactionTracker::State::kNone;
}

/// Of a statement that was executed, and whose rows nobody can read.
absl::Status PgConnection::Misfit(ResultFit fit, const Query& query, const Attempt& attempt) {
  const bool wrote = MayHaveWritten(query, attempt);
  transaction_.Failed(attempt.effect);  // nothing of it is committed
  spdlog::warn("statement {} returned {} columns that it did not promise", NameInLog(query),
               fit == ResultFit::kOtherTypes ? "with types" : "a number of");
  const bool of_another = fit != ResultFit::kOtherTypes;
  if (of_another) MarkBroken("a result of another statement");
  const absl::Status error =
      of_another ? Internal("a result has other columns than its statement promises") : OtherTypes();
  return wrote ? ChangeWasMade(error) : error;
}

absl::StatusOr<Rows> PgConnection::Send(const Query& query, Attempt* attempt) {
  attempt->meter = AnswerMeter(MeterFor(query));
  if (attempt->ahead) return RowsBuilder::Build(ReadSentAhead(attempt), attempt->meter.TakeCharge());
  const auto stop = [this] { StopAnswer(); };
  const PgSession::Reading reading{&attempt->meter, stop};
  const bool plain = ParamsOf(query).empty() && query.name == nullptr && query.most_result_bytes == 0;
  if (plain) return SendPlain(query, reading, attempt);
  const bool named = UsesName(query, *attempt);
  if (named) {
    const bool prepared = statements_.Find(query.name->str()) == PreparedStatements::State::kPrepared;
    if (!prepared) {
      Flush(query, reading, attempt);
      if (absl::Status status = PrepareFor(query); !status.ok()) return status;
    }
    attempt->by_kept_plan = prepared || !facts_.own_session;
  }
  ArmFor(query);
  attempt->sent = true;
  attempt->extended = true;
  PgResult result = SendExtended(query, named ? &query.name->str() : nullptr, reading, attempt);
  if (HasDropped(attempt->meter)) return ChangeWasMade(ResultTooLarge(query.most_result_bytes));
  return RowsBuilder::Build(std::move(result), attempt->meter.TakeCharge());
}

AnswerMeter::Options PgConnection::MeterFor(const Query& query) const {
  AnswerMeter::Options options;
  options.memory = memory_.get();
  const observe::CallContext* const call = observe::CallScope::Current();
  options.owner = call == nullptr ? nullptr : call->memory_owner;
  using Excessive = AnswerMeter::Options::Excessive;
  if (query.effect == Query::Effect::kWrite && !transaction_.certainly_open()) {
    const bool drops = query.rows_of_write == Query::RowsOfWrite::kDrop && query.most_result_bytes > 0;
    options.excessive = drops ? Excessive::kDrop : Excessive::kRead;
  }
  if (options.excessive != Excessive::kRead) options.most_bytes = query.most_result_bytes;
  return options;
}

void PgConnection::StopAnswer() {
  counters_->stopped.Add();
  DeliverCancel();
  (void)CancelRequestEnds();  // else the socket is shut down when the statement does not end
}

absl::Status PgConnection::Excess(const Query& query, const Attempt& attempt) const {
  spdlog::info("statement {} was stopped: its rows are too large, or those of all statements are", NameInLog(query));
  if (attempt.meter.excess() == AnswerMeter::Excess::kTooLarge) return ResultTooLarge(query.most_result_bytes);
  return MemoryFull(*memory_, MemoryBudget::Use::kResults, attempt.meter.room());
}

/// Behind a transaction pooler the next session may have prepared other statements than the last one. Alone, a
/// statement that is missing there can be tried again; in a transaction that ends the transaction.
bool PgConnection::UsesName(const Query& query, const Attempt& attempt) {
  if (query.name == nullptr || facts_.own_session) return query.name != nullptr;
  if (in_transaction() || attempt.repeats == kMostRepeats) return false;
  switch (statements_.Find(query.name->str())) {
    case PreparedStatements::State::kPrepared:
      return true;
    case PreparedStatements::State::kUnknown:
      return !statements_.is_full();  // nothing is ever deallocated there
    case PreparedStatements::State::kStale:
      return false;
  }
  return false;
}

std::string PgConnection::PlainText(const Query& query, const Attempt& attempt) const {
  if (!IsBegin(attempt.effect)) return std::string(query.text);
  const std::string begin = facts_.own_session ? std::string(query.text) : setup_.ForTransaction(query.text);
  return facts_.any_bytes ? SessionSetup::ForAnyBytes(begin) : begin;
}

bool PgConnection::IsTextWithheld(const PgError& error, const Query& query) const {
  return facts_.any_bytes && error.sqlstate == "22021" && OriginOf(error) == ErrorOrigin::kStatement &&
         transaction_.state() == TransactionTracker::State::kNone && query.name != nullptr;
}

absl::StatusOr<Rows> PgConnection::ReadAnyBytes(const Query& query, Attempt* attempt, PgError* error) {
  attempt->meter = AnswerMeter(MeterFor(query));
  const auto stop = [this] { StopAnswer(); };
  try {
    ArmFor(query);
    session_->Run(SessionSetup::ForAnyBytes("BEGIN"));
    ArmFor(query);
    PgResult result = session_->RunWithParams(std::string(query.text), ParamsOf(query), {&attempt->meter, stop});
    Rows rows = RowsBuilder::Build(std::move(result), attempt->meter.TakeCharge());
    ArmFor(query);
    session_->Run("COMMIT");
    return rows;
  } catch (const std::exception&) {
    *error = session_->LastError();
    if (!error->lost) (void)RunPlain("ROLLBACK", std::chrono::seconds(5));
    return DatabaseUnavailable();  // `error` has the reason
  }
}

absl::Status PgConnection::PrepareFor(const Query& query) {
  const std::string& name = query.name->str();
  ArmFor(query);
  if (facts_.own_session) MakeRoomFor(name);
  try {
    session_->Prepare(name, query.text);
    counters_->prepared.Add();
  } catch (const std::exception&) {
    // Another client has prepared it in this session: under this name there is no other text.
    if (facts_.own_session || session_->LastError().sqlstate != "42P05") throw;
  }
  statements_.Add(name);
  return CheckBeforeItWrites(query);
}

/// Once it has been executed it is too late. PostgreSQL refuses to execute a plan whose result has changed since.
absl::Status PgConnection::CheckBeforeItWrites(const Query& query) {
  if (query.effect == Query::Effect::kRead || !query.result.has_types() || !facts_.own_session) return absl::OkStatus();
  ArmFor(query);
  if (FitOf(session_->Describe(query.name->str()), query.result) == ResultFit::kFits) return absl::OkStatus();
  NoteStale(Staleness::kOutdated, query.name->str());
  return OtherTypes();
}

void PgConnection::MakeRoomFor(const std::string& name) {
  if (statements_.has_forgotten() && transaction_.state() == TransactionTracker::State::kNone) DeallocateForgotten();
  if (statements_.Find(name) != PreparedStatements::State::kStale) return;
  statements_.Drop(name);
  session_->Unprepare(name);
}

void PgConnection::DeallocateForgotten() {
  for (const std::string& name : statements_.TakeForgotten()) {
    try {
      session_->Unprepare(name);
    } catch (const std::exception&) {
      if (session_->LastError().lost) throw;
    }
  }
}

Staleness PgConnection::StalenessFor(const PgError& error, const Attempt& attempt) const {
  if (attempt.effect != TransactionEffect::kNone) return Staleness::kNone;
  const PlanAge of_new = attempt.repeats < kTriesOfNewPlans ? PlanAge::kNew : PlanAge::kNewAgain;
  return StalenessOf(error, attempt.by_kept_plan ? PlanAge::kKept : of_new);
}

void PgConnection::NoteStale(Staleness staleness, const std::string& name) {
  if (staleness != Staleness::kNone) counters_->stale.Add();
  switch (staleness) {
    case Staleness::kNone:
      return;
    case Staleness::kGone:  // what the server does not have it cannot deallocate
      statements_.Drop(name);
      id_question_prepared_ = false;  // as a rule it has forgotten all
      return;
    case Staleness::kTaken:  // under this name there is no other text
      statements_.Add(name);
      return;
    case Staleness::kOutdated:
      statements_.MarkStale(name);
      return;
  }
}

/// Brings the session back to where the statement that failed began. Alone it is there.
bool PgConnection::GoBack(const Query& query) {
  if (transaction_.state() == TransactionTracker::State::kNone) return true;
  if (transaction_.way_back().empty()) return false;
  ArmFor(query);
  try {
    session_->Run(transaction_.way_back());
    return true;
  } catch (const std::exception&) {
    // Nobody knows now whether there is a transaction; in what follows, the caller believes that there is.
    MarkBroken(session_->LastError().sqlstate);
    return false;
  }
}

}  // namespace rowkeeper::db
