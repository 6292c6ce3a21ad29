#include "server/wire/in_flight.h"

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
