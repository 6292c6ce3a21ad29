#include "server/plan/keys.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"

namespace rowkeeper::plan {

using catalogue::Entity;
using catalogue::UniqueKey;

bool NamesOneRow(const UniqueKey& key, Visibility rows) { return !key.live_only || rows == Visibility::kLive; }

std::vector<std::string> KeyChoices(const Entity& entity, Visibility rows) {
  std::vector<std::string> choices = {FieldNames(entity, entity.key)};
  for (const UniqueKey& key : entity.unique_keys) {
    if (NamesOneRow(key, rows) && key.columns != entity.key) choices.push_back(FieldNames(entity, key.columns));
  }
  return choices;
}

std::string FieldNames(const Entity& entity, const std::vector<int>& columns) {
  return absl::StrJoin(entity.FieldNames(columns), " + ");
}

void CheckNamesOneRow(const MethodPlan& plan, Visibility rows, catalogue::Diagnostics* diagnostics) {
  std::set<int> given;
  for (const FilterTerm& filter : plan.filters) {
    if (filter.required && filter.op == FilterOperator::kEqual) given.insert(filter.column);
  }
  const auto covers = [&given](const std::vector<int>& key) {
    return std::all_of(key.begin(), key.end(), [&given](int column) { return given.count(column) > 0; });
  };
  const auto& keys = plan.entity->unique_keys;
  const auto names_row = [&](const UniqueKey& key) { return NamesOneRow(key, rows) && covers(key.columns); };
  if (covers(plan.entity->key) || std::any_of(keys.begin(), keys.end(), names_row)) return;
  diagnostics->Error(*plan.method, "the request does not name one row",
                     Cat("give it the fields of a key: ", absl::StrJoin(KeyChoices(*plan.entity, rows), " or ")));
}

}  // namespace rowkeeper::plan
