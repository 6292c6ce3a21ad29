#include "server/base/bulk_errors.h"

#include <string>

#include "server/base/error_builder.h"
#include "server/base/error_details.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status BatchTooLarge(std::string_view field, std::string_view problem, Limit limit, std::string_view value) {
  const std::string description = Cat(problem, "; send several batches, or raise ", LimitName(limit), " on the server");
  return ErrorBuilder(Reason::kBatchTooLarge, Cat(field, ": ", description))
      .WithField(field, description)
      .WithLimit(limit, value)
      .Build();
}

absl::Status MaxAffectedExceeded(std::string_view entity, int64_t max_affected) {
  const std::string most = Cat(max_affected);
  return ErrorBuilder(Reason::kMaxAffectedExceeded,
                      Cat("more than ", most, " rows of ", entity,
                          " match, the most that this call may change (max_affected, or --max-affected of the server "
                          "where the request has none); nothing was changed; narrow the filters, or raise "
                          "max_affected"))
      .With("entity", entity)
      .With("max_affected", most)
      .WithLimit(Limit::kMaxAffected, Cat(most, " rows"))
      .WithPrecondition("MAX_AFFECTED", entity)
      .Build();
}

absl::Status PurgeInterrupted(const absl::Status& error, int64_t purged) {
  return WithMetadata(
      WithMetadata(error, "purged", Cat(purged), Cat("after ", purged, " rows were removed for good: ")), "executed",
      "true", "");
}

absl::Status ElementNotTried(const absl::Status& cause) {
  return ErrorBuilder(Reason::kNotTried, Cat("was not tried, for the batch ended before: ", MessageOf(cause))).Build();
}

}  // namespace rowkeeper
