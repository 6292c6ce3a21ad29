#include "server/app/filter_index_advice.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "server/base/text.h"
#include "server/sql/live_names.h"
#include "server/sql/predicates.h"

namespace rowkeeper::app {
namespace {

using plan::FilterOperator;
using plan::FilterTerm;
using schema::LiveIndex;

/// What would serve a filter: the columns and operator class as CREATE INDEX takes them, and how to get it.
struct Wanted {
  std::string index;
  std::string how;
};

bool HasColumn(const LiveIndex& index, const std::string& column) {
  return std::any_of(index.terms.begin(), index.terms.end(),
                     [&column](const LiveIndex::Term& term) { return term.column == column; });
}

bool Defines(const LiveIndex& index, const std::string& text) { return absl::StrContains(index.definition, text); }

/// PostgreSQL writes expressions in its own way, so that what they are made of is looked for.
bool ServesSearch(const catalogue::Entity& entity, const FilterTerm& filter, const LiveIndex& index) {
  if (index.method != "gin" || !Defines(index, Cat("to_tsvector('", filter.text_search, "'::regconfig"))) return false;
  return std::all_of(filter.searched.begin(), filter.searched.end(),
                     [&](int column) { return Defines(index, sql::NamesScope::Of(entity.columns[column])); });
}

bool ServesFilter(const catalogue::Entity& entity, const FilterTerm& filter, const LiveIndex& index) {
  const std::string& column = entity.columns[filter.column].name;
  const bool trigrams = HasColumn(index, column) && Defines(index, "gin_trgm_ops");
  switch (filter.op) {
    case FilterOperator::kSearch:
      return ServesSearch(entity, filter, index);
    case FilterOperator::kPrefix:
      return trigrams || (!index.terms.empty() && index.terms[0].column == column && Defines(index, "_pattern_ops"));
    case FilterOperator::kLike:
      return trigrams;
    default:
      return index.method == "gin" && HasColumn(index, column);
  }
}

Wanted WantedFor(const catalogue::Entity& entity, const FilterTerm& filter) {
  const catalogue::Column& column = entity.columns[filter.column];
  const std::string& name = sql::NamesScope::Of(column);
  switch (filter.op) {
    case FilterOperator::kSearch:
      return {Cat("gin (", sql::SearchDocument(entity, filter), ")"), "create it in a migration"};
    case FilterOperator::kPrefix:
      return {Cat("btree (", name, " text_pattern_ops)"), "create it in a migration"};
    case FilterOperator::kLike:
      return {Cat("gin (", name, " gin_trgm_ops)"), "create it, and the extension pg_trgm, in a migration"};
    default:
      return {Cat("gin (", name, ")"),
              Cat("declare it as {fields: [\"", column.field->name(), "\"], method: \"gin\"}")};
  }
}

bool LooksInside(FilterOperator op) {
  return op == FilterOperator::kPrefix || op == FilterOperator::kLike || op >= FilterOperator::kContains;
}

bool HasRequiredEquality(const plan::MethodPlan& plan) {
  return std::any_of(plan.filters.begin(), plan.filters.end(), [](const FilterTerm& filter) {
    return filter.required && (filter.op == FilterOperator::kEqual || filter.op == FilterOperator::kIn);
  });
}

}  // namespace

void AdviseFilterIndexes(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                         const schema::LiveSchema& live, std::vector<std::string>* advice) {
  std::set<std::string> said;
  for (const auto& plan : plans) {
    if (plan->batch.has_value() || plan->query != nullptr || HasRequiredEquality(*plan)) continue;
    const schema::LiveTable& table = live.Of(*plan->entity);
    for (const FilterTerm& filter : plan->filters) {
      if (!LooksInside(filter.op)) continue;
      const bool served = std::any_of(table.indexes.begin(), table.indexes.end(), [&](const LiveIndex& index) {
        const bool whole = !index.where.has_value() || schema::CoversNotDeleted(*plan->entity, table, *index.where);
        return index.valid && whole && ServesFilter(*plan->entity, filter, index);
      });
      const Wanted wanted = WantedFor(*plan->entity, filter);
      if (served || !said.insert(Cat(plan->entity->full_name, " ", wanted.index)).second) continue;
      advice->push_back(Cat(plan->full_name, " reads every row when ", plan->inputs[filter.input].name,
                            " is given; an index on ", sql::NamesScope::Of(*plan->entity), " USING ", wanted.index,
                            " would serve it; ", wanted.how));
    }
  }
}

}  // namespace rowkeeper::app
