#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/uow/ended_unit.h"
#include "server/uow/ended_units.h"
#include "server/uow/options.h"
#include "server/uow/stats.h"
#include "server/uow/unit.h"

namespace rowkeeper::uow {

/// Which units there are, and for a while which there were, by the secret of their handles. Thread-safe; its lock is
/// taken with no other held, and none is taken under it.
class Registry {
 public:
  using Units = std::vector<std::shared_ptr<Unit>>;

  /// At most one of the two is set.
  struct Found {
    std::shared_ptr<Unit> unit;
    std::shared_ptr<const EndedUnit> ended;
  };

  /// `clock` outlives this object.
  Registry(const UnitOptions& options, Clock* clock);

  /// False once the registry is closed.
  bool Open(const std::string& secret, std::shared_ptr<Unit> unit);
  void End(const std::string& secret, std::shared_ptr<const EndedUnit> ended);
  /// Nothing for a caller that did not begin it.
  Found Find(const std::string& secret, const std::string& caller) const;
  /// Of any caller; null for one that is not open.
  std::shared_ptr<Unit> FindOpen(const std::string& secret) const;
  Units OpenUnits() const;
  /// How many units ended so, since the start.
  std::vector<EndedCount> Ended() const;
  /// Forgets units that ended long ago.
  void Forget(Clock::time_point now);

  void Close();
  /// Waits until no unit is open; false when some still are at `deadline`.
  bool WaitUntilNoneOpen(Clock::time_point deadline);

 private:
  Clock& clock_;
  mutable absl::Mutex mu_;
  absl::CondVar none_open_;
  absl::flat_hash_map<std::string, std::shared_ptr<Unit>> open_ ABSL_GUARDED_BY(mu_);
  /// Those whose COMMIT was sent, which nobody else can tell of, and the others.
  EndedUnits outcomes_ ABSL_GUARDED_BY(mu_);
  EndedUnits rolled_back_ ABSL_GUARDED_BY(mu_);
  std::map<std::pair<EndCause, UnitState>, uint64_t> ended_ ABSL_GUARDED_BY(mu_);
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace rowkeeper::uow
