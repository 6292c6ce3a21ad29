#include "server/plan/response_facts.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string_view>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/text.h"
#include "server/catalogue/options.h"
#include "server/plan/filter/binding.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Operation;
using google::protobuf::FieldDescriptor;

enum class FactType { kString, kInteger, kBool, kRowResults };

struct Fact {
  std::string_view name;
  v1::Binding binding;
  FactType type;
  /// As it is declared.
  std::string_view type_name;
  const FieldDescriptor* ResponsePlan::*field;
};

constexpr Fact kFacts[] = {
    {"next_page_token", v1::BINDING_NEXT_PAGE_TOKEN, FactType::kString, "string", &ResponsePlan::next_page_token},
    {"previous_page_token", v1::BINDING_PREVIOUS_PAGE_TOKEN, FactType::kString, "string",
     &ResponsePlan::previous_page_token},
    {"total_size", v1::BINDING_TOTAL_SIZE, FactType::kInteger, "int64", &ResponsePlan::total_size},
    {"affected", v1::BINDING_AFFECTED, FactType::kInteger, "int64", &ResponsePlan::affected},
    {"more", v1::BINDING_MORE, FactType::kBool, "bool", &ResponsePlan::more},
    {"results", v1::BINDING_RESULTS, FactType::kRowResults, "repeated rowkeeper.v1.RowResult", &ResponsePlan::results},
    // An export goes on after its last row as a list does after its page.
    {"resume_token", v1::BINDING_RESUME_TOKEN, FactType::kString, "string", &ResponsePlan::next_page_token},
};

bool HasType(const FieldDescriptor& field, FactType type) {
  if (type == FactType::kRowResults) {
    return field.is_repeated() && field.type() == FieldDescriptor::TYPE_MESSAGE &&
           field.message_type()->full_name() == "rowkeeper.v1.RowResult";
  }
  if (field.is_repeated()) return false;
  switch (type) {
    case FactType::kString:
      return field.type() == FieldDescriptor::TYPE_STRING;
    case FactType::kInteger:
      return field.type() == FieldDescriptor::TYPE_INT32 || field.type() == FieldDescriptor::TYPE_INT64;
    case FactType::kBool:
      return field.type() == FieldDescriptor::TYPE_BOOL;
    case FactType::kRowResults:
      break;
  }
  return false;
}

bool Gives(const MethodPlan& plan, v1::Binding fact) {
  switch (fact) {
    case v1::BINDING_NEXT_PAGE_TOKEN:
    case v1::BINDING_PREVIOUS_PAGE_TOKEN:
      return plan.operation == Operation::kList;
    case v1::BINDING_TOTAL_SIZE:
      return plan.operation == Operation::kList || plan.operation == Operation::kCount;
    case v1::BINDING_AFFECTED:
      return catalogue::IsBulkChange(plan.operation) || plan.operation == Operation::kImport ||
             plan.operation == Operation::kQuery;
    case v1::BINDING_MORE:
      return plan.operation == Operation::kPurge;
    case v1::BINDING_RESULTS:
      return plan.partial;
    case v1::BINDING_RESUME_TOKEN:
      return plan.operation == Operation::kExport;
    default:
      return false;
  }
}

const Fact* FindFact(const FieldDescriptor& field) {
  const v1::Binding binding = catalogue::ReadOptions(field).GetExtension(v1::bind);
  for (const Fact& fact : kFacts) {
    if (binding != v1::BINDING_UNSPECIFIED ? fact.binding == binding : fact.name == field.name()) return &fact;
  }
  return nullptr;
}

}  // namespace

bool BindResponseFact(const FieldDescriptor& field, MethodPlan* plan, catalogue::Diagnostics* diagnostics) {
  const Fact* fact = FindFact(field);
  if (fact == nullptr || !Gives(*plan, fact->binding)) return false;
  if (!HasType(field, fact->type)) {
    diagnostics->Error(field, Cat("has type ", TypeName(field), " but ", fact->name, " needs ", fact->type_name),
                       Cat("write ", fact->type_name));
  } else if (plan->response.*(fact->field) != nullptr) {
    diagnostics->Error(field, "another field of the response has this meaning already", "keep one");
  } else {
    plan->response.*(fact->field) = &field;
  }
  return true;
}

std::string KnownFacts(const MethodPlan& plan) {
  std::string names;
  for (const Fact& fact : kFacts) {
    if (Gives(plan, fact.binding)) names += Cat(names.empty() ? "`" : ", `", fact.type_name, " ", fact.name, "`");
  }
  return names;
}

bool AnswersFactsOnly(Operation operation) {
  return operation == Operation::kCount || operation == Operation::kImport || catalogue::IsBulkChange(operation);
}

void CheckResponseFacts(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  const auto count = std::find_if(plan.inputs.begin(), plan.inputs.end(),
                                  [](const Input& input) { return input.role == InputRole::kCount; });
  const FieldDescriptor* total = plan.response.total_size;
  if (total != nullptr && count == plan.inputs.end() && plan.operation == Operation::kList) {
    diagnostics->Error(*total, "would never be filled: nothing in the request asks for it",
                       "add `rowkeeper.v1.CountMode count` to the request, or remove this field");
  }
  if (total == nullptr && count != plan.inputs.end() && plan.operation == Operation::kList) {
    diagnostics->Error(*count->path.back(), "asks for a number that the response has no place for",
                       "add `int64 total_size` to the response, or remove this field");
  }
  if (total == nullptr && plan.operation == Operation::kCount && plan.response.rows_known) {
    diagnostics->Error(*plan.method, "a count needs a response with a place for the number",
                       "return a message with a field `int64 total_size`");
  }
}

}  // namespace rowkeeper::plan
