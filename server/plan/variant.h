#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "server/plan/batch/batch_call.h"
#include "server/plan/bulk/bulk_call.h"
#include "server/plan/call_parts.h"
#include "server/plan/get/get_call.h"
#include "server/plan/list/list_call.h"
#include "server/plan/method_plan.h"
#include "server/plan/query/query_call.h"
#include "server/plan/write/write_call.h"

namespace rowkeeper::plan {

struct JsonMask;

/// What of a call decides the text of its SQL. Two calls of one method with equal variants share a statement.
struct Variant {
  /// Columns to return, ascending; empty when the response carries no row.
  std::vector<int> columns;
  /// Indexes into MethodPlan::filters of the conditions that apply, ascending. None in a batch.
  std::vector<int> filters;
  /// Parts of jsonb columns to read or to write; nullptr: columns are handled whole. See mask/json_mask.h.
  std::shared_ptr<const JsonMask> json;
  Deleted deleted = Deleted::kExclude;
  /// That of the plan's family.
  std::variant<GetVariant, ListVariant, WriteVariant, BatchVariant, BulkVariant, QueryVariant> family;

  template <typename T>
  T& as() {
    return std::get<T>(family);
  }
  template <typename T>
  const T& as() const {
    return std::get<T>(family);
  }

  /// Equal variants of one plan, and only those, append equal keys.
  void AppendKey(std::string* key) const;
  std::string Key() const {
    std::string key;
    AppendKey(&key);
    return key;
  }
};

/// The variant that returns nothing, asks for nothing and writes nothing.
inline Variant EmptyVariant(const MethodPlan& plan) {
  Variant variant;
  variant.family = OfFamily<decltype(Variant::family)>(plan.family());
  return variant;
}

}  // namespace rowkeeper::plan
