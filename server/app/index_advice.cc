#include "server/app/index_advice.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_join.h"
#include "server/app/filter_index_advice.h"
#include "server/base/text.h"
#include "server/schema/index_need.h"
#include "server/sql/live_names.h"

namespace rowkeeper::app {
namespace {

using catalogue::Entity;
using schema::IndexNeed;
using sql::NamesScope;

std::string Columns(const Entity& entity, const IndexNeed& need) {
  std::vector<std::string> names;
  for (int column : need.equality) names.push_back(NamesScope::Of(entity.columns[column]));
  for (const catalogue::OrderTerm& term : need.order) {
    names.push_back(NamesScope::Of(entity.columns[term.column]) + (term.descending ? " DESC" : ""));
  }
  return absl::StrJoin(names, ", ");
}

/// As an entry of `indexes` in the entity's option.
std::string Declaration(const Entity& entity, const IndexNeed& need) {
  std::vector<std::string> terms;
  for (int column : need.equality) terms.push_back(Cat("\"", entity.columns[column].field->name(), "\""));
  for (const catalogue::OrderTerm& term : need.order) {
    terms.push_back(Cat("\"", entity.columns[term.column].field->name(), term.descending ? " desc\"" : "\""));
  }
  return Cat("{fields: [", absl::StrJoin(terms, ", "), "]}");
}

}  // namespace

std::vector<std::string> AdviseIndexes(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                                       const schema::LiveSchema& live) {
  std::vector<std::string> advice;
  for (const auto& plan : plans) {
    const IndexNeed need = schema::NeedOf(*plan);
    if (need.empty()) continue;
    const schema::IndexFit fit = live.BestIndex(*plan->entity, need.equality, need.order);
    const bool small_cost = fit == schema::IndexFit::kFilter && !need.equality.empty();
    if (fit == schema::IndexFit::kFilterAndOrder || (small_cost && need.order.empty())) continue;
    advice.push_back(Cat(plan->full_name, fit == schema::IndexFit::kNone ? " reads every row" : " sorts what it finds",
                         "; an index on ", NamesScope::Of(*plan->entity), " (", Columns(*plan->entity, need),
                         ") would serve it; declare it as ", Declaration(*plan->entity, need)));
  }
  AdviseFilterIndexes(plans, live, &advice);
  return advice;
}

}  // namespace rowkeeper::app
