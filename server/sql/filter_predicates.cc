#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/expression_predicate.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::ValueKind;
using plan::FilterOperator;

std::string_view ComparisonText(FilterOperator op) {
  switch (op) {
    case FilterOperator::kNotEqual:
      return "IS DISTINCT FROM";  // a row without a value differs from every value
    case FilterOperator::kLess:
      return "<";
    case FilterOperator::kLessOrEqual:
      return "<=";
    case FilterOperator::kGreater:
      return ">";
    case FilterOperator::kGreaterOrEqual:
      return ">=";
    case FilterOperator::kPrefix:
    case FilterOperator::kLike:
      return "LIKE";
    case FilterOperator::kContains:
      return "@>";
    case FilterOperator::kOverlaps:
      return "&&";
    case FilterOperator::kEqual:
      return "=";
    case FilterOperator::kIn:
    case FilterOperator::kNotIn:
    case FilterOperator::kIsNull:
    case FilterOperator::kSearch:
      break;
  }
  return "";  // written in another way
}

/// One condition of a call.
class FilterPredicate {
 public:
  FilterPredicate(const plan::MethodPlan& plan, const plan::FilterTerm& filter, ParameterList* parameters)
      : entity_(*plan.entity),
        filter_(filter),
        column_(plan.entity->columns[filter.column]),
        name_(ColumnName(column_)),
        one_value_(!plan.inputs[filter.input].type.value_or(column_.type).array),
        parameters_(parameters) {}

  std::string Write() const {
    switch (filter_.op) {
      case FilterOperator::kIn:
        return Cat(name_, " = ANY(", Value(ParameterType(entity_, column_.type) + "[]"), ")");
      case FilterOperator::kNotIn:
        return NotIn();
      case FilterOperator::kPrefix:
      case FilterOperator::kLike:
        return Compare("text");
      case FilterOperator::kSearch:
        return Search();
      case FilterOperator::kContains:
        return column_.type.array && one_value_ ? ContainsOne() : Compare(ContainerType());
      case FilterOperator::kOverlaps:
        return Compare(ArrayType(entity_, column_));
      case FilterOperator::kIsNull:  // FilterPredicates writes it, for it takes no value
      case FilterOperator::kEqual:
      case FilterOperator::kNotEqual:
      case FilterOperator::kLess:
      case FilterOperator::kLessOrEqual:
      case FilterOperator::kGreater:
      case FilterOperator::kGreaterOrEqual:
        break;
    }
    return Compare(ParameterType(entity_, column_.type));
  }

 private:
  std::string Value(const std::string& type) const {
    return parameters_->Add(Parameter::Source::kArgument, filter_.input, type);
  }

  std::string Compare(const std::string& type) const {
    return Cat(name_, " ", ComparisonText(filter_.op), " ", Value(type));
  }

  std::string ContainerType() const {
    return column_.type.array ? ArrayType(entity_, column_) : ParameterType(entity_, column_.type);
  }

  std::string ContainsOne() const {
    catalogue::ValueType element = column_.type;
    element.array = false;
    return Cat(name_, " @> ARRAY[", Value(ParameterType(entity_, element)), "]::", ArrayType(entity_, column_));
  }

  std::string NotIn() const {
    const std::string other = Cat(name_, " <> ALL(", Value(ParameterType(entity_, column_.type) + "[]"), ")");
    return column_.nullable ? Cat("(", name_, " IS NULL OR ", other, ")") : other;
  }

  std::string Search() const {
    return Cat(SearchDocument(entity_, filter_), " @@ websearch_to_tsquery(", Literal(filter_.text_search),
               "::regconfig, ", Value("text"), ")");
  }

  const Entity& entity_;
  const plan::FilterTerm& filter_;
  const Column& column_;
  const std::string name_;
  const bool one_value_;
  ParameterList* parameters_;
};

}  // namespace

std::string SearchDocument(const Entity& entity, const plan::FilterTerm& search) {
  const std::string text =
      absl::StrJoin(search.searched, " || ' ' || ", [&entity, &search](std::string* out, int column) {
        const std::string name = ColumnName(entity.columns[column]);
        const bool plain = search.searched.size() == 1 || !entity.columns[column].nullable;
        out->append(plain ? name : Cat("coalesce(", name, ", '')"));
      });
  return Cat("to_tsvector(", Literal(search.text_search), "::regconfig, ", text, ")");
}

std::vector<std::string> FilterPredicates(const plan::MethodPlan& plan, const plan::Variant& variant,
                                          ParameterList* parameters, const std::string& table) {
  const auto* further = plan::PartOf<plan::WithConditions>(variant.family);
  std::vector<std::string> conditions;
  for (int i : variant.filters) {
    const plan::FilterTerm& filter = plan.filters[i];
    if (filter.op != FilterOperator::kIsNull) {
      conditions.push_back(FilterPredicate(plan, filter, parameters).Write());
      continue;
    }
    const bool not_null = further != nullptr &&
                          std::find(further->not_null.begin(), further->not_null.end(), i) != further->not_null.end();
    conditions.push_back(Cat(ColumnName(plan.entity->columns[filter.column]), not_null ? " IS NOT NULL" : " IS NULL"));
  }
  if (further != nullptr && further->expression != nullptr) {
    conditions.push_back(ExpressionPredicate(*plan.entity, *further->expression, parameters));
  }
  // First, so that no other condition can fail over rows of another tenant before it.
  conditions.insert(conditions.begin(), TenantPredicate(*plan.entity, parameters, table));
  return conditions;
}

}  // namespace rowkeeper::sql
