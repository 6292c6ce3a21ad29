#include "server/wire/keyed_writes.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "server/base/errors.h"
#include "server/base/idempotency_errors.h"
#include "server/base/text.h"
#include "server/exec/traced_connection.h"
#include "server/sql/savepoint_numbers.h"

namespace rowkeeper::wire {
namespace {

constexpr int kSavepoint = sql::kKeyedCallSavepoint;
constexpr char kReplayTrailer[] = "rowkeeper-idempotent-replay";

void NoteReplay(Exchange* exchange) { exchange->call().AddTrailer(kReplayTrailer, "true"); }

/// Whether the next call with the same key would end the same, for a reason that has nothing to do with its request.
bool ConcernsAll(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kQueueFull || reason == Reason::kPoolTimeout || reason == Reason::kDatabaseUnavailable ||
         reason == Reason::kShuttingDown;
}

absl::Status GivenUp(CancelCause cause) {
  return cause == CancelCause::kDeadline ? DeadlineExceeded("waiting for another call with the same idempotency key")
                                         : Cancelled();
}

absl::Status TooLargeToKeep(size_t bytes, size_t limit) {
  return ResponseTooLarge(bytes, limit,
                          "nothing was changed: the response to a call with an idempotency key is kept, up to "
                          "--max-idempotent-response of the server; ask for fewer rows or fields, or send no key");
}

}  // namespace

struct KeyedWrites::Call {
  std::shared_ptr<Exchange> exchange;
  KeyedWrite write;
  /// Written under the lock of KeyedWrites, and read by Start.
  std::optional<CancelCause> cancelled;
  /// Of the thread that executes, then of the one that answers.
  bool replayed = false;
};

KeyedWrites::KeyedWrites(Options options, exec::Executor* executor, InDoubtRuns* in_doubt)
    : options_(std::move(options)), keys_(options_.keys), executor_(executor), in_doubt_(in_doubt) {}

void KeyedWrites::Start(const std::shared_ptr<Exchange>& exchange, KeyedWrite write) {
  auto call = std::make_shared<Call>();
  call->exchange = exchange;
  call->write = std::move(write);
  // Replaced when it is executed.
  exchange->call().OnCancel([this, call](CancelCause cause) { Cancel(call, cause); });
  const Place place = Enter(call);
  if (place == Place::kFirst) return Execute(call);
  if (place == Place::kCancelled) return exchange->Answer(GivenUp(*call->cancelled));
  if (place == Place::kRefused) {
    exchange->Answer(LimitReached(Reason::kQueueFull, "calls waiting for another one with their idempotency key",
                                  "queue_limit", Cat(options_.waiting_limit, " calls")));
  }
}

KeyedWrites::Place KeyedWrites::Enter(const SharedCall& call) {
  const absl::MutexLock lock(&mutex_);
  const auto [entry, first] = waiting_.try_emplace(call->write.key.key);
  if (first) return Place::kFirst;
  if (call->cancelled.has_value()) return Place::kCancelled;
  if (waiting_calls_ >= options_.waiting_limit) return Place::kRefused;
  entry->second.push_back(call);
  ++waiting_calls_;
  return Place::kWaits;
}

void KeyedWrites::Cancel(const SharedCall& call, CancelCause cause) {
  {
    const absl::MutexLock lock(&mutex_);
    call->cancelled = cause;
    const auto entry = waiting_.find(call->write.key.key);
    if (entry == waiting_.end()) return;
    const auto found = std::find(entry->second.begin(), entry->second.end(), call);
    if (found == entry->second.end()) return;
    entry->second.erase(found);
    --waiting_calls_;
  }
  call->exchange->Answer(GivenUp(cause));
}

void KeyedWrites::Execute(const SharedCall& call) {
  const auto work = [this, call](db::Connection& connection, db::Cancellation* cancellation, std::string* response) {
    return RunAndCommit(*call, connection, cancellation, response);
  };
  const auto done = [this, call](Result result) { OnAnswered(call, std::move(result)); };
  std::make_shared<RunCall>(executor_, in_doubt_, call->exchange, work, done)->Start();
}

RunCall::CommitResult KeyedWrites::RunAndCommit(Call& call, db::Connection& connection, db::Cancellation* cancellation,
                                                std::string* response) const {
  uow::Transaction transaction(&connection);
  uow::Transaction::Options options;
  options.mode = call.write.mode;
  if (absl::Status status = transaction.Begin(options, cancellation); !status.ok()) return {status, std::nullopt};
  Result result = ClaimAndRun(call.write, call.exchange->trace(), connection, cancellation, &call.replayed);
  // Whatever fails before COMMIT leaves the transaction open, for the executor to roll back.
  if (!result.ok()) return {result.status(), std::nullopt};
  *response = *std::move(result);
  return transaction.SendCommit(call.replayed ? uow::Transaction::Wrote::kNothing : uow::Transaction::Wrote::kPerhaps);
}

absl::StatusOr<std::string> KeyedWrites::RunInUnit(const KeyedWrite& write, Exchange* exchange,
                                                   db::Connection& connection, db::Cancellation* cancellation) const {
  uow::Transaction transaction(&connection);
  if (absl::Status status = transaction.Savepoint(kSavepoint, cancellation); !status.ok()) return status;
  bool replayed = false;
  Result result = ClaimAndRun(write, exchange->trace(), connection, cancellation, &replayed);
  if (transaction.failed()) return result;
  // A call that failed in a transaction that did not leaves nothing behind: no key, and no change.
  absl::Status status = result.ok() ? absl::OkStatus() : transaction.RollbackTo(kSavepoint, nullptr);
  if (status.ok()) status = transaction.Release(kSavepoint, nullptr);
  if (!status.ok()) return status;
  if (replayed) NoteReplay(exchange);
  return result;
}

KeyedWrites::Result KeyedWrites::ClaimAndRun(const KeyedWrite& write, exec::CallTrace* trace,
                                             db::Connection& connection, db::Cancellation* cancellation,
                                             bool* replayed) const {
  std::optional<exec::TracedConnection> traced;
  if (trace != nullptr) traced.emplace(&connection, trace);
  db::Connection& own = traced.has_value() ? static_cast<db::Connection&>(*traced) : connection;
  *replayed = false;
  absl::StatusOr<std::optional<std::string>> stored = keys_.Claim(write.key, own, cancellation);
  if (!stored.ok()) return stored.status();
  if (stored->has_value()) {
    *replayed = true;
    return **std::move(stored);
  }
  Result result = write.run(connection, cancellation);
  if (result.ok() && result->size() > options_.max_response_bytes) {
    result = TooLargeToKeep(result->size(), options_.max_response_bytes);
  }
  if (result.ok()) {
    const absl::Status status = keys_.Store(write.key, *result, own, cancellation);
    return status.ok() ? std::move(result) : Result(status);
  }
  return result;
}

std::deque<KeyedWrites::SharedCall> KeyedWrites::TakeFollowers(const Call& call, const Result& result,
                                                               SharedCall* next) {
  std::deque<SharedCall> answered;
  const absl::MutexLock lock(&mutex_);
  const auto entry = waiting_.find(call.write.key.key);
  std::deque<SharedCall>& followers = entry->second;
  if (result.ok()) {
    answered.swap(followers);
  } else if (ConcernsAll(result.status())) {
    const auto others = std::stable_partition(followers.begin(), followers.end(), [&call](const SharedCall& follower) {
      return IsSameRequest(*follower, call);
    });
    answered.assign(followers.begin(), others);
    followers.erase(followers.begin(), others);
  }
  waiting_calls_ -= static_cast<int>(answered.size());
  if (followers.empty()) {
    waiting_.erase(entry);
  } else {
    *next = std::move(followers.front());
    followers.pop_front();
    --waiting_calls_;
  }
  return answered;
}

bool KeyedWrites::IsSameRequest(const Call& a, const Call& b) {
  return a.write.key.request_hash == b.write.key.request_hash;
}

/// Followers of one that succeeded are answered with the same bytes, as if they had come later.
void KeyedWrites::OnAnswered(const SharedCall& call, Result result) {
  SharedCall next;
  for (const SharedCall& follower : TakeFollowers(*call, result, &next)) {
    const bool same = IsSameRequest(*follower, *call);
    if (result.ok() && same) NoteReplay(follower->exchange.get());
    follower->exchange->Answer(same ? result : Result(IdempotencyKeyReused(follower->write.key.key)));
  }
  if (result.ok() && call->replayed) NoteReplay(call->exchange.get());
  call->exchange->Answer(std::move(result));
  if (next != nullptr) Execute(next);
}

}  // namespace rowkeeper::wire
