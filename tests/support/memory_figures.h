#pragma once

namespace rowkeeper::testing {

/// Whether what a process takes of memory says anything: a sanitizer's allocator keeps for a while what is freed, and
/// shadows all of it.
#ifdef ROWKEEPER_SANITIZED
inline constexpr bool kMemoryFiguresTell = false;
#else
inline constexpr bool kMemoryFiguresTell = true;
#endif

}  // namespace rowkeeper::testing
