// The statements of PgConnection that travel together: what is queued goes with the next one, and behind the first
// write of a transaction the question what PostgreSQL knows of that transaction.

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "server/base/errors.h"
#include "server/db/pg_connection.h"
#include "server/db/rows_builder.h"
#include "server/db/statement_cost.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::db {
namespace {

using Message = PgSession::Message;
using State = TransactionTracker::State;

/// Of the question for a transaction's id, in each session.
const std::string& IdQuestionName() {
  static const auto* const name = new std::string("rowkeeper_transaction_id");
  return *name;
}

bool MayWait(TransactionEffect effect, State state) {
  if (IsBegin(effect)) return state == State::kNone;
  return state == State::kOpen && (effect == TransactionEffect::kNone || effect == TransactionEffect::kSavepoint);
}

}  // namespace

bool PgConnection::SendsTogether() const {
  // A pooler may not know pipeline mode. Any bytes need a BEGIN that says so.
  return facts_.own_session && facts_.server_pid == told_pid_ && !facts_.any_bytes;
}

absl::Status PgConnection::Enqueue(const Query& query) {
  const TransactionEffect effect = ClassifyStatement(query.text);
  const bool prepared =
      query.name == nullptr || statements_.Find(query.name->str()) == PreparedStatements::State::kPrepared;
  if (!SendsTogether() || !prepared || !MayWait(effect, transaction_.state())) return Execute(query).status();
  if (absl::Status refusal = Refusal(query, effect); !refusal.ok()) return refusal;
  if (echo_ != nullptr) echo_->info("[{}] {}", backend_pid(), query.text);
  queue_.Add(query);
  NoteSucceeded(effect, query.text);
  NoteQueued(effect);
  return absl::OkStatus();
}

void PgConnection::NoteSucceeded(TransactionEffect effect, std::string_view text) {
  transaction_.Succeeded(effect, text);
  if (IsBegin(effect) || transaction_.state() == State::kNone) point_.reset();
}

/// Nothing has been sent of the transaction, so that it ends without a word.
void PgConnection::ForgetTransaction(TransactionEffect end) {
  queue_.Clear();
  NoteSucceeded(end, "");
}

void PgConnection::Flush(const Query& query, const PgSession::Reading& reading, Attempt* attempt) {
  if (queue_.empty()) return;
  ArmFor(query);
  attempt->companion_failed = true;  // unless all is well
  if (queue_.is_plain()) {
    attempt->with_begin = queue_.begins();
    session_->Run(queue_.TakeTextWith(""));
  } else {
    const std::vector<StatementQueue::Entry> queued = queue_.Take();
    std::vector<PgResult> results;
    session_->RunTogether(StatementQueue::ToMessages(queued), reading, &results);
  }
  attempt->companion_failed = false;
  attempt->with_begin = false;
}

absl::StatusOr<Rows> PgConnection::SendPlain(const Query& query, const PgSession::Reading& reading, Attempt* attempt) {
  std::string text = PlainText(query, *attempt);
  const bool one_statement = text.find(';') == std::string::npos;
  if (!queue_.empty() && !queue_.is_plain() && !one_statement) Flush(query, reading, attempt);
  ArmFor(query);
  attempt->sent = true;
  attempt->extended = !queue_.is_plain();
  if (attempt->extended) {
    PgResult result = SendTogether({Message::Kind::kExecute, nullptr, std::move(text), nullptr}, {}, reading, attempt);
    return Ended(std::move(result), attempt->effect);
  }
  attempt->with_begin = queue_.begins();
  text = queue_.TakeTextWith(text);
  if (attempt->effect == TransactionEffect::kCommit) return Ended(session_->RunSimple(text, reading), attempt->effect);
  return RowsBuilder::Build(session_->Run(text));
}

/// To COMMIT of a transaction that has failed PostgreSQL says ROLLBACK, and that is no error to it.
absl::StatusOr<Rows> PgConnection::Ended(PgResult result, TransactionEffect effect) {
  if (effect == TransactionEffect::kCommit && std::strcmp(PQcmdStatus(result.get()), "ROLLBACK") == 0) {
    NoteSucceeded(TransactionEffect::kRollback, "");
    return Internal("PostgreSQL rolled back a transaction that was to be committed");
  }
  return RowsBuilder::Build(std::move(result));
}

PgResult PgConnection::SendExtended(const Query& query, const std::string* name, const PgSession::Reading& reading,
                                    Attempt* attempt) {
  const std::vector<Param>& params = ParamsOf(query);
  std::vector<Message> behind;
  if (AsksForPoint(query, *attempt)) behind = PointQuestion();
  if (queue_.empty() && behind.empty()) {
    if (name != nullptr) return session_->RunPrepared(*name, params, reading);
    return session_->RunWithParams(std::string(query.text), params, reading);
  }
  Message message{Message::Kind::kExecute, name, {}, &params};
  if (name == nullptr) message.text = std::string(query.text);
  return SendTogether(std::move(message), std::move(behind), reading, attempt);
}

PgResult PgConnection::SendTogether(Message message, std::vector<Message> behind, const PgSession::Reading& reading,
                                    Attempt* attempt) {
  attempt->with_begin = queue_.begins();
  const std::vector<StatementQueue::Entry> queued = queue_.Take();
  std::vector<Message> messages = StatementQueue::ToMessages(queued);
  const size_t place = messages.size();
  messages.push_back(std::move(message));
  for (Message& question : behind) messages.push_back(std::move(question));
  std::vector<PgResult> results;
  try {
    session_->RunTogether(messages, reading, &results);
  } catch (const std::exception&) {
    attempt->companion_failed = results.size() != place;
    const Message& failed = messages[std::min(results.size(), messages.size() - 1)];
    if (attempt->companion_failed && failed.name != nullptr) attempt->companion = *failed.name;
    throw;
  }
  if (!behind.empty()) NotePoint(results[place + 1]);
  return std::move(results[place]);
}

bool PgConnection::AsksForPoint(const Query& query, const Attempt& attempt) const {
  return query.effect == Query::Effect::kWrite && attempt.effect == TransactionEffect::kNone && !point_.has_value() &&
         transaction_.state() == State::kOpen && !transaction_.read_only() && SendsTogether();
}

/// What is known of the server holds as long as the session: that an older checkpoint is known only makes the answer to
/// what became of a transaction more careful. So from the second transaction on the id alone is asked for. A server
/// that does not tell its incarnation is known by its checkpoint alone, and so is asked each time.
std::vector<Message> PgConnection::PointQuestion() const {
  if (server_point_.has_value() && id_question_prepared_) {
    return {{Message::Kind::kExecute, &IdQuestionName(), {}, nullptr}};
  }
  const std::string question = server_point_.has_value() ? sql::SelectTransactionId() : sql::SelectCommitPoint();
  std::vector<Message> messages = {{Message::Kind::kExecute, nullptr, question, nullptr}};
  if (!id_question_prepared_) {
    messages.push_back({Message::Kind::kPrepare, &IdQuestionName(), sql::SelectTransactionId(), nullptr});
  }
  return messages;
}

void PgConnection::NotePoint(const PgResult& answer) {
  const auto cell = [&answer](int column) { return std::string(PQgetvalue(answer.get(), 0, column)); };
  id_question_prepared_ = true;
  if (PQntuples(answer.get()) != 1) return;
  CommitPoint point;
  if (server_point_.has_value()) {
    point = *server_point_;
  } else {
    if (PQnfields(answer.get()) != 4) return;
    point = CommitPoint{"", cell(1), cell(2), cell(3)};
    if (!point.incarnation.empty()) server_point_ = point;
  }
  if (PQgetisnull(answer.get(), 0, 0) != 0) return;  // nothing has been written yet
  point.transaction_id = cell(0);
  point_ = std::move(point);
}

void PgConnection::FindCulprit(const PgError& error, Attempt* attempt) {
  if (error.lost) return;
  attempt->begin_failed = attempt->with_begin && session_->in_no_transaction();
  if (attempt->begin_failed) attempt->effect = TransactionEffect::kBegin;
  if (!attempt->companion_failed) return;
  attempt->by_kept_plan = true;
  attempt->staleness = StalenessOf(error, PlanAge::kKept);
  if (attempt->companion == IdQuestionName()) {
    if (attempt->staleness == Staleness::kGone) id_question_prepared_ = false;
    if (attempt->staleness == Staleness::kTaken) id_question_prepared_ = true;
  } else if (!attempt->companion.empty()) {
    NoteStale(attempt->staleness, attempt->companion);
  }
}

}  // namespace rowkeeper::db
