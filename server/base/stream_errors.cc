#include "server/base/stream_errors.h"

#include <string>

#include "server/base/error_parts.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
absl::Status StreamIdle(std::string_view limit, std::string_view value, std::string_view remedy) {
  const std::string message = Cat("the caller neither read nor sent anything for ", value, " (", limit, "); ", remedy);
  return error_parts::Error(Reason::kStreamIdle, message, {{"limit", limit}, {"value", value}});
}

absl::Status StreamsOff() {
  return error_parts::Error(
      Reason::kStreamsOff,
      "this server has no place for streams; its operator can raise max-streams, and pool-size when "
      "units of work leave no connection; use lists and batches, or call a server that has");
}

absl::Status ImportStopped(const absl::Status& error, int64_t chunk, int64_t imported) {
  const bool unknown = ReasonOf(error) == Reason::kCommitOutcomeUnknown;
  const std::string prefix = Cat("message ", chunk, " of the stream (", imported, " rows of those before it are stored",
                                 unknown ? ", and it is not known whether its own are" : ", none of its own", "): ");
  return WithMetadata(WithMetadata(error, "chunk", Cat(chunk), prefix), "imported", Cat(imported), "");
}

}  // namespace rowkeeper
