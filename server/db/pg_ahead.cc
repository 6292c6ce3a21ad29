// What PgConnection does for a statement that one thread sends and another one reads.

#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "server/db/pg_connection.h"

namespace rowkeeper::db {
namespace {

size_t BytesOf(const std::vector<Param>& params) {
  size_t bytes = 0;
  for (const Param& param : params) bytes += param ? param->size() : 0;
  return bytes;
}

}  // namespace

PgConnection::Ahead::Ahead(const Query& query, CancelTarget* target, Clock::time_point now)
    : scope(std::in_place, query.cancellation, target),
      name(query.name->str()),
      result(query.result),
      began(now),
      effect(query.effect),
      answer(query.most_result_bytes) {}

bool PgConnection::MaySendAhead(const Query& query) {
  if (broken_ || ahead_.has_value() || !queue_.empty() || echo_ != nullptr) return false;
  if (query.name == nullptr || query.rows_of_write != Query::RowsOfWrite::kRead) return false;
  if (!HasCurrentNames(query)) return false;
  if (!facts_.own_session || facts_.statement_limit.count() > 0) return false;
  if (transaction_.state() != TransactionTracker::State::kNone) return false;
  if (PQgssEncInUse(session_->handle()) != 0) return false;
  if (BytesOf(ParamsOf(query)) > PgSession::kMostSentAtOnce || !CheckParams(ParamsOf(query)).ok()) return false;
  if (statements_.Find(query.name->str()) != PreparedStatements::State::kPrepared) return false;
  return query.effect == Query::Effect::kRead || SocketLooksAlive();
}

bool PgConnection::SendAhead(const Query& query) {
  if (!MaySendAhead(query)) return false;
  const Clock::time_point now = Clock::System().Now();
  ahead_.emplace(query, static_cast<CancelTarget*>(this), now);
  running_.Begin(backend_pid(), now);
  ArmFor(query);
  try {
    if (!ahead_->scope->cause().has_value() && session_->SendPrepared(query.name->str(), ParamsOf(query))) return true;
  } catch (const std::exception&) {
    UndoSendAhead();
    throw;
  }
  UndoSendAhead();
  return false;
}

void PgConnection::UndoSendAhead() {
  watch_.Disarm();
  running_.End();
  ahead_.reset();
}

Arrival PgConnection::ReadAhead() {
  if (!ahead_.has_value()) return Arrival::kOther;
  switch (ahead_->answer.Read(session_->handle())) {
    case EarlyAnswer::State::kUnderWay:
      return Arrival::kUnderWay;
    case EarlyAnswer::State::kWhole:
      if (FitOf(ahead_->answer.result(), ahead_->result) != ResultFit::kFits) return Arrival::kOther;
      if (ahead_->effect == Query::Effect::kWrite && PQntuples(ahead_->answer.result().get()) == 0) {
        return Arrival::kOther;
      }
      ahead_->scope.reset();
      return Arrival::kWhole;
    case EarlyAnswer::State::kOther:
      break;
  }
  return Arrival::kOther;
}

PgResult PgConnection::ReadSentAhead(Attempt* attempt) {
  attempt->sent = true;
  attempt->extended = true;
  attempt->by_kept_plan = true;
  const auto stop = [this] { StopAnswer(); };
  return session_->ReadPrepared(std::move(ahead_->answer), {&attempt->meter, stop});
}

void PgConnection::AbandonAhead() {
  UndoSendAhead();
  if (!broken_) MarkBroken("nobody reads an answer");
}

}  // namespace rowkeeper::db
