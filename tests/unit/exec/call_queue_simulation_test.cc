// A queue under loads that last, simulated: what callers get of its workers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/exec/call_queue.h"

namespace rowkeeper::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Clock::time_point kSimulationBegin = Clock::time_point() + std::chrono::hours(1);

struct SimulatedCall : CallQueue::Waiter {
  std::string caller;
  Clock::time_point came;
  Clock::duration service{0};
};

/// What a caller of a simulation got.
struct Got {
  int sent = 0;
  /// Answered before the deadline.
  int good = 0;
  /// Ran, and was answered too late.
  int wasted = 0;
  int refused_at_once = 0;
  std::map<std::string, int> reasons;
  std::vector<Clock::duration> refusals;
  Clock::duration longest_wait{0};
};

/// Calls that come when they come, whatever became of the ones before (an open loop), over workers that the queue
/// gives calls to. Time passes in steps of a millisecond.
class Simulation {
 public:
  struct Source {
    std::string caller;
    /// On average; at random moments.
    double calls_per_second = 0;
    Clock::duration deadline = Clock::duration::max();
    std::string_view entity = "e";
    /// 0: as set_service says.
    Clock::duration service{0};
  };

  explicit Simulation(const CallQueueOptions& options) : options_(options), queue_(options) {}

  void Run(Clock::duration time, const std::vector<Source>& sources) {
    const Clock::time_point end = now_ + time;
    for (; now_ < end; now_ += milliseconds(1)) {
      EndCalls();
      CallQueue::Refusals refused;
      if ((now_ - kSimulationBegin) % milliseconds(50) == Clock::duration::zero()) queue_.Expire(now_, &refused);
      Tell(refused);
      for (const Source& source : sources) {
        std::poisson_distribution<int> calls(source.calls_per_second / 1000);
        for (int i = calls(random_); i > 0; --i) Come(source);
      }
      StartCalls();
      largest_ = std::max(largest_, queue_.size());
    }
  }

  void set_service(Clock::duration service) { service_ = service; }
  const Got& got(const std::string& caller) { return got_[caller]; }
  int sent_of(std::string_view entity) { return sent_of_[entity]; }
  int good_of(std::string_view entity) { return good_of_[entity]; }
  void Forget() {
    got_.clear();
    largest_ = 0;
  }
  int largest() const { return largest_; }

 private:
  int idle() const { return options_.workers - static_cast<int>(running_.size()); }

  void Come(const Source& source) {
    auto call = std::make_shared<SimulatedCall>();
    call->caller = source.caller;
    call->group = source.entity;
    call->came = now_;
    call->deadline = Later(now_, source.deadline);
    const Clock::duration service = source.service == Clock::duration::zero() ? service_ : source.service;
    call->service = service * std::uniform_int_distribution<int>(90, 110)(random_) / 100;
    call->kind = source.service == Clock::duration::zero() ? "any method" : source.entity.data();
    ++got_[source.caller].sent;
    ++sent_of_[source.entity];
    CallQueue::Refusals refused;
    queue_.Admit(call, CallerId(source.caller), idle(), now_, &refused);
    Tell(refused);
    StartCalls();
  }

  void StartCalls() {
    CallQueue::Refusals refused;
    while (idle() > 0) {
      const auto next = std::static_pointer_cast<SimulatedCall>(queue_.Next(now_, &refused));
      if (next == nullptr) break;
      Got& got = got_[next->caller];
      got.longest_wait = std::max<Clock::duration>(got.longest_wait, now_ - next->came);
      running_.emplace_back(now_ + next->service, next);
    }
    Tell(refused);
  }

  void EndCalls() {
    for (size_t i = 0; i < running_.size();) {
      const auto [end, call] = running_[i];
      if (now_ < end) {
        ++i;
        continue;
      }
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      queue_.Ended(*call, now_);
      ++(now_ <= call->deadline ? got_[call->caller].good : got_[call->caller].wasted);
      if (now_ <= call->deadline) ++good_of_[call->group];
      StartCalls();
    }
  }

  void Tell(const CallQueue::Refusals& refused) {
    for (const CallQueue::Refusal& refusal : refused) {
      const auto& call = static_cast<const SimulatedCall&>(*refusal.waiter);
      Got& got = got_[call.caller];
      ++got.reasons[ErrorReason(refusal.status)];
      got.refused_at_once += now_ == call.came ? 1 : 0;
      got.refusals.push_back(now_ - call.came);
    }
  }

  const CallQueueOptions options_;
  CallQueue queue_;
  Clock::time_point now_ = kSimulationBegin;
  Clock::duration service_ = milliseconds(50);
  std::vector<std::pair<Clock::time_point, std::shared_ptr<SimulatedCall>>> running_;
  std::mt19937 random_{42};
  std::map<std::string, Got> got_;
  std::map<std::string_view, int> sent_of_;
  std::map<std::string_view, int> good_of_;
  int largest_ = 0;
};

Clock::duration Percentile99(std::vector<Clock::duration> times) {
  std::sort(times.begin(), times.end());
  return times.empty() ? Clock::duration::zero() : times[times.size() * 99 / 100];
}

CallQueueOptions FourWorkers() {
  CallQueueOptions options;
  options.workers = 4;
  return options;
}

/// Calls of one entity get three of four workers: 60 calls of 50 ms a second.
constexpr double kCapacity = 60;

TEST(CallQueueSimulation, TenTimesTheCapacityCostsNoGoodputAndIsRefusedAtOnce) {
  for (const double times : {1.5, 3.0, 10.0}) {
    Simulation simulation(FourWorkers());
    const std::vector<Simulation::Source> sources = {{"flood", times * kCapacity, milliseconds(1500)}};
    simulation.Run(seconds(5), sources);
    simulation.Forget();
    simulation.Run(seconds(60), sources);
    const Got& got = simulation.got("flood");
    EXPECT_GE(got.good, 0.95 * 60 * kCapacity) << times << " times";
    EXPECT_LE(got.wasted, 0.02 * 60 * kCapacity) << times << " times";
    EXPECT_LE(Percentile99(got.refusals), milliseconds(10)) << times << " times";
    EXPECT_LE(simulation.largest(), 150) << "calls that wait";
  }
}

TEST(CallQueueSimulation, APoliteCallerGetsItsShareBesideAFlood) {
  Simulation simulation(FourWorkers());
  simulation.Run(seconds(60), {{"flood", 10 * kCapacity, milliseconds(1500)}, {"polite", 10, seconds(1)}});
  const Got& polite = simulation.got("polite");
  EXPECT_GE(polite.good, 0.98 * polite.sent);
  EXPECT_LE(polite.longest_wait, milliseconds(400));
}

TEST(CallQueueSimulation, ManyPoliteCallersBesideAFloodCostNoGoodput) {
  Simulation simulation(FourWorkers());
  std::vector<Simulation::Source> sources = {{"flood", 10 * kCapacity, milliseconds(1500)}};
  for (int i = 0; i < 40; ++i) sources.push_back({Cat("polite ", i), 1, seconds(2)});
  simulation.Run(seconds(10), sources);
  simulation.Forget();
  simulation.Run(seconds(60), sources);
  int good = 0;
  int wasted = 0;
  int polite_sent = 0;
  int polite_good = 0;
  for (const Simulation::Source& source : sources) {
    const Got& got = simulation.got(source.caller);
    good += got.good;
    wasted += got.wasted;
    if (source.caller == "flood") continue;
    polite_sent += got.sent;
    polite_good += got.good;
  }
  EXPECT_GE(good, 0.95 * 60 * kCapacity);
  EXPECT_LE(wasted, 0.02 * 60 * kCapacity);
  EXPECT_GE(polite_good, 0.98 * polite_sent);
  EXPECT_LE(Percentile99(simulation.got("flood").refusals), milliseconds(10));
}

TEST(CallQueueSimulation, FloodsShareEqually) {
  Simulation simulation(FourWorkers());
  simulation.Run(seconds(60), {{"ten times", 10 * kCapacity, milliseconds(1500)},
                               {"twice", 2 * kCapacity, milliseconds(1500)},
                               {"as much", kCapacity, milliseconds(1500)}});
  for (const char* caller : {"ten times", "twice", "as much"}) {
    EXPECT_NEAR(simulation.got(caller).good, 60 * kCapacity / 3, 60 * kCapacity * 0.05) << caller;
  }
}

TEST(CallQueueSimulation, WithoutDeadlinesAQueueThatStandsIsShed) {
  Simulation simulation(FourWorkers());
  const std::vector<Simulation::Source> sources = {{"flood", 2 * kCapacity}};
  simulation.Run(seconds(20), sources);
  simulation.Forget();
  simulation.Run(seconds(60), sources);
  const Got& got = simulation.got("flood");
  EXPECT_GE(got.good, 0.98 * 60 * kCapacity);
  EXPECT_LE(got.longest_wait, seconds(4)) << "twice the target";
  EXPECT_THAT(got.reasons, ElementsAre(::testing::Pair("OVERLOADED", ::testing::Gt(0))));
  EXPECT_LE(Percentile99(got.refusals), milliseconds(10));
}

TEST(CallQueueSimulation, ABurstIsServedToItsEnd) {
  Simulation simulation(FourWorkers());
  simulation.Run(seconds(10), {{"steady", 0.5 * kCapacity}});
  simulation.Run(milliseconds(100), {{"steady", 5 * kCapacity}});  // half a second's work
  simulation.Run(seconds(10), {{"steady", 0.5 * kCapacity}});
  EXPECT_THAT(simulation.got("steady").reasons, IsEmpty());
}

TEST(CallQueueSimulation, FollowsCallsThatTakeLongerForAWhile) {
  Simulation simulation(FourWorkers());
  const std::vector<Simulation::Source> sources = {{"flood", 2 * kCapacity, milliseconds(1500)}};
  simulation.Run(seconds(10), sources);
  simulation.set_service(milliseconds(200));
  simulation.Run(seconds(5), sources);
  simulation.Forget();
  simulation.Run(seconds(20), sources);
  EXPECT_GE(simulation.got("flood").good, 0.9 * 20 * kCapacity / 4);
  simulation.set_service(milliseconds(50));
  simulation.Run(seconds(5), sources);
  simulation.Forget();
  simulation.Run(seconds(20), sources);
  EXPECT_GE(simulation.got("flood").good, 0.95 * 20 * kCapacity);
}

TEST(CallQueueSimulation, ALockedEntityKeepsNoCallOfAnotherFromAWorker) {
  CallQueueOptions options;
  options.workers = 8;
  Simulation simulation(options);
  simulation.Run(seconds(20), {{"app", 50, seconds(5), "locked", seconds(3)},
                               {"app", 20, milliseconds(200), "free", milliseconds(2)}});
  EXPECT_GT(simulation.got("app").reasons.at("DEADLINE_UNREACHABLE"), 100) << "of those that wait for the lock";
  EXPECT_GE(simulation.good_of("free"), 0.98 * simulation.sent_of("free"));
}

TEST(CallQueueSimulation, QuickCallsAreNotRefusedForTheTimeOfSlowOnes) {
  Simulation simulation(FourWorkers());
  simulation.Run(seconds(60), {{"reports", 3, seconds(30), "report", milliseconds(1000)},
                               {"pages", 20, milliseconds(900), "page", milliseconds(2)}});
  EXPECT_GE(simulation.good_of("page"), 0.95 * simulation.sent_of("page"));
}

TEST(CallQueueSimulation, AStallIsForgotten) {
  Simulation simulation(FourWorkers());
  const std::vector<Simulation::Source> sources = {{"flood", 2 * kCapacity, milliseconds(500)}};
  simulation.Run(seconds(10), sources);
  simulation.set_service(milliseconds(400));
  simulation.Run(seconds(5), sources);
  simulation.set_service(milliseconds(50));
  simulation.Run(seconds(20), sources);
  simulation.Forget();
  simulation.Run(seconds(20), sources);
  EXPECT_GE(simulation.got("flood").good, 0.95 * 20 * kCapacity);
}

}  // namespace
}  // namespace rowkeeper::exec
