#include "server/app/lock_checks.h"

#include "absl/synchronization/mutex.h"

namespace rowkeeper::app {

void ChooseLockChecks() {
#ifdef NDEBUG
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
}

}  // namespace rowkeeper::app
