#pragma once

#include <optional>
#include <string>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/catalogue/diagnostics.h"
#include "server/catalogue/value_type.h"

namespace rowkeeper::catalogue {

/// The type of the column that holds `field`. Mistakes go to `diagnostics` and give nullopt.
std::optional<ValueType> CompileValueType(const google::protobuf::FieldDescriptor& field,
                                          const v1::ColumnOptions& options, Diagnostics* diagnostics);

/// Whether the field can say "no value": it is `optional`, a wrapper or a member of a oneof.
bool IsNullable(const google::protobuf::FieldDescriptor& field);

/// The value, in PostgreSQL's text form, that a NOT NULL array or jsonb column has when nothing was given: an empty one
/// of what is empty without elements, and null for other messages, whose empty value says something (a TimeOfDay is
/// midnight).
std::string EmptyContainer(const google::protobuf::FieldDescriptor& field, const ValueType& type);

/// "a string field", "a repeated enum field", "a google.protobuf.Timestamp field": how messages name a field's type.
std::string Describe(const google::protobuf::FieldDescriptor& field);

/// The same for a compiled type, as PostgreSQL calls it: "uuid", "bigint".
std::string Describe(const ValueType& type);

}  // namespace rowkeeper::catalogue
