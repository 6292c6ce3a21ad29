#include "server/db/script_error.h"

#include <string>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::db {

absl::Status ScriptStatus(const PgError& error, const absl::Status& mapped) {
  const std::string message = RepairUtf8(error.message);
  const bool actionable =
      mapped.code() == absl::StatusCode::kAborted || mapped.code() == absl::StatusCode::kDeadlineExceeded ||
      mapped.code() == absl::StatusCode::kResourceExhausted || mapped.code() == absl::StatusCode::kPermissionDenied;
  if (!actionable) return absl::FailedPreconditionError(ToAbsl(message));
  if (mapped.code() != absl::StatusCode::kPermissionDenied) return WithMessage(mapped, message);
  return WithMessage(mapped,
                     Cat(message, message.empty() || message.back() == '\n' ? "" : "\n",
                         "Run it as the owner of the schema and its tables, or grant the role this privilege."));
}

}  // namespace rowkeeper::db
