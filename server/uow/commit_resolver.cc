#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "server/base/database_errors.h"
#include "server/base/unit_of_work_errors.h"
#include "server/observe/log.h"
#include "server/uow/resolver_connections.h"
#include "server/uow/transaction.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{5};
constexpr milliseconds kLastPause{500};
constexpr milliseconds kPatience{2000};
/// The question is about memory and a small file: it is answered at once or not at all.
constexpr int kAnswerLimitMs = 5000;

/// nullopt: the transaction still runs, ask again.
std::optional<CommitResolver::CommitState> ReadOutcome(const db::Rows& rows) {
  using CommitState = CommitResolver::CommitState;
  if (rows.size() != 1 || rows.columns() < 1 || rows.is_null(0, 0)) return CommitState::kUnknown;
  if (rows.cell(0, 0) == "committed") return CommitState::kCommitted;
  if (rows.cell(0, 0) == "aborted") return CommitState::kAborted;
  if (rows.cell(0, 0) == "in progress") return std::nullopt;
  return CommitState::kUnknown;
}

/// Whether asking once more may help: the connection was lost, or the server is busy starting.
bool IsPassing(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable || status.code() == absl::StatusCode::kResourceExhausted ||
         status.code() == absl::StatusCode::kDeadlineExceeded;
}

absl::StatusOr<db::Rows> Execute(db::Connection& connection, const std::string& text, const CommitPoint& point) {
  const std::vector<db::Param> params = {point.transaction_id, point.checkpoint, point.timeline, point.incarnation};
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(1);
  query.params = &params;
  query.effect = db::Query::Effect::kRead;
  query.answer_limit_ms = kAnswerLimitMs;
  return connection.Execute(query);
}

std::optional<CommitResolver::CommitState> Ask(db::Connection& connection, const CommitPoint& point,
                                               absl::Status* problem) {
  const absl::StatusOr<db::Rows> rows = Execute(connection, sql::SelectCommitOutcome(), point);
  *problem = rows.status();
  return rows.ok() ? ReadOutcome(*rows) : std::nullopt;
}

void EndSession(db::Connection& connection, const CommitPoint& point) {
  const absl::StatusOr<db::Rows> ended = Execute(connection, sql::TerminateTransaction(), point);
  observe::Log(
      observe::LogLevel::kWarning, "a transaction still ran long after the connection of its COMMIT was lost",
      {{"transaction", point.transaction_id}, {"session", ended.ok() && ended->size() > 0 ? "ended" : "not found"}});
}

}  // namespace

CommitResolver::CommitResolver(db::ConnectionOptions connection, milliseconds limit, Clock* clock)
    : clock_(*clock),
      connection_(std::move(connection)),
      connections_(std::make_unique<ResolverConnections>(kConnections, kLookUps, clock)),
      limit_(limit) {}

CommitResolver::~CommitResolver() = default;

absl::StatusOr<std::unique_ptr<db::Connection>> CommitResolver::Connect(Clock::time_point until) const {
  db::ConnectionOptions options = connection_;
  const auto left = std::chrono::ceil<std::chrono::seconds>(until - clock_.Now()).count();
  options.connect_limit_s =
      static_cast<int>(std::clamp<int64_t>(left, 2, 5));  // libpq takes no less; GiveUp waits for it
  return db::Connection::Open(options);
}

CommitResolver::CommitState CommitResolver::Resolve(const CommitPoint& point) const {
  const CommitState outcome = ResolveOne(point);
  resolved_[static_cast<size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
  return outcome;
}

InDoubtStats CommitResolver::stats() const {
  const auto total = [this](CommitState outcome) {
    return resolved_[static_cast<size_t>(outcome)].load(std::memory_order_relaxed);
  };
  return {connections_->look_ups(), total(CommitState::kCommitted), total(CommitState::kAborted),
          total(CommitState::kUnknown)};
}

CommitResolver::CommitState CommitResolver::ResolveOne(const CommitPoint& point) const {
  if (!connections_->BeginLookUp()) {
    observe::Log(observe::LogLevel::kWarning, "too many COMMITs are in doubt to ask about one more",
                 {{"transaction", point.transaction_id}});
    return CommitState::kUnknown;
  }
  const CommitState outcome = LookUp(point);
  connections_->EndLookUp();
  return outcome;
}

CommitResolver::CommitState CommitResolver::LookUp(const CommitPoint& point) const {
  const Clock::time_point begin = clock_.Now();
  const Clock::time_point until = begin + limit_;
  Clock::time_point end_session = begin + std::max(limit_ * 2 / 3, kPatience);
  for (milliseconds pause = kFirstPause;; pause = std::min(pause * 2, kLastPause)) {
    absl::Status problem;
    if (auto turn = connections_->Take(std::min(until, clock_.Now() + kLastPause))) {
      if (turn->connection == nullptr) {
        auto opened = Connect(until);
        problem = opened.status();
        if (opened.ok()) turn->connection = *std::move(opened);
      }
      if (turn->connection != nullptr) {
        if (const auto outcome = Ask(*turn->connection, point, &problem)) return *outcome;
        if (problem.ok() && clock_.Now() >= end_session) {
          EndSession(*turn->connection, point);
          end_session = Clock::time_point::max();
        }
      }
    }
    if (!problem.ok() && !IsPassing(problem)) return CommitState::kUnknown;
    if (given_up_ || clock_.Now() + pause >= until) return CommitState::kUnknown;
    clock_.SleepFor(pause);
  }
}

absl::Status CommitResolver::Answer(const CommitPoint& point) const {
  switch (Resolve(point)) {
    case CommitState::kCommitted:
      return absl::OkStatus();
    case CommitState::kAborted:
      return DatabaseUnavailable();
    case CommitState::kUnknown:
      break;
  }
  return TransactionOutcomeUnknown(point.transaction_id);
}

}  // namespace rowkeeper::uow
