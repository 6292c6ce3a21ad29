#include <google/protobuf/descriptor.h>

#include "server/plan/inputs.h"
#include "server/plan/list/list.h"
#include "server/plan/row_method.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Operation;

void CheckPages(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  if (HasInput(plan, InputRole::kPageToken) && plan.response.next_page_token != nullptr) return;
  diagnostics->Error(*plan.method, "a list without pages would lose rows",
                     "add `string page_token` (and `int32 page_size`) to the request and `string next_page_token` "
                     "to the response");
}

void CheckExport(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  const bool resumes = HasInput(plan, InputRole::kPageToken) && plan.response.next_page_token != nullptr;
  if (!plan.response.rows_known || resumes) return;
  diagnostics->Error(*plan.method, "an export whose stream broke could not go on",
                     "add `string resume_token` to the request and to the response");
}

}  // namespace

bool ListTakes(Operation operation, InputRole role) {
  switch (role) {
    case InputRole::kPageSize:
    case InputRole::kOrderBy:
    case InputRole::kSkip:
      return operation == Operation::kList;
    case InputRole::kPageToken:
    case InputRole::kReadMask:
    case InputRole::kSkipUnrepresentable:
      return operation != Operation::kCount;
    case InputRole::kCount:
      return operation != Operation::kExport;
    case InputRole::kExpression:
    case InputRole::kDeleted:
      return true;
    default:
      return false;
  }
}

bool ListGives(Operation operation, Fact fact) {
  switch (fact) {
    case Fact::kNextPageToken:
    case Fact::kPreviousPageToken:
      return operation == Operation::kList;
    case Fact::kUnrepresentable:
    case Fact::kUnrepresentableCount:
      return operation != Operation::kCount;
    case Fact::kTotalSize:
      return operation != Operation::kExport;
    case Fact::kResumeToken:
      return operation == Operation::kExport;
    default:
      return false;
  }
}

MethodPlan CompileList(const catalogue::Entity& entity, const catalogue::Method& method,
                       catalogue::Diagnostics* diagnostics) {
  MethodPlan plan = CompileRowMethod(entity, method, diagnostics);
  if (method.operation == Operation::kList) CheckPages(plan, diagnostics);
  if (method.operation == Operation::kExport) CheckExport(plan, diagnostics);
  return plan;
}

}  // namespace rowkeeper::plan
