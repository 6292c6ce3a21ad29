#include "server/sql/render.h"

#include "server/sql/render_batch.h"
#include "server/sql/render_bulk.h"
#include "server/sql/render_get.h"
#include "server/sql/render_list.h"
#include "server/sql/render_query.h"
#include "server/sql/render_write.h"
#include "server/sql/result_cells.h"

namespace rowkeeper::sql {

using catalogue::Family;
using plan::MethodPlan;
using plan::Variant;

namespace {

Statement RenderMain(const MethodPlan& plan, const Variant& variant) {
  switch (plan.family()) {
    case Family::kGet:
      return RenderGet(plan, variant);
    case Family::kList:
      return RenderList(plan, variant);
    case Family::kWrite:
      return RenderWrite(plan, variant);
    case Family::kBatch:
      return RenderBatch(plan, variant);
    case Family::kBulk:
      return RenderBulk(plan, variant);
    case Family::kQuery:
      break;
  }
  return RenderCheckedQuery(plan);
}

/// Statements that return more than columns of their entity say so themselves.
Statement WithResult(const MethodPlan& plan, Statement statement) {
  if (statement.result.empty()) statement.result = ResultCells(*plan.entity, statement);
  return statement;
}

}  // namespace

Statement Render(const MethodPlan& plan, const Variant& variant) { return WithResult(plan, RenderMain(plan, variant)); }

Statement RenderProbe(const MethodPlan& plan, const Variant& variant) {
  switch (plan.family()) {
    case Family::kBatch:
      return RenderBatchProbe(plan, variant);
    case Family::kBulk:
      return RenderBulkProbe(plan, variant);
    case Family::kWrite:
    case Family::kGet:
    case Family::kList:
    case Family::kQuery:
      break;
  }
  return RenderWriteProbe(plan, variant);
}

Statement RenderWithParents(const MethodPlan& plan, const Variant& variant) {
  return WithResult(plan, RenderWriteWithParents(plan, variant));
}

Statement RenderReread(const MethodPlan& plan, const Variant& variant) {
  return WithResult(plan, RenderWriteReread(plan, variant));
}

}  // namespace rowkeeper::sql
