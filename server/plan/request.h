#pragma once

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
#include "server/policy/field_rules.h"

namespace rowkeeper::plan {

/// A decoded request: every input of a plan, checked as far as one field can be checked alone.
struct Request {
  /// One for each MethodPlan::inputs; those of other roles than kFilter and kValue stay empty.
  std::vector<Argument> arguments;
  /// That of the plan's family.
  std::variant<GetRequest, ListRequest, WriteRequest, BatchRequest, BulkRequest, QueryRequest> family;
  /// The identity that page tokens of the call belong to; empty: anybody's.
  std::string owner = {};
  /// The caller's tenant; empty: it has none.
  std::string tenant = {};
  /// What the caller may do with fields.
  policy::FieldAccess fields = {};

  template <typename T>
  T& as() {
    return std::get<T>(family);
  }
  template <typename T>
  const T& as() const {
    return std::get<T>(family);
  }
};

/// The request that has nothing.
inline Request EmptyRequest(const MethodPlan& plan) {
  return {std::vector<Argument>(plan.inputs.size()), OfFamily<decltype(Request::family)>(plan.family())};
}

}  // namespace rowkeeper::plan
