#include "server/base/cascade_errors.h"

#include <string>

#include "server/base/error_parts.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status ParentIsDeleted(std::string_view entity, std::string_view constraint, std::string_view field,
                             std::string_view parent) {
  const std::string message = Cat(field, ": the ", parent, " that the ", entity,
                                  " belongs to is deleted; restore that first, which brings back the rows that were "
                                  "deleted with it");
  const absl::Status status =
      error_parts::Error(Reason::kReferenceViolation, message,
                         {{"entity", entity}, {"constraint", constraint}, {"field", field}, {"referenced", parent}});
  return error_parts::WithPrecondition(status, "REFERENCE", Cat(entity, ".", field));
}

}  // namespace rowkeeper
