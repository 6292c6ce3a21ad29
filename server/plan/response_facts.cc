#include "server/plan/response_facts.h"

#include <google/protobuf/descriptor.h>

#include <string_view>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/base/text.h"
#include "server/catalogue/options.h"
#include "server/plan/batch/compile.h"
#include "server/plan/bulk/compile.h"
#include "server/plan/filter/binding.h"
#include "server/plan/inputs.h"
#include "server/plan/list/list.h"
#include "server/plan/query/compile.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Family;
using google::protobuf::FieldDescriptor;

enum class FactType { kString, kInteger, kBool, kRowResults, kUnrepresentableRows };

struct FactField {
  Fact fact;
  std::string_view name;
  v1::Binding binding;
  FactType type;
  /// As it is declared.
  std::string_view type_name;
  const FieldDescriptor* ResponsePlan::*field;
};

constexpr FactField kFacts[] = {
    {Fact::kNextPageToken, "next_page_token", v1::BINDING_NEXT_PAGE_TOKEN, FactType::kString, "string",
     &ResponsePlan::next_page_token},
    {Fact::kPreviousPageToken, "previous_page_token", v1::BINDING_PREVIOUS_PAGE_TOKEN, FactType::kString, "string",
     &ResponsePlan::previous_page_token},
    {Fact::kTotalSize, "total_size", v1::BINDING_TOTAL_SIZE, FactType::kInteger, "int64", &ResponsePlan::total_size},
    {Fact::kAffected, "affected", v1::BINDING_AFFECTED, FactType::kInteger, "int64", &ResponsePlan::affected},
    {Fact::kMore, "more", v1::BINDING_MORE, FactType::kBool, "bool", &ResponsePlan::more},
    {Fact::kResults, "results", v1::BINDING_RESULTS, FactType::kRowResults, "repeated rowkeeper.v1.RowResult",
     &ResponsePlan::results},
    // An export goes on after its last row as a list does after its page.
    {Fact::kResumeToken, "resume_token", v1::BINDING_RESUME_TOKEN, FactType::kString, "string",
     &ResponsePlan::next_page_token},
    {Fact::kUnrepresentable, "unrepresentable", v1::BINDING_UNREPRESENTABLE, FactType::kUnrepresentableRows,
     "repeated rowkeeper.v1.UnrepresentableRow", &ResponsePlan::unrepresentable},
    {Fact::kUnrepresentableCount, "unrepresentable_count", v1::BINDING_UNREPRESENTABLE_COUNT, FactType::kInteger,
     "int32", &ResponsePlan::unrepresentable_count},
};

bool IsListOf(const FieldDescriptor& field, std::string_view message) {
  return field.is_repeated() && field.type() == FieldDescriptor::TYPE_MESSAGE &&
         field.message_type()->full_name() == message;
}

bool IsFact(const FieldDescriptor& field, FactType type) {
  if (type == FactType::kRowResults) return IsListOf(field, "rowkeeper.v1.RowResult");
  if (type == FactType::kUnrepresentableRows) return IsListOf(field, "rowkeeper.v1.UnrepresentableRow");
  if (field.is_repeated()) return false;
  switch (type) {
    case FactType::kString:
      return field.type() == FieldDescriptor::TYPE_STRING;
    case FactType::kInteger:
      return field.type() == FieldDescriptor::TYPE_INT32 || field.type() == FieldDescriptor::TYPE_INT64;
    case FactType::kBool:
      return field.type() == FieldDescriptor::TYPE_BOOL;
    case FactType::kRowResults:
    case FactType::kUnrepresentableRows:
      break;
  }
  return false;
}

bool Gives(const MethodPlan& plan, Fact fact) {
  switch (plan.family()) {
    case Family::kGet:
    case Family::kWrite:
      return false;
    case Family::kList:
      return ListGives(plan.operation, fact);
    case Family::kBatch:
      return BatchGives(plan, fact);
    case Family::kBulk:
      return BulkGives(plan.change(), fact);
    case Family::kQuery:
      return QueryGives(fact);
  }
  return false;
}

const FactField* FindFact(const FieldDescriptor& field) {
  const v1::Binding binding = catalogue::ReadOptions(field).GetExtension(v1::bind);
  for (const FactField& fact : kFacts) {
    if (binding != v1::BINDING_UNSPECIFIED ? fact.binding == binding : fact.name == field.name()) return &fact;
  }
  return nullptr;
}

}  // namespace

bool BindResponseFact(const FieldDescriptor& field, MethodPlan* plan, catalogue::Diagnostics* diagnostics) {
  const FactField* fact = FindFact(field);
  if (fact == nullptr || !Gives(*plan, fact->fact)) return false;
  if (!IsFact(field, fact->type)) {
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
  for (const FactField& fact : kFacts) {
    if (Gives(plan, fact.fact)) names += Cat(names.empty() ? "`" : ", `", fact.type_name, " ", fact.name, "`");
  }
  return names;
}

void CheckUnrepresentable(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  const Input* skip = FindInput(plan, InputRole::kSkipUnrepresentable);
  const FieldDescriptor* rows = plan.response.unrepresentable;
  const FieldDescriptor* told = rows != nullptr ? rows : plan.response.unrepresentable_count;
  if (skip != nullptr && told == nullptr && plan.response.rows_known) {
    diagnostics->Error(*skip->path.back(), "leaves rows out, and callers could not tell which",
                       "add `repeated rowkeeper.v1.UnrepresentableRow unrepresentable` (or `int32 "
                       "unrepresentable_count`) to the response, or remove this field");
  }
  if (skip == nullptr && told != nullptr) {
    diagnostics->Error(*told, "would never be filled: nothing in the request asks for rows to be left out",
                       "add `bool skip_unrepresentable` to the request, or remove this field");
  }
}

void CheckResponseFacts(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  CheckUnrepresentable(plan, diagnostics);
  if (!Gives(plan, Fact::kTotalSize)) return;
  const Input* count = FindInput(plan, InputRole::kCount);
  const FieldDescriptor* total = plan.response.total_size;
  if (catalogue::TraitsOf(plan.operation).facts_only) {
    if (total != nullptr || !plan.response.rows_known) return;
    diagnostics->Error(*plan.method, "a count needs a response with a place for the number",
                       "return a message with a field `int64 total_size`");
    return;
  }
  if (total != nullptr && count == nullptr) {
    diagnostics->Error(*total, "would never be filled: nothing in the request asks for it",
                       "add `rowkeeper.v1.CountMode count` to the request, or remove this field");
  }
  if (total == nullptr && count != nullptr) {
    diagnostics->Error(*count->path.back(), "asks for a number that the response has no place for",
                       "add `int64 total_size` to the response, or remove this field");
  }
}

}  // namespace rowkeeper::plan
