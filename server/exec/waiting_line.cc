#include "server/exec/waiting_line.h"

#include <utility>

namespace rowkeeper::exec {
namespace {

/// How many workers a group may have for each idle one.
constexpr int kShare = 3;

}  // namespace

void WaitingLine::Add(const std::shared_ptr<Waiter>& waiter) {
  waiter->place = queue_.insert(queue_.end(), waiter);
  waiter->queue = &queue_;
  ++size_;
}

bool WaitingLine::Remove(Waiter* waiter) {
  if (waiter->queue == nullptr) return false;
  Take(waiter->queue, waiter->place);
  return true;
}

std::vector<std::shared_ptr<WaitingLine::Waiter>> WaitingLine::RemoveIf(
    const std::function<bool(const Waiter&)>& condition) {
  std::vector<std::shared_ptr<Waiter>> removed;
  const auto remove_from = [&](Queue* queue) {
    for (auto place = queue->begin(); place != queue->end();) {
      const auto following = std::next(place);
      if (condition(**place)) removed.push_back(Take(queue, place));
      place = following;
    }
  };
  for (Group* group : behind_) remove_from(&group->passed_over);
  remove_from(&queue_);
  return removed;
}

std::shared_ptr<WaitingLine::Waiter> WaitingLine::Next() {
  Queue* const queue = FindNext();
  if (queue == nullptr) return nullptr;
  std::shared_ptr<Waiter> next = Take(queue, queue->begin());
  ++groups_[next->group].running;
  ++running_;
  return next;
}

void WaitingLine::Ended(const Waiter& waiter) {
  --groups_[waiter.group].running;
  --running_;
}

bool WaitingLine::MayRun(const Group& group) const { return group.running < kShare * (workers_ - running_); }

WaitingLine::Queue* WaitingLine::FindNext() {
  for (auto group = behind_.begin(); group != behind_.end();) {
    if ((*group)->passed_over.empty()) {
      group = behind_.erase(group);
      continue;
    }
    if (MayRun(**group)) return &(*group)->passed_over;
    ++group;
  }
  while (!queue_.empty()) {
    Waiter& first = *queue_.front();
    Group& group = groups_[first.group];
    if (MayRun(group)) return &queue_;
    if (group.passed_over.empty()) behind_.push_back(&group);
    group.passed_over.splice(group.passed_over.end(), queue_, queue_.begin());
    first.queue = &group.passed_over;
  }
  return nullptr;
}

std::shared_ptr<WaitingLine::Waiter> WaitingLine::Take(Queue* queue, Queue::iterator place) {
  std::shared_ptr<Waiter> taken = std::move(*place);
  queue->erase(place);
  taken->queue = nullptr;
  --size_;
  return taken;
}

}  // namespace rowkeeper::exec
