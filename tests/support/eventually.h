#pragma once

#include <functional>

#include "server/base/clock.h"

namespace rowkeeper::testing {

/// Waits in real time, for something that another thread, process or PostgreSQL is about to do; false when it has not
/// happened within `limit`.
bool Within(Clock::duration limit, const std::function<bool()>& happened);
inline bool Eventually(const std::function<bool()>& happened) { return Within(std::chrono::seconds(30), happened); }

}  // namespace rowkeeper::testing
