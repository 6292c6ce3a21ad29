#include "server/base/idempotency_errors.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status IdempotencyKeyReused(std::string_view key) {
  absl::Status status(
      absl::StatusCode::kInvalidArgument,
      "header idempotency-key: the key was used before for another method or another request; repeat a call exactly "
      "as it was, and send a new key with each new call");
  google::rpc::ErrorInfo info;
  info.set_reason("IDEMPOTENCY_KEY_REUSED");
  info.set_domain(std::string(kErrorDomain));
  (*info.mutable_metadata())["key"] = std::string(key);
  status.SetPayload(ToAbsl(Cat("type.googleapis.com/", google::rpc::ErrorInfo::descriptor()->full_name())),
                    absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace rowkeeper
