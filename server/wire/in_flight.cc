#include "server/wire/in_flight.h"

#include <vector>

namespace rowkeeper::wire {

bool InFlight::Add(CallToCut* call) {
  absl::MutexLock lock(&mutex_);
  calls_.insert(call);
  return cut_;
}

void InFlight::Remove(CallToCut* call) {
  absl::MutexLock lock(&mutex_);
  calls_.erase(call);
}

void InFlight::CutAll() {
  std::vector<CallToCut*> calls;
  {
    absl::MutexLock lock(&mutex_);
    cut_ = true;
    for (CallToCut* call : calls_) {
      call->Ref();
      calls.push_back(call);
    }
  }
  for (CallToCut* call : calls) {
    call->Cut();
    call->Unref();
  }
}

}  // namespace rowkeeper::wire
