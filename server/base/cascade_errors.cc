#include "server/base/cascade_errors.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status ParentIsDeleted(std::string_view entity, std::string_view constraint, std::string_view field,
                             std::string_view parent) {
  const std::string message = Cat(field, ": the ", parent, " that the ", entity,
                                  " belongs to is deleted; restore that first, which brings back the rows that were "
                                  "deleted with it");
  absl::Status status = absl::FailedPreconditionError(message);
  google::rpc::ErrorInfo info;
  info.set_reason("REFERENCE_VIOLATION");
  info.set_domain(std::string(kErrorDomain));
  auto& metadata = *info.mutable_metadata();
  metadata["entity"] = std::string(entity);
  metadata["constraint"] = std::string(constraint);
  metadata["field"] = std::string(field);
  metadata["referenced"] = std::string(parent);
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord(info.SerializeAsString()));
  google::rpc::PreconditionFailure failure;
  auto* violation = failure.add_violations();
  violation->set_type("REFERENCE");
  violation->set_subject(Cat(entity, ".", field));
  violation->set_description(message);
  status.SetPayload("type.googleapis.com/google.rpc.PreconditionFailure", absl::Cord(failure.SerializeAsString()));
  return status;
}

}  // namespace rowkeeper
