#pragma once

#include <grpcpp/server_context.h>

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/memory_budget.h"
#include "server/identity/identity.h"

namespace rowkeeper::wire {

/// What the caller of a call holds of the memory of all. Who that is it finds out when it is asked first. Thread-safe.
class CallerMemory final : public MemoryOwner {
 public:
  /// `budget` may be null, and outlives this. `identity`: who calls, if that is known.
  CallerMemory(MemoryBudget* budget, const grpc::CallbackServerContext* context, identity::SharedIdentity identity)
      : budget_(budget), identity_(std::move(identity)), context_(context) {}

  std::shared_ptr<MemoryAccount> Account() override;
  /// gRPC lets go of the call, and nobody can tell from now on whose it was.
  void End();

 private:
  MemoryBudget* const budget_;
  const identity::SharedIdentity identity_;
  absl::Mutex mutex_;
  const grpc::CallbackServerContext* context_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<MemoryAccount> account_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
