#include "server/sql/expression_predicate.h"

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using plan::FilterExpression;
using Kind = FilterExpression::Kind;

/// Writes the conditions of one expression.
class ExpressionWriter {
 public:
  ExpressionWriter(const catalogue::Entity& entity, ParameterList* parameters, const std::string& table)
      : entity_(entity), parameters_(parameters), table_(table) {}

  std::string Write(const FilterExpression& expression) const {
    switch (expression.kind) {
      case Kind::kAnd:
        return Join(expression, " AND ");
      case Kind::kOr:
        return Join(expression, " OR ");
      case Kind::kNot:  // also where a row has no value to compare
        return Cat("(", Write(expression.parts[0]), ") IS NOT TRUE");
      default:
        return Condition(expression);
    }
  }

 private:
  std::string Join(const FilterExpression& expression, const char* keyword) const {
    return Cat("(",
               absl::StrJoin(expression.parts, keyword,
                             [this](std::string* out, const FilterExpression& part) { out->append(Write(part)); }),
               ")");
  }

  std::string Condition(const FilterExpression& condition) const {
    const catalogue::Column& column = entity_.columns[condition.column];
    const std::string name = table_ + ColumnName(column);
    const auto value = [&](const std::string& type) {
      return parameters_->Add(Parameter::Source::kComputed, condition.operand, type);
    };
    const auto compare = [&](const char* op) { return Cat(name, op, value(ParameterType(entity_, column.type))); };
    switch (condition.kind) {
      case Kind::kNotEqual:
        return compare(" IS DISTINCT FROM ");
      case Kind::kLess:
        return compare(" < ");
      case Kind::kLessOrEqual:
        return compare(" <= ");
      case Kind::kGreater:
        return compare(" > ");
      case Kind::kGreaterOrEqual:
        return compare(" >= ");
      case Kind::kLike:
        return Cat(name, " LIKE ", value("text"));
      case Kind::kIsNull:
        return name + " IS NULL";
      case Kind::kHasValue:
        return name + " IS NOT NULL";
      case Kind::kHasElement: {
        catalogue::ValueType element = column.type;
        element.array = false;
        return Cat(name, " @> ARRAY[", value(ParameterType(entity_, element)), "]::", ArrayType(entity_, column));
      }
      case Kind::kNotEmpty:
        return Cat(name, " <> '{}'");
      case Kind::kHasKey:
        return Cat(name, " ? ", value("text"));
      case Kind::kHasPath:
        return Cat("(", name, " #>> ", value("text[]"), ") IS NOT NULL");
      case Kind::kContainsJson:
        return Cat(name, " @> ", value("jsonb"));
      default:
        return compare(" = ");
    }
  }

  const catalogue::Entity& entity_;
  ParameterList* const parameters_;
  const std::string& table_;
};

}  // namespace

std::string ExpressionPredicate(const catalogue::Entity& entity, const FilterExpression& expression,
                                ParameterList* parameters, const std::string& table) {
  return ExpressionWriter(entity, parameters, table).Write(expression);
}

}  // namespace rowkeeper::sql
