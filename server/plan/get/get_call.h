#pragma once

#include "server/plan/call_parts.h"

namespace rowkeeper::plan {

// What calls of Family::kGet have beside what all have; see request.h and variant.h.

struct GetRequest : WithReadMask, WithDeleted {};

struct GetVariant : WithRelations {
  void AppendKey(std::string* key) const;
};

}  // namespace rowkeeper::plan
