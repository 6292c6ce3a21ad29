#pragma once

#include <functional>
#include <memory>

#include "absl/synchronization/notification.h"

namespace rowkeeper::db {

/// Runs `task` on a thread of its own that nobody has to wait for, so it must own all that it uses. The notification
/// tells that it has ended. For calls that are rare and cannot be told when to give up. Throws std::system_error when
/// there is no thread for it.
std::shared_ptr<absl::Notification> RunDetached(std::function<void()> task);

}  // namespace rowkeeper::db
