#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/base/clock.h"

namespace rowkeeper::exec {

/// Which calls of one statement may run as one.
enum class Mergeable { kReads, kAll };

struct MergeLanesOptions {
  /// Statements of one text that run at once, where PostgreSQL answers at once: more of them the longer it takes, and
  /// twice as many for so few calls that each can have one. 0: nothing is ever merged.
  int lanes = 2;
  /// Calls that one statement serves at most.
  int most_merged = 64;
  /// What those take of it at most, together, by MergeLanes::Share::weight; one call may take more.
  int most_weight = 1600;
  /// Calls that wait for a lane, of one text. More run alone.
  int most_waiting = 256;
  Mergeable calls = Mergeable::kAll;
};

/// Which calls of one statement run by themselves, and which wait for a moment to run together.
///
/// Nothing waits for others to come: a call runs at once while its statement has a lane that is free. Those that come
/// while all are taken are the next statement, together. So one caller alone waits for nobody, and the more calls
/// there are, the less each of them costs.
///
/// A lane is worth its while when PostgreSQL's own work is what takes the time: where the way to it is long, or the
/// statement, there are more lanes, by the shortest that it has taken. A statement that fails, or whose answer is too
/// large, halves how many are merged, down to none for a while; each that succeeds allows one more. What waits behind
/// a statement that takes too long is taken over by another lane.
///
/// Calls of one statement that ask for very different amounts do not run together. Of those that can be heavy a
/// statement fails, too, if it takes twice as long as its calls take one by one: then PostgreSQL plans it worse.
///
/// No threads and no clock: guarded by the lock of its owner, who says what time it is.
class MergeLanes {
 public:
  /// By which calls of one statement are told apart.
  static constexpr uint64_t kSizes = 8;

  /// What a call takes of a statement of many.
  struct Share {
    /// Only calls of one size have lanes together. Range 0 to 7.
    int size = 0;
    /// Rows, about; 1: at most one, found by its key.
    int weight = 1;
  };
  /// The lanes of a statement with this id for calls of one size.
  static uint64_t LaneOf(uint64_t statement, const Share& share) {
    return statement * kSizes + static_cast<uint64_t>(share.size);
  }

  /// Base of what is executed in lanes.
  class Call {
   public:
    virtual ~Call() = default;

    /// Before it joins.
    Share share;

   private:
    friend class MergeLanes;
    enum class State {
      kOutside,
      kRuns,      ///< its own statement, in a lane
      kWaits,     ///< for a lane
      kTogether,  ///< with others in one statement, which somebody else runs
      kOver,      ///< it was answered before its turn, or before the statement that it was in
    } state_ = State::kOutside;
    uint64_t lane_ = 0;
    /// Calls that its statement serves.
    int size_ = 1;
    Clock::time_point since_{};
  };
  using Shared = std::shared_ptr<Call>;
  using Together = std::vector<Shared>;

  explicit MergeLanes(const MergeLanesOptions& options) : options_(options) {}

  /// Whether Join would keep a call.
  bool WouldWait(uint64_t lane, Clock::time_point now) const;
  /// A call comes whose lanes are these, see LaneOf. True: it waits, and will be given by Ended or Overdue. False: it
  /// runs.
  bool Join(uint64_t lane, const Shared& call, Clock::time_point now);
  /// A statement that serves `size` calls begins to run, in the lane that gave them. It may be one of them.
  void Began(uint64_t lane, const Shared& running, size_t size, Clock::time_point now);
  enum class End {
    kAlone,     ///< it was one call
    kTogether,  ///< a statement has served many calls …
    kFailed,    ///< … or it failed, and they run alone
    kInVain,    ///< … or it had nothing for most of them
    kLarge,     ///< it has served them, but its answer was too large
    kSlow,      ///< the same, but it took too long; told by MergeLanes only
  };
  /// How often each of these has halved how many are merged.
  struct Halvings {
    uint64_t failed = 0;
    uint64_t in_vain = 0;
    uint64_t large = 0;
    uint64_t slow = 0;
  };
  const Halvings& halvings() const { return halvings_; }
  /// A call that Join did not keep, or a statement of many, has ended. Gives those that are to run next, together; none
  /// when none wait, and when `call` is in no lane. Some may have been answered meanwhile: IsOpen tells.
  Together Ended(Call* call, End end, Clock::time_point now);
  /// The statement of `size` calls that Ended or Overdue gave does not run. Gives those that do in its place.
  Together Abandoned(uint64_t lane, size_t size);
  /// All that wait.
  Together Clear();
  /// No call of this statement is in a lane, or ever comes again.
  void Forget(uint64_t statement);
  /// Those that have waited for too long, by statement: each gets a lane more. `*next`: when to look again; max() when
  /// nothing waits.
  std::vector<Together> Overdue(Clock::time_point now, Clock::time_point* next);
  /// When those that wait from `now` on are overdue.
  static Clock::time_point OverdueFrom(Clock::time_point now) { return now + kPatience; }

  /// Takes `call` out of its lane, if it waits for one or runs together with others: whoever asks is to answer it.
  bool Withdraw(Call* call);
  /// Of those that were to run together, the ones that nobody has answered; null in place of the others. Whoever asks
  /// is to answer them, or to run them alone.
  static Together Release(const Together& calls);
  /// One that runs together with others, and that nobody has answered.
  static bool IsOpen(const Call& call) { return call.state_ == Call::State::kTogether; }
  int waiting() const { return waiting_; }

 private:
  /// How long calls wait behind a statement before another one takes them.
  static constexpr std::chrono::milliseconds kPatience{10};
  /// So much longer than nothing as a statement takes there are as many lanes again.
  static constexpr std::chrono::milliseconds kQuick{1};
  /// How long nothing is merged that has only failed; twice as long each time when it fails again after that.
  static constexpr std::chrono::seconds kPause{10};
  static constexpr std::chrono::seconds kLongestPause{640};
  /// What takes no longer is not too slow.
  static constexpr std::chrono::milliseconds kSlow{5};
  static constexpr int kMostTimesAlone = 2;
  /// So many calls one by one are looked back at.
  static constexpr int kLookedBackAt = 8;
  static constexpr int kFewest = 4;

  struct Lane {
    int running = 0;
    /// Those that run, by whatever statement, and that wait.
    int calls = 0;
    std::deque<Shared> waiting;
    bool is_looked_after = false;
    /// The shortest that a statement took, of late.
    Clock::duration shortest{0};
    /// How many may be merged now.
    int most = kFewest;
    Clock::time_point paused_until{};
    Clock::duration pause = kPause;
    /// Of calls one by one, on average.
    Clock::duration alone{0};
  };

  int LanesFor(const Lane& lane) const;
  bool IsFull(const Lane& lane, Clock::time_point now) const;
  Together TakeWaiting(Lane* lane);
  /// Those that run next in a lane that is free now.
  Together Next(Lane* lane);
  void NoteEnd(Lane* lane, End end, Clock::time_point now);
  /// False: it halves nothing.
  bool CountHalving(End end);
  static bool IsTooSlow(const Lane& lane, const Call& call, Clock::duration took);
  static void NoteTime(Lane* lane, const Call& call, Clock::duration took);

  const MergeLanesOptions options_;
  absl::flat_hash_map<uint64_t, Lane> lanes_;
  /// Lanes for which something waits, or has.
  std::vector<uint64_t> looked_after_;
  int waiting_ = 0;
  Halvings halvings_;
};

}  // namespace rowkeeper::exec
