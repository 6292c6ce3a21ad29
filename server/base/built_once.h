#pragma once

#include <memory>

#include "absl/base/call_once.h"

namespace rowkeeper {

/// A value that is built when it is first asked for, and then kept. Thread-safe; no lock once it is built.
template <typename Value>
class BuiltOnce {
 public:
  /// `build()` gives a std::unique_ptr<const Value>, which is not nullptr. Of several threads that come first one
  /// builds, and the others wait for it.
  template <typename Build>
  const Value& Get(Build build) const {
    absl::call_once(once_, [&] { value_ = build(); });
    return *value_;
  }

 private:
  mutable absl::once_flag once_;
  mutable std::unique_ptr<const Value> value_;
};

}  // namespace rowkeeper
