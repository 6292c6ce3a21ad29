#include "server/plan/batch/compile.h"
#include "server/base/text.h"
#include "server/plan/bulk/compile.h"
#include "server/plan/get/get.h"
#include "server/plan/list/list.h"
#include "server/plan/query/compile.h"
#include "server/plan/relation/filter.h"
#include "server/plan/row_method.h"
#include "server/plan/tenant.h"
#include "server/plan/write/write.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Family;

MethodPlan CompileMethod(const catalogue::Catalogue& catalogue, const catalogue::Entity& entity,
                         const catalogue::Method& method, catalogue::Diagnostics* diagnostics) {
  switch (catalogue::FamilyOf(method.operation)) {
    case Family::kGet:
      return CompileGet(entity, method, diagnostics);
    case Family::kList:
      return CompileList(entity, method, diagnostics);
    case Family::kWrite:
      return CompileWrite(entity, method, diagnostics);
    case Family::kBatch:
      return CompileBatch(entity, method, diagnostics);
    case Family::kBulk:
      return CompileBulk(entity, method, diagnostics);
    case Family::kQuery:
      break;
  }
  return CompileQuery(catalogue, entity, method, diagnostics);
}

}  // namespace

std::vector<std::unique_ptr<const MethodPlan>> CompilePlans(const catalogue::Catalogue& catalogue,
                                                            catalogue::Diagnostics* diagnostics) {
  std::vector<std::unique_ptr<const MethodPlan>> plans;
  CheckRelationFilters(catalogue, diagnostics);
  for (const catalogue::Repository& repository : catalogue.repositories()) {
    for (const catalogue::Method& method : repository.methods) {
      plans.push_back(
          std::make_unique<const MethodPlan>(CompileMethod(catalogue, *repository.entity, method, diagnostics)));
      CheckSharedRows(*plans.back(), method, diagnostics);
    }
  }
  return plans;
}

}  // namespace rowkeeper::plan
