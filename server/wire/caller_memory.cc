#include "server/wire/caller_memory.h"

#include "server/wire/caller.h"

namespace rowkeeper::wire {

std::shared_ptr<MemoryAccount> CallerMemory::Account() {
  const absl::MutexLock lock(&mutex_);
  if (account_ == nullptr && budget_ != nullptr && context_ != nullptr) {
    account_ =
        budget_->AccountOf(CallerId(identity_ != nullptr ? identity::CallerName(*identity_) : CallerOf(*context_)));
  }
  return account_;
}

void CallerMemory::End() {
  const absl::MutexLock lock(&mutex_);
  context_ = nullptr;
}

}  // namespace rowkeeper::wire
