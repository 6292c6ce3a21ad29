#pragma once

#include <chrono>
#include <functional>

namespace rowkeeper::db {

/// Runs `task` on a thread of its own and waits for it, at most `limit`. False when it has not ended by then: it goes
/// on by itself, so it must own all that it uses. For calls that are rare and cannot be told when to give up.
bool RunWithin(std::chrono::milliseconds limit, std::function<void()> task);

}  // namespace rowkeeper::db
