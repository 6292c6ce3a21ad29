#pragma once

#include <cstdint>

#include "server/plan/call_parts.h"

namespace rowkeeper::plan {

// What calls of Family::kWrite have beside what all have; see request.h and variant.h.

struct WriteRequest : WithUpdateMask, WithDeleted, WithAllowMissing {
  /// 0: any.
  int64_t version = 0;
};

struct WriteVariant : WithWritten, WithGuards {
  void AppendKey(std::string* key) const;
};

}  // namespace rowkeeper::plan
