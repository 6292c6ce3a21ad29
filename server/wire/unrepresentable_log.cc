#include "server/wire/unrepresentable_log.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "server/base/error_details.h"
#include "server/base/reason.h"
#include "server/observe/log.h"

namespace rowkeeper::wire {
namespace {

void LogFirst(std::string_view method, const absl::Status& status, int64_t rows) {
  const std::string entity = ErrorMetadataValue(status, "entity");
  const std::string key = ErrorMetadataValue(status, "key");
  std::string field = ErrorMetadataValue(status, "field");
  field.resize(std::min(field.find("[\""), field.size()));  // keys of maps are values
  observe::Log(observe::LogLevel::kWarning, "a stored value cannot be sent; correct it in the database",
               {{"method", method},
                {"entity", std::string_view(entity)},
                {"key", std::string_view(key)},
                {"field", std::string_view(field)},
                {"rows", rows}});
}

}  // namespace

void LogIfUnrepresentable(std::string_view method, const absl::Status& status) {
  if (ReasonOf(status) == Reason::kUnrepresentableValue) LogFirst(method, status, 1);
}

void LogUnrepresentable(std::string_view method, const codec::UnrepresentableRows& rows) {
  if (rows.count() > 0) LogFirst(method, rows.listed().front(), rows.count());
}

}  // namespace rowkeeper::wire
