#include "server/base/relation_errors.h"

#include <string>

#include "server/base/error_builder.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status ReadTooLarge(std::string_view field, std::string_view problem, std::string_view remedy, Limit limit,
                          std::string_view value) {
  const std::string description = Cat(problem, "; ", remedy, ", or raise ", LimitName(limit), " on the server");
  return ErrorBuilder(Reason::kReadTooLarge, Cat(field, ": ", description))
      .WithField(field, description)
      .WithLimit(limit, value)
      .Build();
}

absl::Status RelatedRowsTooLarge(std::string_view relation, size_t limit_bytes) {
  const std::string value = Cat(limit_bytes, " bytes");
  return ErrorBuilder(Reason::kRelatedRowsTooLarge,
                      Cat("the rows of relations have more than ", value, ", which were reached at ", relation,
                          "; send a smaller page_size, or name fewer relations or fields in the read mask"))
      .WithLimit(Limit::kMaxRelatedSize, value)
      .Build();
}

}  // namespace rowkeeper
