#include "server/base/stream_errors.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

absl::Status WithInfo(absl::Status status, std::string_view reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kErrorDomain));
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord(info.SerializeAsString()));
  return status;
}

}  // namespace

absl::Status StreamIdle(std::string_view limit, std::string_view value, std::string_view remedy) {
  const std::string message = Cat("the caller neither read nor sent anything for ", value, " (", limit, "); ", remedy);
  const absl::Status status = WithInfo(absl::AbortedError(message), "STREAM_IDLE");
  return WithMetadata(WithMetadata(status, "limit", limit, ""), "value", value, "");
}

absl::Status StreamsOff() {
  return WithInfo(absl::FailedPreconditionError(
                      "this server has no place for streams; its operator can raise max-streams, and pool-size when "
                      "units of work leave no connection; use lists and batches, or call a server that has"),
                  "STREAMS_OFF");
}

absl::Status ImportStopped(const absl::Status& error, int64_t chunk, int64_t imported) {
  const bool unknown = ErrorReason(error) == "COMMIT_OUTCOME_UNKNOWN";
  const std::string prefix = Cat("message ", chunk, " of the stream (", imported, " rows of those before it are stored",
                                 unknown ? ", and it is not known whether its own are" : ", none of its own", "): ");
  return WithMetadata(WithMetadata(error, "chunk", Cat(chunk), prefix), "imported", Cat(imported), "");
}

}  // namespace rowkeeper
