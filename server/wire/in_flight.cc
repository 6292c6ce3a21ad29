#include "server/wire/in_flight.h"

#include <vector>

namespace rowkeeper::wire {

bool InFlight::Add(AbortableRpc* call) {
  absl::MutexLock lock(&mutex_);
  calls_.insert(call);
  return aborted_;
}

void InFlight::Remove(AbortableRpc* call) {
  absl::MutexLock lock(&mutex_);
  calls_.erase(call);
}

void InFlight::AbortAll() {
  std::vector<AbortableRpc*> calls;
  {
    absl::MutexLock lock(&mutex_);
    aborted_ = true;
    for (AbortableRpc* call : calls_) {
      call->Ref();
      calls.push_back(call);
    }
  }
  for (AbortableRpc* call : calls) {
    call->Abort();
    call->Unref();
  }
}

}  // namespace rowkeeper::wire
