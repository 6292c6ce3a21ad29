#pragma once

#include <functional>
#include <memory>

#include "absl/synchronization/notification.h"
#include "server/base/clock.h"

namespace rowkeeper::db {

/// Runs `task` on a thread of its own that nobody has to wait for, so it must own all that it uses. The notification
/// tells that it has ended. For what is rare, and cannot be told when to give up or goes on until a
/// database answers. Throws std::system_error when
/// there is no thread for it.
std::shared_ptr<absl::Notification> RunDetached(std::function<void()> task);

/// Waits until no such thread runs; false when one still does after `limit`, in real time. A process in which one runs
/// has to end by std::_Exit: destructors of static objects, those of libraries included, take away what it uses.
bool AwaitDetached(Clock::duration limit);

}  // namespace rowkeeper::db
