#include "server/base/relation_errors.h"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/base/error_parts.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

absl::Status LimitError(Reason reason, std::string_view message, std::string_view limit, std::string_view value) {
  return error_parts::Error(reason, message, {{"limit", limit}, {"value", value}});
}

}  // namespace

absl::Status ReadTooLarge(std::string_view field, std::string_view problem, std::string_view remedy,
                          std::string_view limit, std::string_view value) {
  const std::string description = Cat(problem, "; ", remedy, ", or raise ", limit, " on the server");
  absl::Status status = LimitError(Reason::kReadTooLarge, Cat(field, ": ", description), limit, value);
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(description);
  error_parts::Attach(bad_request, &status);
  return status;
}

absl::Status RelatedRowsTooLarge(std::string_view relation, size_t limit_bytes) {
  const std::string value = Cat(limit_bytes, " bytes");
  return LimitError(Reason::kRelatedRowsTooLarge,
                    Cat("the rows of relations have more than ", value, ", which were reached at ", relation,
                        "; send a smaller page_size, or name fewer relations or fields in the read mask"),
                    "max-related-size", value);
}

}  // namespace rowkeeper
