#include "server/base/startup_errors.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/errors.h"

namespace rowkeeper {

absl::Status ServerStarting() {
  google::rpc::ErrorInfo info;
  info.set_reason("SERVER_STARTING");
  info.set_domain(std::string(kErrorDomain));
  absl::Status status = absl::UnavailableError("the server is starting and did nothing with this call; try again");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace rowkeeper
