#include "server/wire/in_flight.h"

#include <algorithm>
#include <utility>

namespace rowkeeper::wire {

bool InFlight::Add(AbortableRpc* rpc) {
  absl::MutexLock lock(&mutex_);
  calls_.insert(rpc);
  return aborted_;
}

void InFlight::Remove(AbortableRpc* rpc) {
  absl::MutexLock lock(&mutex_);
  calls_.erase(rpc);
}

size_t InFlight::size() const {
  absl::MutexLock lock(&mutex_);
  return calls_.size();
}

std::vector<AbortableRpc*> InFlight::Hold() {
  std::vector<AbortableRpc*> calls(calls_.begin(), calls_.end());
  for (AbortableRpc* rpc : calls) rpc->Ref();
  return calls;
}

void InFlight::AbortAll() {
  std::vector<AbortableRpc*> calls;
  {
    absl::MutexLock lock(&mutex_);
    aborted_ = true;
    calls = Hold();
  }
  for (AbortableRpc* rpc : calls) {
    rpc->Abort();
    rpc->Unref();
  }
}

RunningCalls InFlight::Longest(size_t most) {
  std::vector<AbortableRpc*> held;
  {
    absl::MutexLock lock(&mutex_);
    held = Hold();
  }
  const size_t listed = std::min(most, held.size());
  std::partial_sort(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(listed), held.end(),
                    [](const AbortableRpc* a, const AbortableRpc* b) { return a->came_at() < b->came_at(); });
  RunningCalls running;
  running.left_out = held.size() - listed;
  for (size_t i = 0; i < listed; ++i) {
    if (std::optional<RunningCall> call = held[i]->Describe()) running.calls.push_back(*std::move(call));
  }
  for (AbortableRpc* rpc : held) rpc->Unref();
  return running;
}

std::optional<EndedCall> InFlight::EndByOperator(uint64_t number) {
  AbortableRpc* rpc = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = std::find_if(calls_.begin(), calls_.end(),
                                    [number](const AbortableRpc* call) { return call->number() == number; });
    if (found == calls_.end()) return std::nullopt;
    rpc = *found;
    rpc->Ref();
  }
  std::optional<EndedCall> ended;
  if (std::optional<RunningCall> call = rpc->Describe()) ended = EndedCall{rpc->EndByOperator(), *std::move(call)};
  rpc->Unref();
  return ended;
}

size_t InFlight::EndUnread(Clock::time_point then) {
  std::vector<AbortableRpc*> calls;
  {
    absl::MutexLock lock(&mutex_);
    calls = Hold();
  }
  size_t ended = 0;
  for (AbortableRpc* rpc : calls) {
    ended += rpc->EndIfUnread(then) ? 1 : 0;
    rpc->Unref();
  }
  return ended;
}

}  // namespace rowkeeper::wire
