#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowkeeper::exec {

/// What waits for a worker, and who is next: first come, first served, except that no group may have more than three
/// times as many workers as are left idle. When all calls of a group wait for one lock, others find workers; as long as
/// calls are quick, the limit is never felt. A single group gets three quarters of the workers, and where there are
/// fewer than four of them all. Guarded by the lock of its owner.
class WaitingLine {
 public:
  class Waiter;
  using Queue = std::list<std::shared_ptr<Waiter>>;

  /// Base of what waits.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    /// What it has in common with others that may wait for the same lock: the name of an entity, which must outlive the
    /// line; empty for what has none.
    std::string_view group;

   private:
    friend class WaitingLine;
    Queue* queue = nullptr;
    Queue::iterator place;
  };

  explicit WaitingLine(int workers) : workers_(workers) {}

  void Add(const std::shared_ptr<Waiter>& waiter);
  /// False when it does not wait any more.
  bool Remove(Waiter* waiter);
  /// Takes those out of which `condition` holds.
  std::vector<std::shared_ptr<Waiter>> RemoveIf(const std::function<bool(const Waiter&)>& condition);

  /// Takes the next one, which runs until Ended; null when nothing may run now.
  std::shared_ptr<Waiter> Next();
  bool HasNext() { return FindNext() != nullptr; }
  void Ended(const Waiter& waiter);

  int size() const { return size_; }
  int running() const { return running_; }

 private:
  struct Group {
    int running = 0;
    /// Those that had their turn when the group had its share.
    Queue passed_over;
  };

  bool MayRun(const Group& group) const;
  /// The queue whose first is the next; null when nothing may run.
  Queue* FindNext();
  std::shared_ptr<Waiter> Take(Queue* queue, Queue::iterator place);

  const int workers_;
  int size_ = 0;
  int running_ = 0;
  Queue queue_;
  std::unordered_map<std::string_view, Group> groups_;
  /// Groups with waiters that were passed over.
  std::list<Group*> behind_;
};

}  // namespace rowkeeper::exec
