#include "server/base/bulk_errors.h"

#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/error_parts.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

using error_parts::Attach;
using error_parts::Error;
using error_parts::TypeUrl;

google::rpc::BadRequest ViolationsOf(const absl::Status& status) {
  google::rpc::BadRequest details;
  const auto payload = status.GetPayload(TypeUrl<google::rpc::BadRequest>());
  if (payload) details.ParseFromString(std::string(*payload));
  return details;
}

}  // namespace

absl::Status MaxAffectedExceeded(std::string_view entity, int64_t max_affected) {
  const std::string limit = Cat(max_affected);
  absl::Status status =
      Error(Reason::kMaxAffectedExceeded,
            Cat("more than ", limit, " rows of ", entity,
                " match, the most that this call may change (max_affected, or --max-affected of the server where the "
                "request has none); nothing was changed; narrow the filters, or raise max_affected"));
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type("MAX_AFFECTED");
  violation->set_subject(std::string(entity));
  violation->set_description(std::string(status.message()));
  Attach(failure, &status);
  return WithMetadata(WithMetadata(status, "entity", entity, ""), "max_affected", limit, "");
}

absl::Status PurgeInterrupted(const absl::Status& error, int64_t purged) {
  return WithMetadata(error, "purged", Cat(purged), Cat("after ", purged, " rows were removed for good: "));
}

absl::Status ElementNotTried(const absl::Status& cause) {
  const absl::string_view message = cause.message();
  return Error(Reason::kNotTried,
               Cat("was not tried, for the batch ended before: ", std::string_view(message.data(), message.size())));
}

std::vector<std::string> ErrorFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const google::rpc::BadRequest details = ViolationsOf(status);
  for (const auto& violation : details.field_violations()) fields.push_back(violation.field());
  return fields;
}

absl::Status OfElement(const absl::Status& error, std::string_view element) {
  google::rpc::BadRequest details = ViolationsOf(error);
  if (details.field_violations().empty()) return error;
  for (auto& violation : *details.mutable_field_violations()) {
    const std::string& field = violation.field();
    const bool placed =
        absl::StartsWith(field, ToAbsl(element)) && (field.size() == element.size() || field[element.size()] == '.');
    if (!placed) violation.set_field(field.empty() ? std::string(element) : Cat(element, ".", field));
  }
  absl::Status status = WithMetadata(error, "field", details.field_violations(0).field(), "");
  Attach(details, &status);
  return status;
}

}  // namespace rowkeeper
