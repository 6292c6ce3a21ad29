#include "server/wire/in_flight.h"

#include <vector>

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

void InFlight::AbortAll() {
  std::vector<AbortableRpc*> calls;
  {
    absl::MutexLock lock(&mutex_);
    aborted_ = true;
    for (AbortableRpc* rpc : calls_) {
      rpc->Ref();
      calls.push_back(rpc);
    }
  }
  for (AbortableRpc* rpc : calls) {
    rpc->Abort();
    rpc->Unref();
  }
}

}  // namespace rowkeeper::wire
