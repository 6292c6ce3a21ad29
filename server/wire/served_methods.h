#pragma once

#include <grpcpp/server_context.h>

#include <memory>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/wire/method_table.h"
#include "server/wire/units_slot.h"

namespace rowkeeper::wire {

/// By which methods calls are answered that begin now; those that have begun keep theirs. Thread-safe, and cheap: a
/// call takes a lock that only Replace makes it wait for, and allocates nothing.
class ServedMethods {
 public:
  /// `units` finds out what calls of open units are answered by; may be null, and outlives this object.
  ServedMethods(SharedMethods first, const UnitsSlot* units) : units_(units), methods_(std::move(first)) {}

  SharedMethods Get() const;
  /// Gives what it took the place of.
  SharedMethods Replace(SharedMethods next);

  /// What a call of `path` is answered by: a call of a unit of work by the methods that the unit was begun with, as far
  /// as these have the path, so that a transaction ends as it began. Where rows belong to tenants, or fields have
  /// lists, of which these know nothing, it is answered as calls outside of units are.
  struct Found {
    SharedMethods methods;
    /// Those of Get, where they are others: they have a say in who may call. Else null.
    SharedMethods newer;
  };
  Found Find(std::string_view path, const grpc::CallbackServerContext& context) const;

 private:
  SharedMethods OfUnit(const grpc::CallbackServerContext& context) const;

  const UnitsSlot* const units_;
  mutable absl::Mutex mutex_;
  SharedMethods methods_ ABSL_GUARDED_BY(mutex_);
  /// There was another one before: an open unit may have it.
  bool replaced_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace rowkeeper::wire
