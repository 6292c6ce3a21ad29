#include "server/wire/pipeline/own_transaction.h"

#include <utility>

#include "server/base/database_errors.h"
#include "server/base/reason.h"

namespace rowkeeper::wire {
namespace {

/// How often it is executed again because its COMMIT was lost and had not happened.
constexpr int kMostReruns = 3;

}  // namespace

OwnTransaction::OwnTransaction(const Backend& backend, const Options& options, Request request)
    : backend_(backend), options_(options), request_(std::move(request)) {}

void OwnTransaction::Start(const Backend& backend, const Options& options, Request request) {
  request.exchange->caller();  // is known as long as the call is unanswered, and may be asked for later
  std::shared_ptr<OwnTransaction>(new OwnTransaction(backend, options, std::move(request)))->Submit();
}

void OwnTransaction::Submit() {
  const auto job = [self = shared_from_this()](db::Connection& connection, db::Cancellation* cancellation) {
    uow::Transaction::CommitResult result = self->Run(connection, cancellation);
    self->point_ = std::move(result.in_doubt);
    return result.status;
  };
  request_.cancel->FillWithTicket([&] {
    return backend_.executor->Submit(
        job, request_.exchange->entity(), request_.exchange->terms(),
        [self = shared_from_this()](const absl::Status& status) { self->OnExecuted(status); });
  });
}

/// Whatever fails before COMMIT leaves the transaction open, for the executor to roll back.
uow::Transaction::CommitResult OwnTransaction::Run(db::Connection& connection, db::Cancellation* cancellation) {
  uow::Transaction transaction(&connection);
  uow::Transaction::Options options;
  options.mode = options_.mode;
  if (absl::Status status = transaction.Begin(options, cancellation); !status.ok()) return {status, std::nullopt};
  absl::StatusOr<std::string> response = request_.work(connection, cancellation);
  if (!response.ok()) return {response.status(), std::nullopt};
  response_ = *std::move(response);
  if (request_.exchange->replayed()) {
    // Nothing was written: what is left of the transaction need not be waited for, and the executor rolls it back.
    Answer(absl::OkStatus());
    return {};
  }
  return transaction.SendCommit(options_.wrote);
}

void OwnTransaction::OnExecuted(const absl::Status& status) {
  if (!point_.has_value()) return Answer(status);
  // A caller who leaves now is answered at once. Its transaction is looked up all the same: one whose COMMIT never
  // arrived is ended so.
  request_.cancel->Fill(request_.cancel->Begin(), [weak = weak_from_this()](CancelCause) {
    if (const auto self = weak.lock(); self != nullptr) self->Answer(CommitOutcomeUnknown());
  });
  // A copy of its context, for a caller who leaves is answered meanwhile.
  backend_.in_doubt->Resolve(*std::exchange(point_, std::nullopt), *request_.exchange->context(),
                             [self = shared_from_this()](const absl::Status& outcome) { self->OnResolved(outcome); });
}

void OwnTransaction::OnResolved(const absl::Status& status) {
  request_.cancel->Begin();  // nobody else answers from now on
  const bool not_committed = ReasonOf(status) == Reason::kDatabaseUnavailable;
  const bool again = not_committed && !request_.cancel->cancelled() && lookups_++ < kMostReruns;
  again ? Submit() : Answer(status);
}

void OwnTransaction::Answer(const absl::Status& status) {
  if (answered_.exchange(true)) return;
  request_.done(status.ok() ? absl::StatusOr<std::string>(std::move(response_)) : status);
}

}  // namespace rowkeeper::wire
