#include "server/sql/purpose.h"

#include <google/protobuf/descriptor.h>

#include "server/base/statement_text.h"
#include "server/base/text.h"

namespace rowkeeper::sql {

std::string PurposeOf(const plan::MethodPlan& plan, std::string_view part) {
  const std::string after = part.empty() ? "" : Cat(":", part);
  if (plan.family() == catalogue::Family::kQuery) {
    const size_t dot = plan.full_name.rfind('.');
    return Cat(plan.full_name.substr(0, dot), "/", plan.full_name.substr(dot + 1), after);
  }
  return Cat(plan.entity->full_name, "/", catalogue::TraitsOf(plan.operation).name, after);
}

std::string PurposeOf(const catalogue::Relation& relation) {
  return Cat(relation.field->containing_type()->full_name(), "/relation:", relation.field->name());
}

Statement WithPurpose(std::string_view purpose, Statement statement) {
  statement.text = rowkeeper::WithPurpose(purpose, statement.text);
  return statement;
}

}  // namespace rowkeeper::sql
