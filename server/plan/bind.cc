#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/plan/absent.h"
#include "server/plan/batch/batch.h"
#include "server/plan/bulk/bulk.h"
#include "server/plan/call.h"
#include "server/plan/filter/expression.h"
#include "server/plan/inputs.h"
#include "server/plan/list/list.h"
#include "server/plan/mask/json_mask.h"
#include "server/plan/mask/masks.h"
#include "server/plan/query/bind.h"
#include "server/plan/relation/selection.h"
#include "server/plan/response_facts.h"
#include "server/plan/write/write.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Family;
using catalogue::ValueKind;

bool TakesSeveral(FilterOperator op) {
  return op == FilterOperator::kIn || op == FilterOperator::kNotIn || op == FilterOperator::kOverlaps;
}

/// Whether the request's value is one of the column's, so that an absent one can stand for its zero.
bool TakesColumnZero(FilterOperator op) { return op < FilterOperator::kIn; }

/// `text` as a LIKE pattern that matches what begins with it.
std::string PrefixPattern(std::string_view text) {
  std::string pattern;
  for (char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern + "%";
}

bool EndsInBareBackslash(std::string_view pattern) {
  const size_t last = pattern.find_last_not_of('\\');
  const size_t backslashes = pattern.size() - (last == std::string_view::npos ? 0 : last + 1);
  return backslashes % 2 == 1;
}

void BindPattern(FilterOperator op, const std::string& name, Argument* argument, FieldViolations* violations) {
  if (op == FilterOperator::kPrefix) {
    argument->text = PrefixPattern(argument->text);
  } else if (op == FilterOperator::kLike && EndsInBareBackslash(argument->text)) {
    violations->Add(name, R"(ends with a backslash that escapes nothing; write \\ for a backslash)");
  }
}

void BindFilters(Call* call, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  for (int i = 0; i < static_cast<int>(plan.filters.size()); ++i) {
    const FilterTerm& filter = plan.filters[i];
    Argument& argument = call->request.arguments[filter.input];
    if (!argument.present) {
      if (!filter.required) continue;
      const auto zero = TakesColumnZero(filter.op) ? FilterZero(plan.entity->columns[filter.column]) : std::nullopt;
      if (!zero.has_value()) {
        violations->Add(plan.inputs[filter.input].name,
                        TakesSeveral(filter.op) ? "is required; give at least one value" : "is required");
        continue;
      }
      argument = {true, *zero};
    }
    BindPattern(filter.op, plan.inputs[filter.input].name, &argument, violations);
    if (filter.op == FilterOperator::kIsNull && argument.text == "f") call->variant.not_null.push_back(i);
    call->variant.filters.push_back(i);
  }
}

/// The filter expression becomes conditions without texts, and texts that go to the database as parameters.
void BindExpression(Call* call, const FilterLimits& limits, FieldViolations* violations) {
  std::string problem;
  auto filter = CompileFilter(*call->plan->entity, call->request.expression, FilterColumns::kFilterable, limits,
                              static_cast<int>(call->computed.size()), &problem);
  if (!filter.has_value()) {
    violations->Add(InputName(*call->plan, InputRole::kExpression, "filter"), problem);
    return;
  }
  call->variant.expression = std::move(filter->expression);
  for (std::string& operand : filter->operands) call->computed.emplace_back(std::move(operand));
}

}  // namespace

absl::StatusOr<Call> Bind(const MethodPlan& plan, Request request, const PageLimits& limits, const PageTokens& tokens) {
  Call call;
  call.plan = &plan;
  call.request = std::move(request);
  FieldViolations violations;
  const JsonTrees json_writes = TakeJsonMasks(&call, &violations);
  if (CarriesRows(plan.response) && plan.query == nullptr) {
    call.variant.columns = ResolveReadMask(plan, call.request, &violations);
    BindRelations(&call, limits.relations, &violations);
  }
  call.variant.deleted = call.request.deleted;
  if (call.request.version < 0) {
    violations.Add(InputName(plan, InputRole::kVersion, "version"), "must not be negative; 0 means any version");
  }
  call.variant.version_guard = call.request.version > 0;
  if (plan.family() != Family::kBatch) {
    BindFilters(&call, &violations);
    BindExpression(&call, limits.filter, &violations);
  }
  switch (plan.family()) {
    case Family::kGet:
      break;
    case Family::kList:
      BindList(&call, limits, tokens, &violations);
      break;
    case Family::kWrite:
      BindWrite(&call, &violations);
      break;
    case Family::kBatch:
      BindBatch(&call, &violations);
      break;
    case Family::kBulk:
      BindBulk(&call, &violations);
      break;
    case Family::kQuery:
      BindQuery(&call, &violations);
      break;
  }
  BindJsonWrites(json_writes, &call, &violations);
  if (!violations.empty()) return violations.ToStatus();
  if (absl::Status status = CheckRelationLimits(call, limits.relations); !status.ok()) return status;
  return call;
}

std::optional<std::string> ZeroText(const Column& column) {
  if (column.type.array) return "{}";
  switch (column.type.kind) {
    case ValueKind::kBool:
      return "f";
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kUint32:
    case ValueKind::kUint64:
    case ValueKind::kFloat:
    case ValueKind::kDouble:
      return "0";
    case ValueKind::kString:
      return "";
    case ValueKind::kBytes:
      return "\\x";
    case ValueKind::kEnum:
      if (column.type.zero_is_unset) return std::nullopt;
      for (const catalogue::EnumLabel& label : column.type.labels) {
        if (label.number == 0) return label.label;
      }
      return std::nullopt;
    case ValueKind::kJson: {
      const google::protobuf::FieldDescriptor& field = *column.field;
      if (field.is_map()) return "{}";
      if (field.is_repeated()) return "[]";
      const auto type = field.message_type()->well_known_type();
      if (type == google::protobuf::Descriptor::WELLKNOWNTYPE_LISTVALUE) return "[]";
      if (type == google::protobuf::Descriptor::WELLKNOWNTYPE_VALUE) return "null";
      return "{}";
    }
    case ValueKind::kUuid:
    case ValueKind::kDecimal:
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
    case ValueKind::kDate:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace rowkeeper::plan
