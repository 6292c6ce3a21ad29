#include "server/wire/pipeline/row_notes.h"

#include <string>
#include <vector>

namespace rowkeeper::wire {
namespace {

void NoteCreatedKeys(const plan::MethodPlan& plan, const exec::Outcome& outcome, Exchange* exchange) {
  const bool creates = plan.family() == catalogue::Family::kWrite && plan.change() == catalogue::Change::kCreate;
  if (!creates || outcome.statement == nullptr || outcome.row_count == 0) return;
  if (!exchange->noting()) return;
  const std::vector<int>& cells = outcome.statement->cells;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (plan.entity->columns[cells[i]].key) {
      exchange->NoteId(outcome.rows.cell(0, static_cast<int>(i)));
    }
  }
}

}  // namespace

void NoteRequestedKeys(const plan::Call& call, Exchange* exchange) {
  if (!exchange->noting()) return;
  for (int i : call.variant.filters) {
    const plan::FilterTerm& filter = call.plan->filters[i];
    const catalogue::Column& column = call.plan->entity->columns[filter.column];
    if (column.key || column.reference.has_value()) exchange->NoteId(call.request.arguments[filter.input].text);
  }
}

void NoteOutcome(const plan::MethodPlan& plan, const exec::Outcome& outcome, Exchange* exchange) {
  NoteCreatedKeys(plan, outcome, exchange);
  exchange->NoteRows(outcome.row_count);
}

}  // namespace rowkeeper::wire
