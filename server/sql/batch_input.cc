#include "server/sql/batch_input.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

std::string InputName(int input) { return Identifier(Cat("#", input)); }

std::string StoredKeyName(size_t index) { return Identifier(Cat("#at", index)); }

}  // namespace

BatchInput::BatchInput(const plan::MethodPlan& plan, const std::vector<int>& values, Versions versions,
                       ParameterList* parameters, Keys keys)
    : plan_(plan), keys_(keys), parameters_(parameters) {
  for (const plan::FilterTerm& key : plan.filters) Add(key.input, key.column);
  for (int i : values) Add(plan.values[i].input, plan.values[i].column);
  for (size_t i = 0; keys == Keys::kStored && i < plan.filters.size(); ++i) {
    const std::string type = ParameterType(*plan.entity, plan.entity->columns[plan.filters[i].column].type);
    parts_.push_back(
        {-1, StoredKeyName(i), parameters->Add(Parameter::Source::kElementKeys, static_cast<int>(i), type + "[]")});
  }
  if (versions == Versions::kNone) return;
  parts_.push_back({-1, "\"#ver\"", parameters->Add(Parameter::Source::kElementVersions, 0, "bigint[]")});
}

void BatchInput::Add(int input, int column) {
  const auto same = [input](const Part& part) { return part.input == input; };
  if (std::any_of(parts_.begin(), parts_.end(), same)) return;
  const catalogue::ValueType& type = plan_.entity->columns[column].type;
  // An array of arrays would be a matrix, so arrays travel as their texts.
  const std::string element = type.array ? "text" : ParameterType(*plan_.entity, type);
  parts_.push_back({input, InputName(input), parameters_->Add(Parameter::Source::kElements, input, element + "[]")});
}

std::string BatchInput::Value(int input) const {
  const catalogue::ValueType& type = plan_.entity->columns[plan_.inputs[input].column].type;
  return type.array ? Cat(InputName(input), "::", ParameterType(*plan_.entity, type)) : InputName(input);
}

std::string BatchInput::Key(size_t index) const {
  return keys_ == Keys::kStored ? StoredKeyName(index) : Value(plan_.filters[index].input);
}

std::string BatchInput::KeyMatches() const {
  std::vector<std::string> matches;
  for (size_t i = 0; i < plan_.filters.size(); ++i) {
    matches.push_back(Cat(ColumnName(plan_.entity->columns[plan_.filters[i].column]), " = ", Key(i)));
  }
  const std::string own_rows = TenantPredicate(*plan_.entity, parameters_);
  if (!own_rows.empty()) matches.push_back(own_rows);
  return absl::StrJoin(matches, " AND ");
}

std::string BatchInput::Names() const {
  std::string names;
  for (const Part& part : parts_) names += Cat(part.name, ", ");
  return Cat(names, "\"#\"");
}

std::string BatchInput::From() const {
  const std::string arrays =
      absl::StrJoin(parts_, ", ", [](std::string* out, const Part& part) { out->append(part.parameter); });
  return Cat("unnest(", arrays, ") WITH ORDINALITY AS \"#batch\" (", Names(), ")");
}

}  // namespace rowkeeper::sql
