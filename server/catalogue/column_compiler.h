#pragma once

#include <optional>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// The column of one field, complete but for what needs other fields or entities: references and generated keys.
/// Mistakes go to `diagnostics`; nullopt when the column cannot be used by later checks.
std::optional<Column> CompileColumn(const google::protobuf::FieldDescriptor& field, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
