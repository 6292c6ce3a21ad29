#pragma once

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

}  // namespace rowkeeper::catalogue
