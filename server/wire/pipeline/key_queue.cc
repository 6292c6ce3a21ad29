#include "server/wire/pipeline/key_queue.h"

#include <utility>

#include "server/base/errors.h"
#include "server/base/idempotency_errors.h"
#include "server/base/text.h"

namespace rowkeeper::wire {
namespace {

/// Whether the next call with the same key would end the same, for a reason that has nothing to do with its request.
bool ConcernsAll(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kQueueFull || reason == Reason::kPoolTimeout || reason == Reason::kOverloaded ||
         reason == Reason::kDatabaseUnavailable || reason == Reason::kShuttingDown;
}

}  // namespace

struct KeyQueue::Entry {
  std::shared_ptr<Exchange> exchange;
  Write write;
  std::shared_ptr<CancelSlot> cancel;
  /// While it waits; written under the lock, before others see the entry.
  CancelSlot::Phase waiting{};
  /// While it waits; of the lock.
  bool waits = false;
  Line::iterator place;
  SameLine::iterator place_among_same;
};

KeyQueue::KeyQueue(const OwnTransaction::Backend& backend, int waiting_limit)
    : backend_(backend), waiting_limit_(waiting_limit) {}

void KeyQueue::Start(const std::shared_ptr<Exchange>& exchange, Write write) {
  auto entry = std::make_shared<Entry>();
  entry->exchange = exchange;
  entry->write = std::move(write);
  entry->cancel = exchange->MakeCancelSlot();
  switch (Enter(entry)) {
    case Admission::kFirst:
      return Execute(entry);
    case Admission::kWaits:
      return entry->cancel->Fill(entry->waiting, [this, weak = std::weak_ptr<Entry>(entry)](CancelCause cause) {
        if (const auto waiting = weak.lock(); waiting != nullptr) Withdraw(waiting, cause);
      });
    case Admission::kRefused:
      return exchange->Answer(LimitReached(Reason::kQueueFull,
                                           "calls waiting for another one with their idempotency key",
                                           Limit::kQueueLimit, Cat(waiting_limit_, " calls")));
  }
}

KeyQueue::Admission KeyQueue::Enter(const SharedEntry& entry) {
  const absl::MutexLock lock(&mutex_);
  const auto [followers, first] = waiting_.try_emplace(entry->write.key.Stored());
  if (first) return Admission::kFirst;
  if (waiting_calls_ >= waiting_limit_) return Admission::kRefused;
  entry->waiting = entry->cancel->Begin();
  Line& line = followers->second.line;
  SameLine& same = followers->second.by_request[entry->write.key.request_hash];
  entry->place = line.insert(line.end(), entry);
  entry->place_among_same = same.insert(same.end(), entry.get());
  entry->waits = true;
  ++waiting_calls_;
  return Admission::kWaits;
}

KeyQueueStats KeyQueue::stats() const {
  const absl::MutexLock lock(&mutex_);
  return {waiting_.size(), static_cast<size_t>(waiting_calls_), replayed_.value()};
}

void KeyQueue::Withdraw(const SharedEntry& entry, CancelCause cause) {
  {
    const absl::MutexLock lock(&mutex_);
    if (!entry->waits) return;
    TakeOut(&waiting_.find(entry->write.key.Stored())->second, entry.get());
    --waiting_calls_;
  }
  entry->exchange->Answer(
      db::CancelledStatus(ToDatabaseCause(cause), "waiting for another call with the same idempotency key"));
}

void KeyQueue::Execute(const SharedEntry& entry) {
  const auto done = [this, entry](Result result) { OnResult(entry, std::move(result)); };
  OwnTransaction::Start(backend_, entry->write.transaction, {entry->exchange, entry->cancel, entry->write.work, done});
}

KeyQueue::SharedEntry KeyQueue::TakeOut(Followers* followers, Entry* entry) {
  const auto same = followers->by_request.find(entry->write.key.request_hash);
  same->second.erase(entry->place_among_same);
  if (same->second.empty()) followers->by_request.erase(same);
  SharedEntry taken = std::move(*entry->place);
  followers->line.erase(entry->place);
  entry->waits = false;
  return taken;
}

KeyQueue::Line KeyQueue::TakeFollowers(const Entry& entry, const Result& result, SharedEntry* next) {
  Line answered;
  const absl::MutexLock lock(&mutex_);
  const auto found = waiting_.find(entry.write.key.Stored());
  Followers& followers = found->second;
  if (result.ok()) {
    for (const SharedEntry& follower : followers.line) follower->waits = false;
    answered.swap(followers.line);
  } else if (ConcernsAll(result.status())) {
    for (auto same = followers.by_request.find(entry.write.key.request_hash); same != followers.by_request.end();
         same = followers.by_request.find(entry.write.key.request_hash)) {
      answered.push_back(TakeOut(&followers, same->second.front()));
    }
  }
  waiting_calls_ -= static_cast<int>(answered.size());
  if (followers.line.empty()) {
    waiting_.erase(found);
  } else {
    *next = TakeOut(&followers, followers.line.front().get());
    --waiting_calls_;
  }
  return answered;
}

bool KeyQueue::IsSameRequest(const Entry& a, const Entry& b) {
  return a.write.key.request_hash == b.write.key.request_hash;
}

/// Followers of one that succeeded are answered with the same bytes, as if they had come later.
void KeyQueue::OnResult(const SharedEntry& entry, Result result) {
  SharedEntry next;
  for (const SharedEntry& follower : TakeFollowers(*entry, result, &next)) {
    const bool same = IsSameRequest(*follower, *entry);
    if (same) {
      follower->exchange->NoteOrigin(Exchange::Origin::kReplayed);
      if (result.ok()) replayed_.Add();
    }
    follower->exchange->Answer(same ? result : Result(IdempotencyKeyReused(follower->write.key.key)));
  }
  entry->exchange->Answer(std::move(result));
  if (next != nullptr) Execute(next);
}

}  // namespace rowkeeper::wire
