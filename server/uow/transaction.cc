#include "server/uow/transaction.h"

#include "server/base/errors.h"

namespace rowkeeper::uow {
namespace {

/// A COMMIT that takes longer is abandoned and asked about elsewhere.
constexpr std::chrono::milliseconds kCommitAnswer{10000};
/// Rolling back is quick, and a connection that is given up rolls back as well.
constexpr std::chrono::milliseconds kRollbackAnswer{2000};

using Effect = db::Query::Effect;

/// Of a statement that controls the transaction.
db::Query ControlQuery(const std::string& text, db::Cancellation* cancellation) {
  db::Query query;
  query.text = text;
  query.effect = Effect::kRead;
  query.cancellation = cancellation;
  return query;
}

}  // namespace

absl::Status Transaction::Execute(const std::string& text, db::Cancellation* cancellation) {
  return connection_->Execute(ControlQuery(text, cancellation)).status();
}

absl::Status Transaction::Enqueue(const std::string& text, db::Cancellation* cancellation) {
  return connection_->Enqueue(ControlQuery(text, cancellation));
}

absl::StatusOr<db::Rows> Transaction::ExecuteWithin(std::chrono::milliseconds limit, const std::string& text,
                                                    Effect effect, ResultShape result) {
  db::Query query;
  query.text = text;
  query.effect = effect;
  query.result = result;
  query.answer_limit_ms = static_cast<int>(limit.count());
  return connection_->Execute(query);
}

absl::Status Transaction::Begin(const Options& options, db::Cancellation* cancellation) {
  return Enqueue(sql::BeginTransaction(options.mode, options.idle_limit), cancellation);
}

absl::Status Transaction::BeginSavepoint(int number, db::Cancellation* cancellation) {
  return Enqueue(sql::Savepoint(number), cancellation);
}

absl::Status Transaction::Savepoint(int number, db::Cancellation* cancellation) {
  return Execute(sql::Savepoint(number), cancellation);
}

absl::Status Transaction::RollbackTo(int number, db::Cancellation* cancellation) {
  return Execute(sql::RollbackToSavepoint(number), cancellation);
}

absl::Status Transaction::Release(int number, db::Cancellation* cancellation) {
  return Execute(sql::ReleaseSavepoint(number), cancellation);
}

bool Transaction::failed() const { return connection_->in_failed_transaction(); }

absl::StatusOr<std::optional<CommitPoint>> Transaction::Point(Wrote wrote) {
  if (wrote == Wrote::kNothing) return std::nullopt;
  if (std::optional<CommitPoint> known = connection_->commit_point()) return known;
  absl::StatusOr<db::Rows> rows =
      ExecuteWithin(kCommitAnswer, sql::SelectCommitPoint(), Effect::kRead, ResultShape::Columns(4));
  if (!rows.ok()) return rows.status();
  if (rows->size() != 1) return Internal("the transaction's id was not given");
  if (rows->is_null(0, 0)) return std::nullopt;
  const auto cell = [&rows](int column) { return std::string(rows->cell(0, column)); };
  return CommitPoint{cell(0), cell(1), cell(2), cell(3)};
}

Transaction::CommitResult Transaction::SendCommit(Wrote wrote) {
  absl::StatusOr<std::optional<CommitPoint>> point = Point(wrote);
  if (!point.ok()) return {point.status(), std::nullopt};
  // Where nothing was written, nothing is in doubt.
  const Effect effect = point->has_value() ? Effect::kWrite : Effect::kRead;
  absl::Status status = ExecuteWithin(kCommitAnswer, sql::Commit(), effect).status();
  const bool in_doubt = point->has_value() && ReasonOf(status) == Reason::kCommitOutcomeUnknown;
  return {std::move(status), in_doubt ? *std::move(point) : std::nullopt};
}

absl::Status Transaction::Commit(Wrote wrote, const CommitResolver& resolver) {
  CommitResult result = SendCommit(wrote);
  return result.in_doubt ? resolver.Answer(*result.in_doubt) : result.status;
}

absl::Status Transaction::Rollback() { return ExecuteWithin(kRollbackAnswer, sql::Rollback(), Effect::kRead).status(); }

}  // namespace rowkeeper::uow
