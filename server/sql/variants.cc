#include "server/sql/variants.h"

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "server/sql/render.h"
#include "server/sql/variants_families.h"

namespace rowkeeper::sql {

using catalogue::Family;
using plan::MethodPlan;

plan::Variant BasicVariant(const MethodPlan& plan) {
  switch (plan.family()) {
    case Family::kGet:
      return BasicGetVariant(plan);
    case Family::kList:
      return BasicListVariant(plan);
    case Family::kWrite:
      return BasicWriteVariant(plan);
    case Family::kBatch:
      return BasicBatchVariant(plan);
    case Family::kBulk:
      return BasicBulkVariant(plan);
    case Family::kQuery:
      break;
  }
  return plan::EmptyVariant(plan);
}

std::vector<SampledStatement> SampleStatements(const MethodPlan& plan) {
  switch (plan.family()) {
    case Family::kGet:
      return SampleGet(plan);
    case Family::kList:
      return SampleList(plan);
    case Family::kWrite:
      return SampleWrite(plan);
    case Family::kBatch:
      return SampleBatch(plan);
    case Family::kBulk:
      return SampleBulk(plan);
    case Family::kQuery:
      break;
  }
  return {{"", Render(plan, BasicVariant(plan))}};  // a query has one text for all calls
}

std::string PrepareText(const std::string& name, const Statement& statement) {
  return Cat("PREPARE ", Identifier(name), " AS ", statement.text);
}

std::string ExplainText(const std::string& name, const Statement& statement, ExplainDetail detail) {
  const std::vector<std::string> nulls(statement.parameters.size(), "NULL");
  const std::string arguments = nulls.empty() ? "" : Cat("(", absl::StrJoin(nulls, ", "), ")");
  return Cat("EXPLAIN ", detail == ExplainDetail::kVerbose ? "(VERBOSE) " : "", "EXECUTE ", Identifier(name),
             arguments);
}

std::string DeallocateText(const std::string& name) { return Cat("DEALLOCATE ", Identifier(name)); }

std::string GenericPlansText() { return "SET plan_cache_mode = force_generic_plan"; }

}  // namespace rowkeeper::sql
