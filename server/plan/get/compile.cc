#include "server/plan/get/get.h"
#include "server/plan/keys.h"
#include "server/plan/row_method.h"

namespace rowkeeper::plan {

bool GetTakes(InputRole role) { return role == InputRole::kReadMask || role == InputRole::kDeleted; }

/// A get that sees deleted rows takes the live one first.
MethodPlan CompileGet(const catalogue::Entity& entity, const catalogue::Method& method,
                      catalogue::Diagnostics* diagnostics) {
  MethodPlan plan = CompileRowMethod(entity, method, diagnostics);
  CheckNamesOneRow(plan, Visibility::kLive, diagnostics);
  return plan;
}

}  // namespace rowkeeper::plan
