#pragma once

#include <chrono>

namespace rowkeeper::db {

/// A connection of the pool may have died while it was idle, and nothing was executed then (DATABASE_UNAVAILABLE): how
/// often to try again with another one, and how long to wait before each time. When many die together the next may be
/// about to; the last wait is longer than the pool remembers that it could not connect.
inline constexpr std::chrono::milliseconds kReconnectDelays[] = {
    std::chrono::milliseconds(0), std::chrono::milliseconds(20), std::chrono::milliseconds(120)};

}  // namespace rowkeeper::db
