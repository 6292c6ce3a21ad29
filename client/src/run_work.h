#pragma once

#include <absl/status/status.h>
#include <grpcpp/impl/channel_interface.h>

#include <memory>

#include "clock.h"
#include "rowkeeper/client/run_in_unit_of_work.h"

namespace rowkeeper::client::internal {

/// RunInUnitOfWork on another clock than the system's.
absl::Status RunWork(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options,
                     const Work& work, Clock* clock);

}  // namespace rowkeeper::client::internal
