#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/errors.h"
#include "server/uow/transaction.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{5};
constexpr milliseconds kLastPause{500};
/// The question is about memory and a small file: it is answered at once or not at all.
constexpr int kAnswerLimitMs = 5000;

/// nullopt: the transaction still runs, ask again.
std::optional<CommitResolver::Outcome> ReadOutcome(const db::Rows& rows) {
  using Outcome = CommitResolver::Outcome;
  if (rows.size() != 1 || rows.columns() < 1 || rows.is_null(0, 0)) return Outcome::kUnknown;
  if (rows.cell(0, 0) == "committed") return Outcome::kCommitted;
  if (rows.cell(0, 0) == "aborted") return Outcome::kAborted;
  if (rows.cell(0, 0) == "in progress") return std::nullopt;
  return Outcome::kUnknown;
}

/// Whether asking once more may help: the connection was lost, or the server is busy starting.
bool IsPassing(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable || status.code() == absl::StatusCode::kResourceExhausted ||
         status.code() == absl::StatusCode::kDeadlineExceeded;
}

std::optional<CommitResolver::Outcome> Ask(db::Connection& connection, const CommitPoint& point,
                                           absl::Status* problem) {
  const std::string text = sql::SelectCommitOutcome();
  const std::vector<db::Param> params = {point.transaction_id, point.checkpoint, point.timeline, point.incarnation};
  db::Query query;
  query.text = text;
  query.params = &params;
  query.effect = db::Query::Effect::kRead;
  query.answer_limit_ms = kAnswerLimitMs;
  const absl::StatusOr<db::Rows> rows = connection.Execute(query);
  *problem = rows.status();
  return rows.ok() ? ReadOutcome(*rows) : std::nullopt;
}

}  // namespace

CommitResolver::CommitResolver(db::ConnectionOptions connection, milliseconds limit)
    : connection_(std::move(connection)), limit_(limit) {}

absl::StatusOr<std::unique_ptr<db::Connection>> CommitResolver::Connect(Clock::time_point until) const {
  db::ConnectionOptions options = connection_;
  const auto left = std::chrono::ceil<std::chrono::seconds>(until - Clock::now()).count();
  options.connect_limit_s = static_cast<int>(std::clamp<int64_t>(left, 2, 3600));  // libpq takes no less
  return db::Connection::Open(options);
}

CommitResolver::Outcome CommitResolver::Resolve(const CommitPoint& point) const {
  const Clock::time_point until = Clock::now() + limit_;
  std::unique_ptr<db::Connection> connection;
  for (milliseconds pause = kFirstPause;; pause = std::min(pause * 2, kLastPause)) {
    absl::Status problem;
    if (connection == nullptr) {
      auto opened = Connect(until);
      problem = opened.status();
      if (opened.ok()) connection = *std::move(opened);
    }
    if (connection != nullptr) {
      if (const auto outcome = Ask(*connection, point, &problem)) return *outcome;
      if (connection->broken()) connection.reset();
    }
    if (!problem.ok() && !IsPassing(problem)) return Outcome::kUnknown;
    if (Clock::now() + pause >= until) return Outcome::kUnknown;
    absl::SleepFor(absl::FromChrono(pause));
  }
}

absl::Status CommitResolver::Answer(const CommitPoint& point) const {
  switch (Resolve(point)) {
    case Outcome::kCommitted:
      return absl::OkStatus();
    case Outcome::kAborted:
      return DatabaseUnavailable();
    case Outcome::kUnknown:
      return CommitOutcomeUnknown();
  }
  return CommitOutcomeUnknown();
}

}  // namespace rowkeeper::uow
