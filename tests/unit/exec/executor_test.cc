#include "server/exec/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "absl/synchronization/notification.h"
#include "server/base/error_details.h"
#include "tests/support/fake_clock.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/silent_server.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::SizeIs;

/// The ends of calls, in the order in which they came.
class Ends {
 public:
  Executor::Done Of(const std::string& name) {
    return [this, name](absl::StatusOr<Outcome> outcome) {
      absl::MutexLock lock(&mutex_);
      ends_.push_back(Cat(name, " ", ErrorReason(outcome.status())));
    };
  }
  std::vector<std::string> Wait(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, count]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return ends_.size() >= count; };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(20)));
    return ends_;
  }
  std::vector<std::string> now() {
    absl::MutexLock lock(&mutex_);
    return ends_;
  }

 private:
  absl::Mutex mutex_;
  std::vector<std::string> ends_ ABSL_GUARDED_BY(mutex_);
};

/// An executor with one worker, which hangs in an attempt to connect: all further calls wait behind it.
class ExecutorTest : public ::testing::Test {
 protected:
  void Start(ExecutorOptions options = {}) {
    options.workers = 1;
    db::ConnectionOptions connection;
    connection.url = database_.url();
    connection.connect_timeout_s = 20;
    db::PoolOptions pool;
    pool.clock = &clock_;
    pool_ = std::make_unique<db::Pool>(pool, connection);
    executor_ = std::make_unique<Executor>(options, &runner_, pool_.get(), &timers_);
  }

  Executor::Ticket Submit(const std::string& name, Clock::time_point deadline = Clock::time_point::max()) {
    plan::Request request = plan::EmptyRequest(*plan_);
    request.arguments[0] = {true, "00000000-0000-4000-8000-000000000000"};
    auto call = plan::Bind(*plan_, std::move(request), {}, tokens_);
    EXPECT_TRUE(call.ok()) << call.status();
    return executor_->Submit(*std::move(call), deadline, ends_.Of(name));
  }

  /// Submits a call and waits until the worker has it.
  Executor::Ticket Occupy() {
    Executor::Ticket ticket = Submit("first");
    EXPECT_TRUE(testing::Eventually([this] { return executor_->stats().running == 1; }));
    return ticket;
  }

  void Advance(Clock::duration time) {
    clock_.Advance(time);
    timers_.Settle();
  }

  testing::FakeClock clock_;
  Timers timers_{&clock_};
  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileExample("planner/v1");
  catalogue::Diagnostics diagnostics_;
  const std::vector<std::unique_ptr<const plan::MethodPlan>> plans_ = plan::CompilePlans(*catalogue_, &diagnostics_);
  const plan::MethodPlan* plan_ = FindGet();
  const plan::PageTokens tokens_{plan::PageTokens::RandomKey()};
  const ErrorContexts errors_{*catalogue_};
  StatementCache statements_;
  const Runner runner_{{errors_, tokens_, &statements_, &clock_}};
  Ends ends_;
  testing::SilentServer database_;
  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<Executor> executor_;

 private:
  const plan::MethodPlan* FindGet() const {
    for (const auto& plan : plans_) {
      if (plan->full_name == "planner.v1.TodoRepository.GetById") return plan.get();
    }
    return nullptr;
  }
};

TEST_F(ExecutorTest, ServesCallsInTheOrderInWhichTheyCame) {
  Start();
  Occupy();
  for (const char* name : {"a", "b", "c"}) Submit(name);
  EXPECT_EQ(executor_->stats().queued, 3);
  EXPECT_THAT(ends_.now(), SizeIs(0));
  database_.Release();
  EXPECT_THAT(ends_.Wait(4), ElementsAre("first DATABASE_UNAVAILABLE", "a DATABASE_UNAVAILABLE",
                                         "b DATABASE_UNAVAILABLE", "c DATABASE_UNAVAILABLE"));
}

TEST_F(ExecutorTest, AWaitingCallThatIsCancelledEndsAtOnceAndLeavesItsPlace) {
  ExecutorOptions options;
  options.queue_limit = 2;
  Start(options);
  Occupy();
  Executor::Ticket a = Submit("a");
  Executor::Ticket b = Submit("b");
  b.Cancel(db::Cancellation::Cause::kCaller);
  EXPECT_THAT(ends_.now(), ElementsAre("b CANCELLED"));
  a.Cancel(db::Cancellation::Cause::kDeadline);
  EXPECT_THAT(ends_.now(), ElementsAre("b CANCELLED", "a DEADLINE_EXCEEDED"));
  EXPECT_EQ(executor_->stats().queued, 0);
  a.Cancel(db::Cancellation::Cause::kCaller);  // has ended: no effect
  Submit("c");
  Submit("d");
  database_.Release();
  EXPECT_THAT(ends_.Wait(5), ElementsAre("b CANCELLED", "a DEADLINE_EXCEEDED", "first DATABASE_UNAVAILABLE",
                                         "c DATABASE_UNAVAILABLE", "d DATABASE_UNAVAILABLE"));
}

TEST_F(ExecutorTest, AQueueThatIsFullRefusesAtOnce) {
  ExecutorOptions options;
  options.queue_limit = 2;
  Start(options);
  Occupy();
  Submit("a");
  Submit("b");
  Submit("c").Cancel(db::Cancellation::Cause::kCaller);
  EXPECT_THAT(ends_.now(), ElementsAre("c QUEUE_FULL"));
  EXPECT_EQ(executor_->stats().refused_total, 1u);
  database_.Release();
  EXPECT_THAT(ends_.Wait(4), SizeIs(4));
}

TEST_F(ExecutorTest, ARefusalMayLeadToTheNextCallHoweverOften) {
  constexpr int kCalls = 20000;
  ExecutorOptions options;
  options.queue_limit = 1;
  Start(options);
  Occupy();
  Submit("waits");
  int refused = 0;
  std::function<void()> submit = [&] {
    executor_->Submit([](db::Connection&, db::Cancellation*) { return absl::OkStatus(); }, "", Clock::time_point::max(),
                      [&](const absl::Status& status) {
                        EXPECT_EQ(ErrorReason(status), "QUEUE_FULL");
                        if (++refused < kCalls) submit();
                      });
  };
  submit();
  EXPECT_EQ(refused, kCalls);
  database_.Release();
  EXPECT_THAT(ends_.Wait(2), SizeIs(2));
}

TEST_F(ExecutorTest, AWaitHasTwoEndsTheDeadlineAndTheQueueTimeout) {
  ExecutorOptions options;
  options.queue_timeout = milliseconds(300);
  Start(options);
  Occupy();
  Submit("patient");
  Submit("hurried", clock_.Now() + milliseconds(100));
  Advance(milliseconds(99));
  EXPECT_THAT(ends_.now(), SizeIs(0));
  Advance(milliseconds(1));
  EXPECT_THAT(ends_.now(), ElementsAre("hurried DEADLINE_EXCEEDED"));
  Advance(milliseconds(199));
  EXPECT_THAT(ends_.now(), SizeIs(1));
  Advance(milliseconds(1));
  EXPECT_THAT(ends_.now(), ElementsAre("hurried DEADLINE_EXCEEDED", "patient POOL_TIMEOUT"));
  EXPECT_EQ(executor_->stats().refused_total, 2u);
  database_.Release();
  EXPECT_THAT(ends_.Wait(3), SizeIs(3));
}

TEST_F(ExecutorTest, ACallWhoseDeadlineIsOverNeverReachesTheDatabase) {
  Start();
  Submit("late", clock_.Now() - milliseconds(1));
  EXPECT_THAT(ends_.Wait(1), ElementsAre("late DEADLINE_EXCEEDED"));
  EXPECT_EQ(pool_->stats().opened_total, 0u);
}

TEST_F(ExecutorTest, StoppingRefusesWhatWaitsAndFinishesWhatRuns) {
  Start();
  Executor::Ticket running = Occupy();
  Executor::Ticket waiting = Submit("waiting");
  std::thread stop([this] { executor_.reset(); });
  EXPECT_THAT(ends_.Wait(1), ElementsAre("waiting SHUTTING_DOWN"));
  database_.Release();
  stop.join();
  EXPECT_THAT(ends_.now(), ElementsAre("waiting SHUTTING_DOWN", "first DATABASE_UNAVAILABLE"));
  waiting.Cancel(db::Cancellation::Cause::kCaller);  // outlives the executor, to no effect
  running.Cancel(db::Cancellation::Cause::kCaller);
  EXPECT_THAT(ends_.now(), SizeIs(2));
}

TEST_F(ExecutorTest, EveryCallEndsExactlyOnceHoweverItIsCancelled) {
  constexpr int kCalls = 2000;
  ExecutorOptions options;
  options.queue_timeout = milliseconds(20);
  options.queue_limit = 500;
  database_.Release();
  Start(options);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([this, caller] {
      std::vector<Executor::Ticket> tickets;
      for (int i = 0; i < kCalls / 4; ++i) {
        const bool hurried = i % 3 == 0;
        tickets.push_back(Submit(Cat("call ", caller, " ", i, ":"),
                                 hurried ? clock_.Now() + milliseconds(i % 30) : Clock::time_point::max()));
        if (i % 2 == 0) tickets[tickets.size() / 2].Cancel(db::Cancellation::Cause::kCaller);
        if (i % 5 == 0) tickets.back().Cancel(db::Cancellation::Cause::kDeadline);
      }
    });
  }
  const auto over = [this] { return ends_.now().size() >= kCalls; };
  EXPECT_TRUE(clock_.AdvanceUntil(over, std::chrono::hours(1), milliseconds(1)));
  for (std::thread& caller : callers) caller.join();
  executor_.reset();
  std::vector<std::string> ends = ends_.now();
  EXPECT_THAT(ends, SizeIs(kCalls));
  for (std::string& end : ends) end = end.substr(0, end.find(':'));
  std::sort(ends.begin(), ends.end());
  EXPECT_EQ(std::unique(ends.begin(), ends.end()), ends.end());
}

}  // namespace
}  // namespace rowkeeper::exec
