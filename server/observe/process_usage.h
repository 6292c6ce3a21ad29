#pragma once

#include <cstdint>
#include <optional>

namespace rowkeeper::observe {

/// What this process uses, as the kernel counts it.
struct ProcessUsage {
  double cpu_seconds = 0;
  /// Since 1970.
  double start_time_seconds = 0;
  uint64_t resident_bytes = 0;
  uint64_t virtual_bytes = 0;
  int64_t threads = 0;
  int64_t open_files = 0;
  /// How many files may be open; none: there is no limit.
  std::optional<int64_t> max_files;
};

/// From /proc; nothing where that cannot be read. Thread-safe; takes some tens of microseconds.
std::optional<ProcessUsage> ReadProcessUsage();

}  // namespace rowkeeper::observe
