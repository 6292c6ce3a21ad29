#include "server/db/pool_impl.h"

#include <algorithm>
#include <iterator>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/reason.h"
#include "server/base/text.h"
#include "server/db/reconnect_delays.h"

namespace rowkeeper::db {
namespace {

/// How long a failed attempt to connect answers for the next callers.
constexpr std::chrono::milliseconds kFailureMemory{100};
static_assert(*std::rbegin(kReconnectDelays) > kFailureMemory);
constexpr char kWaitingWhere[] = "waiting for a database connection";

ConnectionOptions OfPool(ConnectionOptions options, bool echo) {
  options.echo = options.echo || echo;
  if (options.misses == nullptr) options.misses = std::make_shared<StatementMisses>();
  return options;
}

bool IsServerFull(const absl::Status& status) { return status.code() == absl::StatusCode::kResourceExhausted; }

absl::Status PoolTimeout(std::chrono::milliseconds timeout) {
  return LimitReached(Reason::kPoolTimeout, "no database connection became free in time", Limit::kPoolTimeout,
                      Cat(timeout.count(), " ms"));
}

/// What the caller's deadline leaves to connect, 0 without one; libpq counts whole seconds, two at the least.
int ConnectLimit(Clock::time_point deadline, Clock::time_point now) {
  if (deadline == Clock::time_point::max()) return 0;
  const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - now).count();
  return static_cast<int>(std::clamp<int64_t>(left, 2, 3600));
}

/// Whether an attempt failed because its limit had passed, give or take libpq's rounding: then it says nothing about a
/// caller who can wait longer.
bool WasCutShort(int limit_s, Clock::time_point begin, Clock::time_point end) {
  return limit_s > 0 && end - begin > std::chrono::seconds(limit_s - 1);
}

/// The log has the role and its settings, which are not for callers.
absl::Status ForCallers(const absl::Status& status) {
  if (ReasonOf(status) != Reason::kPoolerUnfit) return status;
  return PoolerUnfit(
      "the server cannot use its database through this pooler as it is set up; the server's log says what to change");
}

}  // namespace

void Pool::Impl::Waiter::DeliverCancel() {
  const absl::MutexLock lock(&pool_->mu);
  cancelled = true;
  changed.Signal();
}

Pool::Impl::Impl(PoolOptions pool_options, ConnectionOptions connection)
    : options(pool_options),
      connection_options(OfPool(std::move(connection), pool_options.echo)),
      clock(*pool_options.clock),
      random_(std::random_device()()) {}

Pool::Impl::~Impl() = default;

absl::StatusOr<PooledConnection> Pool::Impl::Acquire(const AcquireOptions& acquire) {
  const Clock::time_point begin = clock.Now();
  absl::StatusOr<PooledConnection> connection = AcquireBy(Later(begin, options.pool_timeout), acquire);
  const Clock::time_point now = clock.Now();
  const Clock::duration waited = now - begin;
  if (connection.ok()) {
    waits.Record(waited);
    connection->since = now;
  }
  if (acquire.waited != nullptr) *acquire.waited = waited;
  return connection;
}

bool Pool::Impl::IsFresh(const PooledConnection& idle, Clock::time_point now) const {
  if (now >= idle.expires || idle.generation < totals_.generation) return false;
  return !options.pool_pre_ping || now - idle.since <= options.pre_ping_idle;
}

/// For the next one who may wait, and who finds out as well.
void Pool::Impl::GiveBackUnfit(PooledConnection connection) {
  const absl::MutexLock lock(&mu);
  --leased_;
  if (!waiters_.empty()) return GiveToFirstWaiter(Grant{std::move(connection)});
  idle_.push_back(std::move(connection));
}

std::optional<PooledConnection> Pool::Impl::TakeFresh() {
  const Clock::time_point now = clock.Now();
  std::optional<PooledConnection> taken;
  {
    const absl::MutexLock lock(&mu);
    if (!waiters_.empty() || idle_.empty() || !IsFresh(idle_.back(), now)) return std::nullopt;
    taken = std::move(idle_.back());
    idle_.pop_back();
    ++leased_;
  }
  if (options.pool_pre_ping && !taken->connection->SocketLooksAlive()) {
    GiveBackUnfit(*std::move(taken));
    return std::nullopt;
  }
  waits.Record(Clock::duration::zero());
  taken->since = now;
  return taken;
}

absl::StatusOr<PooledConnection> Pool::Impl::AcquireBy(Clock::time_point limit, const AcquireOptions& acquire) {
  const Clock::time_point until = std::min(acquire.deadline, limit);
  Arrival arrival = Arrival::kNew;
  while (true) {
    auto grant = WaitForSlot(acquire, until, arrival);
    if (!grant.ok()) return grant.status();
    auto connection = Fill(*std::move(grant), acquire.deadline);
    if (connection.ok() || !IsServerFull(connection.status())) return connection;
    arrival = Arrival::kServerFull;
  }
}

absl::StatusOr<Pool::Impl::Grant> Pool::Impl::WaitForSlot(const AcquireOptions& acquire, Clock::time_point until,
                                                          Arrival arrival) {
  Waiter waiter(this);
  const CancelScope scope(acquire.cancellation, &waiter);  // dies after the lock is released
  const bool cancelled = scope.cause().has_value();
  absl::Status status;
  {
    const absl::MutexLock lock(&mu);
    waiter.cancelled = waiter.cancelled || cancelled;
    status = EnterQueue(&waiter, acquire, until, arrival);
  }
  if (const auto cause = scope.cause(); cause && !status.ok()) return CancelledStatus(*cause, kWaitingWhere);
  if (!status.ok()) return status;
  return *std::move(waiter.grant);
}

absl::Status Pool::Impl::EnterQueue(Waiter* waiter, const AcquireOptions& acquire, Clock::time_point until,
                                    Arrival arrival) {
  if (arrival == Arrival::kServerFull) {
    if (open_ == 0) {
      ReleaseSlot();
      return DatabaseExhausted();
    }
    --slots_used_;  // no waiter gets it: it could not open one either
    if (!idle_.empty()) {
      waiter->grant = TakeFree();
    } else {
      waiters_.push_front(waiter);
    }
  } else {
    if (waiter->cancelled) return Cancelled();
    if (acquire.deadline <= clock.Now()) return DeadlineExceeded(kWaitingWhere);
    if (waiters_.empty()) waiter->grant = TakeFree();
    if (!waiter->grant) waiters_.push_back(waiter);
  }
  return waiter->grant ? absl::OkStatus() : WaitInQueue(waiter, acquire, until);
}

absl::Status Pool::Impl::WaitInQueue(Waiter* waiter, const AcquireOptions& acquire, Clock::time_point until) {
  absl::Status status;
  while (!waiter->grant && status.ok()) {
    status = RefuseWait(acquire, until, *waiter);
    if (!status.ok()) break;
    clock.WaitUntil(&waiter->changed, &mu, until);
  }
  if (!waiter->grant) waiters_.erase(std::find(waiters_.begin(), waiters_.end(), waiter));
  return waiter->grant ? absl::OkStatus() : status;
}

absl::Status Pool::Impl::RefuseWait(const AcquireOptions& acquire, Clock::time_point until, const Waiter& waiter) {
  if (waiter.cancelled) return Cancelled();
  if (clock.Now() < until) return absl::OkStatus();
  ++totals_.timeouts_total;
  return until == acquire.deadline ? DeadlineExceeded(kWaitingWhere) : PoolTimeout(options.pool_timeout);
}

std::optional<Pool::Impl::Grant> Pool::Impl::TakeFree() {
  if (!idle_.empty()) {
    Grant grant{std::move(idle_.back())};
    idle_.pop_back();
    return grant;
  }
  if (slots_used_ >= max_open()) return std::nullopt;
  ++slots_used_;
  return Grant{};
}

void Pool::Impl::GiveToFirstWaiter(Grant grant) {
  Waiter* const first = waiters_.front();
  waiters_.pop_front();
  first->grant = std::move(grant);
  first->changed.Signal();
}

void Pool::Impl::ReleaseSlot() {
  if (waiters_.empty()) {
    --slots_used_;
  } else {
    GiveToFirstWaiter(Grant{});
  }
}

absl::StatusOr<PooledConnection> Pool::Impl::Fill(Grant grant, Clock::time_point deadline) {
  if (grant.idle.connection != nullptr) {
    if (IsFit(&grant.idle)) {
      const absl::MutexLock lock(&mu);
      ++leased_;
      return std::move(grant.idle);
    }
    grant.idle.connection.reset();
    const absl::MutexLock lock(&mu);
    --open_;
  }
  auto opened = OpenOne(deadline);
  const absl::MutexLock lock(&mu);
  if (opened.ok()) {
    ++leased_;
  } else if (!IsServerFull(opened.status())) {
    ReleaseSlot();
  }
  return opened;
}

bool Pool::Impl::IsFit(PooledConnection* idle) {
  const auto now = clock.Now();
  uint64_t generation = 0;
  {
    const absl::MutexLock lock(&mu);
    generation = totals_.generation;
    if (now >= idle->expires) {
      ++totals_.recycled_total;
      return false;
    }
  }
  const bool suspect = idle->generation < generation;
  if (!suspect && !options.pool_pre_ping) return true;
  const bool ping = suspect || now - idle->since > options.pre_ping_idle;
  if (!idle->connection->SocketLooksAlive()) {
    NoteBroken(idle->generation);
    return false;
  }
  if (ping && !idle->connection->Ping().ok()) {
    NoteBroken(idle->generation);
    DropIdle(idle->generation);  // each of them could take as long to find out
    return false;
  }
  idle->generation = generation;
  return true;
}

absl::StatusOr<PooledConnection> Pool::Impl::OpenOne(Clock::time_point deadline) {
  if (absl::Status failure = RememberedFailure(); !failure.ok()) return failure;
  ConnectionOptions attempt = connection_options;
  attempt.connect_limit_s = ConnectLimit(deadline, clock.Now());
  const auto begin = clock.Now();
  const uint64_t generation = Stats().generation;  // a break from here on may have hit the new one
  auto connection = Connection::Open(attempt);
  const absl::MutexLock lock(&mu);
  const auto now = clock.Now();
  if (!connection.ok()) {
    ++totals_.failed_total;
    if (WasCutShort(attempt.connect_limit_s, begin, now)) return connection.status();
    last_failure_ = ForCallers(connection.status());
    last_failure_time_ = now;
    return last_failure_;
  }
  connects.Record(now - begin);
  last_failure_ = absl::OkStatus();
  ++open_;
  ++totals_.opened_total;
  return PooledConnection{*std::move(connection), ExpiryOf(now), now, generation};
}

absl::Status Pool::Impl::RememberedFailure() {
  const absl::MutexLock lock(&mu);
  const bool fresh = clock.Now() - last_failure_time_ < kFailureMemory;
  return fresh ? last_failure_ : absl::OkStatus();
}

Clock::time_point Pool::Impl::ExpiryOf(Clock::time_point born) {
  if (options.pool_recycle.count() <= 0) return Clock::time_point::max();
  const std::chrono::duration<double> age = options.pool_recycle * std::uniform_real_distribution(0.9, 1.1)(random_);
  return Later(born, std::chrono::duration_cast<std::chrono::milliseconds>(age));
}

void Pool::Impl::NoteBroken(uint64_t generation) {
  const absl::MutexLock lock(&mu);
  ++totals_.broken_total;
  // One break is one new generation, however many of the old one turn out to be broken.
  if (generation == totals_.generation) ++totals_.generation;
}

void Pool::Impl::DropIdle(uint64_t generation) {
  std::vector<PooledConnection> dropped;  // closed after the lock is released
  const absl::MutexLock lock(&mu);
  const auto first = std::stable_partition(
      idle_.begin(), idle_.end(), [generation](const PooledConnection& idle) { return idle.generation > generation; });
  std::move(first, idle_.end(), std::back_inserter(dropped));
  idle_.erase(first, idle_.end());
  open_ -= static_cast<int>(dropped.size());
  for (size_t i = 0; i < dropped.size(); ++i) ReleaseSlot();
}

void Pool::Impl::Return(PooledConnection connection) {
  const bool fit = connection.connection->Reset().ok();
  const Clock::time_point now = clock.Now();
  uses.Record(now - connection.since);
  connection.since = now;
  if (!fit) return Close(std::move(connection), Closing::kBroken);
  if (now >= connection.expires) return Close(std::move(connection), Closing::kRecycled);
  {
    const absl::MutexLock lock(&mu);
    const bool kept = !waiters_.empty() || static_cast<int>(idle_.size()) < options.pool_size;
    if (kept) --leased_;
    if (!waiters_.empty()) return GiveToFirstWaiter(Grant{std::move(connection)});
    if (kept) return idle_.push_back(std::move(connection));
  }
  Close(std::move(connection), Closing::kOverflow);
}

void Pool::Impl::Close(PooledConnection connection, Closing why) {
  if (why == Closing::kBroken) NoteBroken(connection.generation);
  connection.connection.reset();
  const absl::MutexLock lock(&mu);
  if (why == Closing::kRecycled) ++totals_.recycled_total;
  --leased_;
  --open_;
  ReleaseSlot();
}

PoolStats Pool::Impl::Stats() const {
  const absl::MutexLock lock(&mu);
  PoolStats stats = totals_;
  stats.open = open_;
  stats.idle = static_cast<int>(idle_.size());
  stats.leased = leased_;
  stats.waiting = static_cast<int>(waiters_.size());
  stats.max_open = max_open();
  stats.max_idle = options.pool_size;
  return stats;
}

}  // namespace rowkeeper::db
