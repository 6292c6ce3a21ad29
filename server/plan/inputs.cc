#include "server/plan/inputs.h"

namespace rowkeeper::plan {

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

}  // namespace rowkeeper::plan
