#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// A declared default_value, read.
struct DefaultValue {
  DefaultKind kind = DefaultKind::kLiteral;
  /// kLiteral: in PostgreSQL's text form.
  std::string literal;
};

/// Reads `text` as a value of the column's field and type. An error's message says what to write instead.
absl::StatusOr<DefaultValue> ParseDefaultValue(const google::protobuf::FieldDescriptor& field, const ValueType& type,
                                               absl::string_view text);

/// An RFC 3339 time as PostgreSQL stores it: in UTC, nanoseconds cut off to microseconds as those of requests are.
/// nullopt for what is no time and for instants outside the years 1 to 9999.
std::optional<std::string> CanonicalTimestamp(absl::string_view text);

}  // namespace rowkeeper::catalogue
