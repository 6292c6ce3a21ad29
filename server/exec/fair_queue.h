#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "server/base/caller_id.h"
#include "server/base/clock.h"
#include "server/exec/indexed_heap.h"

namespace rowkeeper::exec {

/// What waits for a worker, and who is next.
///
/// Callers take turns by the time that their calls hold workers (deficit round robin): whoever waits behind a caller
/// with thousands of calls is served after one of them. Of one caller the oldest is next, or the newest while its queue
/// stands: see StandingQueue.
///
/// However many callers and calls wait, each step costs O(log n) of them. Beside that, it looks at the groups for which
/// something waits, of which the catalogue has few.
///
/// No group may have more than three times as many workers as are left idle. When all calls of a group wait for one
/// lock, others find workers; as long as calls are quick, the limit is never felt. A single group gets three quarters
/// of the workers, and where there are fewer than four of them all.
///
/// No threads and no clock: guarded by the lock of its owner, who says what time it is.
class FairQueue {
 public:
  class Waiter;

  /// Tells a queue that a burst has filled from one that stands: whoever comes would have to wait for longer than a
  /// target, for longer than that. It stands until the wait is less than half the target; and at once again when it has
  /// stood not long ago. (After CoDel.)
  class StandingQueue {
   public:
    /// Somebody comes, and would have to wait for so long.
    void Note(Clock::time_point now, Clock::duration wait, Clock::duration target);
    void Clear();
    bool stands() const { return stands_; }

   private:
    Clock::time_point above_since_ = Clock::time_point::max();
    /// Until when it stands again at once.
    Clock::time_point remembered_until_ = Clock::time_point::min();
    bool stands_ = false;
  };

 private:
  struct Group;
  struct Lane;

 public:
  /// One caller's calls.
  class Caller {
   public:
    int waiting() const { return waiting_; }
    int running() const { return running_; }
    /// Statements of calls that are over, and which PostgreSQL executes still. Each makes its calls cost one call more.
    int runaway() const { return runaway_; }
    /// Whether its queue stands …
    bool overloaded() const { return standing_.stands(); }
    /// … and its oldest have waited for so long that the newest goes first.
    bool newest_first() const { return newest_first_; }

   private:
    friend class FairQueue;
    int waiting_ = 0;
    int running_ = 0;
    int runaway_ = 0;
    /// Worker time that it may use before others have their turn. While it waits, without what all got: given_.
    Clock::duration balance_{0};
    /// The one with the least comes first among callers of equal balance.
    uint64_t turn_ = 0;
    /// When the last of its calls ended.
    Clock::time_point ended_at_{};
    StandingQueue standing_;
    bool newest_first_ = false;
    /// By group, those that have waiters.
    std::vector<Lane*> lanes_;
    /// All that wait.
    Waiter* oldest_ = nullptr;
    Waiter* newest_ = nullptr;
    /// Among the callers that have as many waiting.
    Caller* before_ = nullptr;
    Caller* after_ = nullptr;
  };

  /// Base of what waits.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    /// What it has in common with others that may wait for the same lock: the name of an entity, which outlives the
    /// waiter; empty for what has none.
    std::string_view group;
    /// Since when it waits.
    Clock::time_point queued_at{};
    /// Until when it may wait.
    Clock::time_point expiry = Clock::time_point::max();

   private:
    friend class FairQueue;
    /// Set while it waits.
    std::shared_ptr<Waiter> self_;
    /// Among those of its lane, and of its caller.
    Waiter* before_ = nullptr;
    Waiter* after_ = nullptr;
    Waiter* older_ = nullptr;
    Waiter* newer_ = nullptr;
    Lane* lane_ = nullptr;
    uint64_t number_ = 0;
    size_t heap_place_ = 0;
    /// Set while it waits or runs.
    Caller* caller_ = nullptr;
    Group* group_ = nullptr;
    Clock::time_point started_{};
    Clock::duration charged_{0};
  };

  /// `target`: more wait than this, for as long as this, is a queue that stands; 0: none ever does.
  FairQueue(int workers, Clock::duration target) : workers_(workers), target_(target) {}
  /// Lets go of what waits.
  ~FairQueue();
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  /// The calls of `id`. Valid until the next Find, unless something of it waits or runs.
  Caller* Find(const CallerId& id);
  /// A call of `caller` comes, and would have to wait for so long.
  void NoteWait(Caller* caller, Clock::time_point now, Clock::duration wait) {
    caller->standing_.Note(now, wait, target_);
  }
  static void NoteRunaway(Caller* caller, int statements) { caller->runaway_ = statements; }
  void NoteNoRunaway();
  void Add(const std::shared_ptr<Waiter>& waiter, Caller* caller);
  /// False when it does not wait any more.
  bool Remove(Waiter* waiter);
  /// Takes those out of which `condition` holds. Looks at all.
  std::vector<std::shared_ptr<Waiter>> RemoveIf(const std::function<bool(const Waiter&)>& condition);
  /// Takes those out whose expiry has come.
  std::vector<std::shared_ptr<Waiter>> RemoveExpired(Clock::time_point now);
  /// When the next will; max() where none waits.
  Clock::time_point next_expiry() const;
  /// Takes those out that wait since before `then`, of callers whose queues stand. Looks at all callers.
  std::vector<std::shared_ptr<Waiter>> RemoveOverloaded(Clock::time_point then);
  /// Takes the newest of the caller that has the most waiting, if these are more than `at_least`; else null.
  std::shared_ptr<Waiter> RemoveFromLongest(int at_least);

  /// Takes the next one, which runs until Ended; null when nothing may run now. `expected`: how long a call holds a
  /// worker, as far as is known.
  std::shared_ptr<Waiter> Next(Clock::time_point now, Clock::duration expected);
  bool HasNext() const;
  /// Whether one more of `group`, that came now, would find one of `idle` workers, those that wait and may run before
  /// it.
  bool StartsAtOnce(std::string_view group, int idle) const;
  /// Gives how long it held its worker, for which its caller is charged, though never more than a few calls' time: who
  /// held one for an hour is not kept waiting for an hour.
  Clock::duration Ended(const Waiter& waiter, Clock::time_point now);

  int size() const { return size_; }
  int running() const { return running_; }
  /// How many callers have calls that wait.
  int callers_waiting() const { return callers_waiting_; }
  /// How many callers are remembered.
  size_t callers_known() const { return callers_.size(); }
  /// Of one that waits or runs.
  static const Caller& CallerOf(const Waiter& waiter) { return *waiter.caller_; }

 private:
  /// How many callers are remembered that have nothing here.
  static constexpr size_t kIdleCallers = 1024;

  /// Those of one caller and one group that wait.
  struct Lane {
    Caller* caller = nullptr;
    Group* group = nullptr;
    Waiter* first = nullptr;
    Waiter* last = nullptr;
    size_t heap_place = 0;
  };
  /// Who has its turn before whom.
  struct Turn {
    Clock::duration balance{0};
    uint64_t number = 0;
    bool operator<(const Turn& other) const {
      return balance != other.balance ? balance > other.balance : number < other.number;
    }
  };

  struct Group {
    int running = 0;
    int waiting = 0;
    /// In waiting_groups_, while some wait.
    size_t index = 0;
    /// Of callers that wait for it.
    IndexedHeap<Lane, &Lane::heap_place, Turn> lanes;
  };

  bool MayRun(const Group& group) const;
  Lane* LaneOf(Caller* caller, Group* group);
  void Release(Lane* lane);
  Clock::duration BalanceOf(const Caller& caller) const;
  void SetBalance(Caller* caller, Clock::duration balance);
  static Turn TurnOf(const Caller& caller) { return {caller.balance_, caller.turn_}; }
  /// After a change of what its turn depends on.
  static void Reorder(Caller* caller);
  /// Of those of one caller that may run.
  struct Candidates {
    Waiter* oldest = nullptr;
    Waiter* newest = nullptr;
  };
  Candidates FindCandidates(const Caller& caller) const;
  /// The caller whose turn it is; null when nobody's calls may run.
  Caller* ChooseCaller(Clock::duration quantum);
  void BeginToWait(Caller* caller, Clock::time_point now);
  void CountWaiting(Caller* caller, int more);
  std::shared_ptr<Waiter> TakeOut(Waiter* waiter);
  void ForgetIdleCallers();

  const int workers_;
  const Clock::duration target_;
  int size_ = 0;
  int running_ = 0;
  int callers_waiting_ = 0;
  uint64_t last_number_ = 0;
  /// By name, of which it has copies: those of waiters live as long as these.
  absl::node_hash_map<std::string, Group> groups_;
  std::vector<Group*> waiting_groups_;
  std::unordered_map<std::string, Caller> callers_;
  size_t forget_at_ = kIdleCallers;
  /// By how many of their calls wait: the first of a list. The last one has a caller.
  std::vector<Caller*> by_waiting_;
  uint64_t last_turn_ = 0;
  /// What each caller that waits got when nobody had time left.
  Clock::duration given_{0};
  IndexedHeap<Waiter, &Waiter::heap_place_, Clock::time_point> expiries_;
  std::deque<Lane> lanes_;
  std::vector<Lane*> unused_lanes_;
};

}  // namespace rowkeeper::exec
