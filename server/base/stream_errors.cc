#include "server/base/stream_errors.h"

#include <string>

#include "server/base/error_builder.h"
#include "server/base/error_details.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status StreamIdle(std::string_view idle, std::string_view remedy) {
  return ErrorBuilder(Reason::kStreamIdle, Cat("the caller neither read nor sent anything for ", idle, " (",
                                               LimitName(Limit::kStreamIdleTimeout), "); ", remedy))
      .WithLimit(Limit::kStreamIdleTimeout, idle)
      .Build();
}

absl::Status StreamGaveUpPlace(std::string_view remedy) {
  return ErrorBuilder(Reason::kStreamIdle,
                      Cat("the caller was slow to read or send, and all places for streams (",
                          LimitName(Limit::kMaxStreams), ") were taken when another caller needed one; ", remedy))
      .With("limit", LimitName(Limit::kMaxStreams))
      .Build();
}

absl::Status StreamsOff() {
  return ErrorBuilder(Reason::kStreamsOff,
                      "this server has no place for streams; its operator can raise max-streams, and pool-size when "
                      "units of work leave no connection; use lists and batches, or call a server that has")
      .Build();
}

absl::Status ImportStopped(const absl::Status& error, int64_t chunk, int64_t imported) {
  const bool unknown = ReasonOf(error) == Reason::kCommitOutcomeUnknown;
  const std::string prefix = Cat("message ", chunk, " of the stream (", imported, " rows of those before it are stored",
                                 unknown ? ", and it is not known whether its own are" : ", none of its own", "): ");
  const absl::Status stopped =
      WithMetadata(WithMetadata(error, "chunk", Cat(chunk), prefix), "imported", Cat(imported), "");
  return imported > 0 ? WithMetadata(stopped, "executed", "true", "") : stopped;
}

}  // namespace rowkeeper
