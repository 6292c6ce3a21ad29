#include "server/policy/field_rules.h"

#include <algorithm>

#include "server/base/text.h"

namespace rowkeeper::policy {

std::string_view FieldUseName(FieldUse use) { return use == FieldUse::kRead ? "read" : "write"; }

FieldRules::FieldRules(std::vector<Field> fields, std::vector<std::string> names) : fields_(std::move(fields)) {
  for (size_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    const size_t entity = static_cast<size_t>(field.entity);
    if (restricted_.size() <= entity) restricted_.resize(entity + 1);
    if (!field.read.empty() || !field.write.empty()) restricted_[entity] = true;
    by_name_.emplace(std::move(names[i]), static_cast<int>(i));
  }
}

bool FieldRules::Admits(FieldUse use, int field, const identity::Identity* caller) const {
  if (field < 0) return true;
  const std::vector<SharedRule>& lists = fields_[static_cast<size_t>(field)].Of(use);
  return std::all_of(lists.begin(), lists.end(),
                     [caller](const SharedRule& rule) { return rule->list.Admits(caller); });
}

int FieldRules::Find(std::string_view name) const {
  const auto found = by_name_.find(ToAbsl(name));
  return found == by_name_.end() ? -1 : found->second;
}

}  // namespace rowkeeper::policy
