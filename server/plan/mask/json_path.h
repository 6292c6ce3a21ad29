#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::plan {

/// One step of a path into a jsonb column.
struct JsonStep {
  std::string key;
  /// Keys of the other members of the field's oneof.
  std::vector<std::string> siblings;
};

/// Whether a mask path reaches into a jsonb column of the entity, rightly or not.
bool IsJsonPath(const catalogue::Entity& entity, std::string_view path);

/// The keys of a path for which that holds, below its column. False with `problem`, which goes behind `path "…" `.
bool ResolveJsonPath(const catalogue::Entity& entity, std::string_view path, std::vector<JsonStep>* steps,
                     std::string* problem);

}  // namespace rowkeeper::plan
