#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace rowkeeper::bench {

/// The token of page `depth` of the owner's to-dos, from 1, whose token is empty. Turns all pages before it.
/// OUT_OF_RANGE when there are not so many.
absl::StatusOr<std::string> TokenOfPage(const std::shared_ptr<grpc::Channel>& channel, const std::string& owner,
                                        int page_size, int depth);

}  // namespace rowkeeper::bench
