#pragma once

#include <memory>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::fuzz {

/// The catalogues of proto/ with their plans. Aborts when the program does not run in the project's root.
struct ExamplePlans {
  std::unique_ptr<const catalogue::Catalogue> catalogue;
  std::vector<std::unique_ptr<const plan::MethodPlan>> plans;
};

const ExamplePlans& Examples();

/// The element that `input`'s first byte chooses, and takes that byte away. `choices` is not empty.
template <typename Choices>
const typename Choices::value_type& Choose(const Choices& choices, std::string_view* input) {
  const size_t index = input->empty() ? 0 : static_cast<unsigned char>(input->front());
  if (!input->empty()) input->remove_prefix(1);
  return choices[index % choices.size()];
}

}  // namespace rowkeeper::fuzz
