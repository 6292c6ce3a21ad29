#include <algorithm>
#include <future>

#include "absl/synchronization/mutex.h"
#include "tests/pg/uow/uow_fixture.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;
using Begun = absl::StatusOr<UnitsOfWork::Begun>;

class CapacityTest : public UowTest {
 protected:
  std::future<Begun> SendBegin(const BeginOptions& options, const std::string& caller,
                               UnitsOfWork::Ticket* ticket = nullptr,
                               Clock::time_point deadline = Clock::time_point::max()) {
    auto promise = std::make_shared<std::promise<Begun>>();
    auto future = promise->get_future();
    auto sent =
        units_->Begin(options, caller, deadline, [promise](Begun begun) { promise->set_value(std::move(begun)); });
    if (ticket != nullptr) *ticket = sent;
    return future;
  }

  static BeginOptions Waiting(milliseconds wait) {
    BeginOptions options;
    options.capacity_wait = wait;
    return options;
  }
};

TEST_F(CapacityTest, BeginWaitsItsTimeForAPlaceAndIsRefusedThen) {
  UnitOptions options = FastOptions();
  options.capacity = 2;
  Start(options);
  const std::string one = Begin();
  const std::string two = Begin();
  auto patient = SendBegin(Waiting(milliseconds(200)), "alice");
  Advance(milliseconds(199));
  EXPECT_FALSE(IsReady(patient));
  Advance(milliseconds(1));
  const Begun refused = patient.get();
  EXPECT_EQ(Reason(refused), "UNIT_OF_WORK_LIMIT");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Mentions(refused.status(), "RetryInfo") ||
              refused.status().GetPayload("type.googleapis.com/google.rpc.RetryInfo"));
  EXPECT_EQ(Reason(TryBegin(Waiting(milliseconds(0)))), "UNIT_OF_WORK_LIMIT");
  auto waiting = SendBegin(Waiting(milliseconds(5000)), "alice");
  EXPECT_EQ(Reason(Commit(one)), "OK");
  EXPECT_EQ(Reason(waiting.get()), "OK");
}

TEST_F(CapacityTest, WithoutCapacityEveryBeginIsRefused) {
  UnitOptions options = FastOptions();
  options.capacity = 0;
  Start(options);
  EXPECT_EQ(Reason(TryBegin()), "UNITS_OF_WORK_OFF");
}

TEST_F(CapacityTest, PlacesAreGivenFirstComeFirstServed) {
  UnitOptions options = FastOptions();
  options.capacity = 1;
  Start(options);
  std::string open = Begin();
  constexpr int kBegins = 20;
  absl::Mutex mu;
  std::vector<int> order;
  std::vector<std::promise<std::string>> begun(kBegins);
  for (int i = 0; i < kBegins; ++i) {
    units_->Begin(Waiting(milliseconds(20000)), "alice", Clock::time_point::max(), [&, i](Begun result) {
      {
        const absl::MutexLock lock(&mu);
        order.push_back(i);
      }
      begun[i].set_value(result.ok() ? result->handle : "");
    });
  }
  for (int i = 0; i < kBegins; ++i) {
    ASSERT_EQ(*Rollback(open), UnitState::kRolledBack);
    open = begun[i].get_future().get();
    ASSERT_NE(open, "");
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(CapacityTest, ACallerAtItsLimitWaitsForItsOwnPlacesAndHoldsUpNobodyElse) {
  UnitOptions options = FastOptions();
  options.capacity = 4;
  options.per_caller = 2;
  Start(options);
  const std::string one = Begin();
  const std::string two = Begin();
  auto refused = SendBegin(Waiting(milliseconds(100)), "alice");
  Advance(milliseconds(100));
  EXPECT_EQ(Reason(refused.get()), "UNIT_OF_WORK_CALLER_LIMIT");
  auto waiting = SendBegin(Waiting(milliseconds(5000)), "alice");
  const std::string other = Begin({}, "bob");
  EXPECT_EQ(*Rollback(other, "bob"), UnitState::kRolledBack);
  EXPECT_EQ(waiting.wait_for(milliseconds(100)), std::future_status::timeout);
  EXPECT_EQ(*Rollback(two), UnitState::kRolledBack);
  EXPECT_EQ(Reason(waiting.get()), "OK");
}

TEST_F(CapacityTest, NoCallerAndNoTwoCallersTakeAllPlaces) {
  UnitOptions options = FastOptions();
  options.capacity = 8;
  options.per_caller = 8;
  Start(options);
  const auto begin_all = [this](const std::string& caller) {
    int open = 0;
    while (Reason(SendBegin(Waiting(milliseconds(0)), caller).get()) == "OK") ++open;
    return open;
  };
  EXPECT_EQ(begin_all("alice"), 6);
  const Begun refusal = SendBegin(Waiting(milliseconds(0)), "alice").get();
  EXPECT_EQ(Reason(refusal), "UNIT_OF_WORK_CALLER_LIMIT");
  EXPECT_TRUE(Mentions(refusal.status(), "unit-share"));
  EXPECT_EQ(begin_all("bob"), 1);
  EXPECT_EQ(begin_all("carol"), 1);
  EXPECT_EQ(units_->List().size(), 8u);
}

TEST_F(CapacityTest, OfThoseThatWaitTheCallerWithTheFewestUnitsIsNext) {
  UnitOptions options = FastOptions();
  options.capacity = 2;
  options.per_caller = 2;
  Start(options);
  const std::string one = Begin({}, "alice");
  const std::string two = Begin({}, "alice");
  auto alice = SendBegin(Waiting(milliseconds(5000)), "alice");
  auto bob = SendBegin(Waiting(milliseconds(5000)), "bob");
  EXPECT_EQ(*Rollback(one), UnitState::kRolledBack);
  EXPECT_EQ(Reason(bob.get()), "OK");
  EXPECT_FALSE(IsReady(alice));
  EXPECT_EQ(*Rollback(two), UnitState::kRolledBack);
  EXPECT_EQ(Reason(alice.get()), "OK");
}

TEST_F(CapacityTest, NoCallerFillsTheLineOfThoseThatWait) {
  UnitOptions options = FastOptions();
  options.capacity = 1;
  options.waiting_begins = 8;
  Start(options);
  const std::string open = Begin();
  std::vector<std::future<Begun>> waiting;
  for (int i = 0; i < 6; ++i) waiting.push_back(SendBegin(Waiting(milliseconds(5000)), "alice"));
  EXPECT_EQ(Reason(SendBegin(Waiting(milliseconds(5000)), "alice").get()), "UNIT_OF_WORK_CALLER_LIMIT");
  auto bob = SendBegin(Waiting(milliseconds(5000)), "bob");
  EXPECT_FALSE(IsReady(bob));
}

TEST_F(CapacityTest, TooManyWaitingBeginsAreRefusedAtOnce) {
  UnitOptions options = FastOptions();
  options.capacity = 1;
  options.waiting_begins = 1;
  Start(options);
  const std::string open = Begin();
  auto waiting = SendBegin(Waiting(milliseconds(5000)), "alice");
  EXPECT_EQ(Reason(TryBegin(Waiting(milliseconds(5000)))), "UNIT_OF_WORK_LIMIT");
  EXPECT_EQ(*Rollback(open), UnitState::kRolledBack);
  EXPECT_EQ(Reason(waiting.get()), "OK");
}

TEST_F(CapacityTest, ACancelledOrLateBeginLeavesNoUnit) {
  UnitOptions options = FastOptions();
  options.capacity = 1;
  Start(options);
  const std::string open = Begin();
  UnitsOfWork::Ticket ticket;
  auto waiting = SendBegin(Waiting(milliseconds(5000)), "alice", &ticket);
  ticket.Cancel(Cause::kCaller);
  EXPECT_EQ(Reason(waiting.get()), "CANCELLED");
  auto late = SendBegin(Waiting(milliseconds(5000)), "alice", nullptr, clock().Now() + milliseconds(100));
  Advance(milliseconds(100));
  EXPECT_EQ(Reason(late.get()), "DEADLINE_EXCEEDED");
  EXPECT_EQ(*Rollback(open), UnitState::kRolledBack);
  EXPECT_TRUE(units_->List().empty());
  EXPECT_EQ(Reason(TryBegin(Waiting(milliseconds(0)))), "OK");
}

TEST_F(CapacityTest, ABeginThatWaitsForTheDatabaseCanBeCancelledAndGivesItsPlaceBack) {
  UnitOptions options = FastOptions();
  options.capacity = 1;
  db::PoolOptions pool;
  pool.pool_size = 1;
  pool.max_overflow = 0;
  Start(options, pool);
  {
    const auto lease = pool_->Acquire({});
    ASSERT_TRUE(lease.ok());
    UnitsOfWork::Ticket ticket;
    auto begun = SendBegin({}, "alice", &ticket);
    EXPECT_TRUE(Within(milliseconds(20000), [&] { return pool_->stats().waiting == 1; }));
    ticket.Cancel(Cause::kCaller);
    EXPECT_EQ(Reason(begun.get()), "CANCELLED");
    auto late = SendBegin({}, "alice", nullptr, clock().Now() + milliseconds(100));
    EXPECT_TRUE(Within(milliseconds(20000), [&] { return pool_->stats().waiting == 1; }));
    Advance(milliseconds(100));
    EXPECT_EQ(Reason(late.get()), "DEADLINE_EXCEEDED");
  }
  EXPECT_EQ(Reason(TryBegin(Waiting(milliseconds(0)))), "OK");
}

TEST_F(CapacityTest, BeginKeepsItsWaitWhenPlainCallsHoldEveryConnection) {
  db::PoolOptions pool;
  pool.pool_size = 1;
  pool.max_overflow = 0;
  Start(FastOptions(), pool);
  const auto lease = pool_->Acquire({});
  ASSERT_TRUE(lease.ok());
  auto patient = SendBegin(Waiting(milliseconds(1500)), "alice");
  EXPECT_TRUE(Within(milliseconds(20000), [&] { return pool_->stats().waiting == 1; }));
  Advance(milliseconds(1499));
  EXPECT_FALSE(IsReady(patient));
  Advance(milliseconds(1));
  const Begun refused = patient.get();
  EXPECT_EQ(Reason(refused), "UNIT_OF_WORK_LIMIT");
  EXPECT_TRUE(Mentions(refused.status(), "connection")) << refused.status();
  auto late = SendBegin(Waiting(milliseconds(1500)), "alice", nullptr, clock().Now() + milliseconds(100));
  EXPECT_TRUE(Within(milliseconds(20000), [&] { return pool_->stats().waiting == 1; }));
  Advance(milliseconds(100));
  EXPECT_EQ(Reason(late.get()), "DEADLINE_EXCEEDED");
}

TEST_F(CapacityTest, BeginTriesAnotherConnectionWhenTheFirstIsDead) {
  UseSystemClock();  // it pauses between its attempts
  Start();
  std::vector<std::string> open;
  for (int i = 0; i < 4; ++i) open.push_back(Begin());
  for (const std::string& unit : open) ASSERT_EQ(*Rollback(unit), UnitState::kRolledBack);
  database_->Run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Reason(TryBegin()), "OK");
}

TEST_F(CapacityTest, DrainRefusesBeginLetsOpenUnitsGoOnAndEndsTheRest) {
  UnitOptions options = FastOptions();
  options.capacity = 3;
  Start(options);
  const std::string quick = Begin();
  const std::string idle = Begin();
  const std::string busy = Begin();
  ASSERT_EQ(Reason(Run(idle, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  auto waiting = SendBegin(Waiting(milliseconds(20000)), "alice");
  auto running = Send(busy, "SELECT pg_sleep(20)");
  auto drain = std::async(std::launch::async, [this, end = clock().Now() + milliseconds(500)] { units_->Drain(end); });
  EXPECT_EQ(Reason(waiting.get()), "SHUTTING_DOWN");
  EXPECT_EQ(Reason(TryBegin()), "SHUTTING_DOWN");
  ASSERT_EQ(Reason(Run(quick, "UPDATE t SET n = 2 WHERE id = 2")), "OK");
  EXPECT_EQ(Reason(Commit(quick)), "OK");
  Advance(milliseconds(499));
  EXPECT_FALSE(IsReady(drain));
  Advance(milliseconds(1));
  drain.get();
  EXPECT_EQ(pool_->stats().leased, 0);
  const Text stopped = running.get();
  EXPECT_EQ(Reason(stopped), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(stopped.status(), "SHUTDOWN"));
  EXPECT_EQ(Reason(Run(idle, "SELECT 1")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(Commit(quick)), "OK");
  EXPECT_EQ(Committed(1), "0");
  EXPECT_EQ(Committed(2), "2");
}

TEST_F(CapacityTest, DrainEndsAtOnceWhenNothingIsOpen) {
  units_->Drain(clock().Now() + milliseconds(5000));  // which never comes
}

TEST_F(CapacityTest, TheDestructorEndsUnitsAndNoAnswerIsLost) {
  const std::string busy = Begin();
  auto running = Send(busy, "SELECT pg_sleep(20)");
  auto waiting = Send(busy, "SELECT 1");
  auto commit = SendCommit(busy);
  std::vector<std::future<Begun>> begins;
  for (int i = 0; i < 20; ++i) begins.push_back(SendBegin(Waiting(milliseconds(20000)), "alice"));
  units_.reset();
  EXPECT_EQ(Reason(running.get()), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(waiting.get()), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(commit.get()), "UNIT_OF_WORK_EXPIRED");
  for (auto& begin : begins) {
    const std::string reason = Reason(begin.get());
    EXPECT_TRUE(reason == "SHUTTING_DOWN" || reason == "OK") << reason;
  }
}

}  // namespace
}  // namespace rowkeeper::uow
