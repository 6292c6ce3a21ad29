#include <optional>

#include "server/base/text.h"
#include "server/plan/filter/expression.h"
#include "tests/fuzz/all_types_plan.h"
#include "tests/fuzz/example_plans.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/text_mutation.h"

namespace rowkeeper::fuzz {
namespace {

const std::vector<const catalogue::Entity*>& Entities() {
  static const auto* const kEntities = [] {
    auto* const entities = new std::vector<const catalogue::Entity*>{&AllTypes()};
    for (const auto& entity : Examples().catalogue->entities()) entities->push_back(entity.get());
    return entities;
  }();
  return *kEntities;
}

const std::vector<std::string>& Words() {
  static const auto* const kWords = [] {
    auto* const words = new std::vector<std::string>{"AND",
                                                     "OR",
                                                     "NOT",
                                                     "-",
                                                     "(",
                                                     ")",
                                                     "=",
                                                     "!=",
                                                     "<",
                                                     "<=",
                                                     ">",
                                                     ">=",
                                                     ":",
                                                     "*",
                                                     "null",
                                                     "true",
                                                     "false",
                                                     "\"\"",
                                                     "\"a\\\"b\"",
                                                     "'x'",
                                                     "\"*\"",
                                                     "\"0001-01-01T00:00:00+14:00\"",
                                                     "\"9999-12-31T23:59:59.999999999-14:00\"",
                                                     "\"2026-02-29\"",
                                                     "-9223372036854775808",
                                                     "18446744073709551615",
                                                     "1e400",
                                                     "NaN",
                                                     "0.0000000001",
                                                     "\"1.5s\"",
                                                     "\"315576000001s\"",
                                                     "\"00000000-0000-0000-0000-000000000000\"",
                                                     ".",
                                                     "a.b.c",
                                                     "\\",
                                                     "\"",
                                                     "\xc3\x28",
                                                     "\xf0\x9f\x98\x80"};
    for (const catalogue::Entity* entity : Entities()) {
      for (const catalogue::Column& column : entity->columns) words->push_back(column.field->name());
    }
    return words;
  }();
  return *kWords;
}

/// The columns of a tree are those of the entity, and its operands are all there, each once.
bool IsSound(const plan::FilterExpression& expression, size_t columns, std::vector<bool>* operands) {
  if (expression.parts.empty()) {
    if (expression.column < 0 || static_cast<size_t>(expression.column) >= columns) return false;
    if (!plan::HasOperand(expression.kind)) return expression.operand == -1;
    const auto operand = static_cast<size_t>(expression.operand);
    if (expression.operand < 0 || operand >= operands->size() || (*operands)[operand]) return false;
    (*operands)[operand] = true;
    return true;
  }
  for (const plan::FilterExpression& part : expression.parts) {
    if (!IsSound(part, columns, operands)) return false;
  }
  return true;
}

std::string Check(std::string_view input) {
  const catalogue::Entity& entity = *Choose(Entities(), &input);
  for (const plan::FilterColumns columns : {plan::FilterColumns::kFilterable, plan::FilterColumns::kAll}) {
    std::string problem;
    const auto compiled = plan::CompileFilter(entity, input, columns, plan::FilterLimits(), 0, &problem);
    if (compiled.has_value() != problem.empty())
      return Cat(compiled.has_value() ? "accepted" : "refused", ", but the problem is: ", problem);
    if (!compiled.has_value() || compiled->expression == nullptr) continue;
    std::vector<bool> operands(compiled->operands.size(), false);
    if (!IsSound(*compiled->expression, entity.columns.size(), &operands)) return "the tree does not fit its operands";
    for (const bool used : operands) {
      if (!used) return "an operand is in no condition";
    }
    std::string again;
    const auto repeated = plan::CompileFilter(entity, input, columns, plan::FilterLimits(), 0, &again);
    if (!repeated.has_value() || repeated->expression->Key() != compiled->expression->Key() ||
        repeated->operands != compiled->operands) {
      return "the same text gives another filter";
    }
  }
  return "";
}

std::string Make(Random* random) { return static_cast<char>(random->Below(256)) + RandomText(Words(), random); }

std::string MutateFilter(const std::string& input, Random* random) { return MutateText(input, Words(), random); }

}  // namespace

Target FilterTarget() { return {"filter", Check, Make, MutateFilter}; }

}  // namespace rowkeeper::fuzz
