#include "server/plan/inputs.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/str_join.h"

namespace rowkeeper::plan {

using google::protobuf::FieldDescriptor;

const Input* FindInput(const MethodPlan& plan, InputRole role) {
  for (const Input& input : plan.inputs) {
    if (input.role == role) return &input;
  }
  return nullptr;
}

bool HasInput(const MethodPlan& plan, InputRole role) { return FindInput(plan, role) != nullptr; }

std::string InputName(const MethodPlan& plan, InputRole role, std::string_view otherwise) {
  const Input* input = FindInput(plan, role);
  return input == nullptr ? std::string(otherwise) : input->name;
}

int AddInput(InputRole role, std::vector<const FieldDescriptor*> path, const catalogue::Column* column,
             MethodPlan* plan) {
  Input input;
  input.role = role;
  input.element = plan->batch.has_value() && path.front() == plan->batch->field;
  input.name = absl::StrJoin(path.begin() + (input.element ? 1 : 0), path.end(), ".",
                             [](std::string* out, const FieldDescriptor* field) { out->append(field->name()); });
  input.path = std::move(path);
  input.column = column == nullptr ? -1 : plan->entity->IndexOf(*column);
  plan->inputs.push_back(std::move(input));
  return static_cast<int>(plan->inputs.size()) - 1;
}

}  // namespace rowkeeper::plan
