#include "server/plan/filter/bind.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

#include "server/base/limits.h"
#include "server/base/text.h"
#include "server/plan/absent.h"
#include "server/plan/field_guard.h"
#include "server/plan/filter/expression.h"
#include "server/plan/filter/search_words.h"
#include "server/plan/filter/values.h"
#include "server/plan/inputs.h"

namespace rowkeeper::plan {
namespace {

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

bool LooksForText(FilterOperator op) {
  return op == FilterOperator::kLike || op == FilterOperator::kPrefix || op == FilterOperator::kSearch;
}

/// False when it asks for more work than one call may make.
bool CheckWork(const MethodPlan& plan, const FilterTerm& filter, const Argument& argument, const FilterLimits& limits,
               FieldViolations* violations) {
  const Input& input = plan.inputs[filter.input];
  const bool is_json = plan.entity->columns[filter.column].type.kind == catalogue::ValueKind::kJson;
  std::string problem;
  Limit limit = Limit::kMaxFilterValues;
  if (LooksForText(filter.op) && argument.text.size() > limits.max_search_bytes) {
    limit = Limit::kMaxSearchBytes;
    problem = TooLongToLookFor(argument.text.size(), limits);
  } else if (filter.op == FilterOperator::kSearch && CountSearchWords(argument.text) > limits.max_search_words) {
    limit = Limit::kMaxSearchWords;
    problem = Cat("has more than ", limits.max_search_words, " words, the limit ", LimitName(limit));
  } else if (is_json && argument.text.size() > limits.max_bytes) {
    limit = Limit::kMaxFilterBytes;
    problem = Cat("has ", argument.text.size(), " bytes of JSON; at most ", limits.max_bytes,
                  " are looked for, the limit ", LimitName(limit));
  } else if (input.path.back()->is_repeated() && CountValues(argument.text).count > limits.max_values) {
    problem = Cat("has more than ", limits.max_values, " values, the limit ", LimitName(limit), "; make several calls");
  }
  if (!problem.empty()) violations->Add(input.name, problem, limit);
  return problem.empty();
}

void BindPattern(FilterOperator op, const std::string& name, Argument* argument, FieldViolations* violations) {
  if (op == FilterOperator::kPrefix) {
    argument->text = PrefixPattern(argument->text);
  } else if (op == FilterOperator::kLike && EndsInBareBackslash(argument->text)) {
    violations->Add(name, R"(ends with a backslash that escapes nothing; write \\ for a backslash)");
  }
}

}  // namespace

void BindFilters(Call* call, const FilterLimits& limits, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  for (int i = 0; i < static_cast<int>(plan.filters.size()); ++i) {
    const FilterTerm& filter = plan.filters[i];
    Argument& argument = call->request.arguments[filter.input];
    if (!argument.present && !filter.required) continue;
    if (!MayFilter(*call, filter, violations)) continue;
    if (!argument.present) {
      const auto zero = TakesColumnZero(filter.op) ? FilterZero(plan.entity->columns[filter.column]) : std::nullopt;
      if (!zero.has_value()) {
        violations->Add(plan.inputs[filter.input].name,
                        TakesSeveral(filter.op) ? "is required; give at least one value" : "is required");
        continue;
      }
      argument = {true, *zero};
    }
    if (!CheckWork(plan, filter, argument, limits, violations)) continue;
    BindPattern(filter.op, plan.inputs[filter.input].name, &argument, violations);
    if (filter.op == FilterOperator::kIsNull && argument.text == "f") {
      PartOf<WithConditions>(&call->variant.family)->not_null.push_back(i);
    }
    call->variant.filters.push_back(i);
  }
}

void BindExpression(Call* call, const FilterLimits& limits, FieldViolations* violations) {
  const std::string& text = PartOf<WithExpression>(call->request.family)->expression;
  std::string problem;
  std::optional<Limit> limit;
  auto filter = CompileFilter(*call->plan->entity, text, FilterColumns::kFilterable, limits,
                              static_cast<int>(call->computed.size()), &problem, &limit);
  if (!filter.has_value()) {
    const std::string name = InputName(*call->plan, InputRole::kExpression, "filter");
    limit.has_value() ? violations->Add(name, problem, *limit) : violations->Add(name, problem);
    return;
  }
  PartOf<WithConditions>(&call->variant.family)->expression = std::move(filter->expression);
  CheckExpressionFields(*call, violations);
  for (std::string& operand : filter->operands) call->computed.emplace_back(std::move(operand));
}

}  // namespace rowkeeper::plan
