#include "server/wire/in_flight.h"

#include <vector>

#include "server/wire/unary_reactor.h"

namespace rowkeeper::wire {

bool InFlight::Add(UnaryReactor* call) {
  absl::MutexLock lock(&mutex_);
  calls_.insert(call);
  return cut_;
}

void InFlight::Remove(UnaryReactor* call) {
  absl::MutexLock lock(&mutex_);
  calls_.erase(call);
}

void InFlight::CutAll() {
  std::vector<UnaryReactor*> calls;
  {
    absl::MutexLock lock(&mutex_);
    cut_ = true;
    for (UnaryReactor* call : calls_) {
      call->Ref();
      calls.push_back(call);
    }
  }
  for (UnaryReactor* call : calls) {
    call->Cut();
    call->Unref();
  }
}

}  // namespace rowkeeper::wire
