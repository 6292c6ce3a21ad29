#include "server/sql/predicates.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::OrderTerm;

/// The cells of the cursor as parameters, each made once and used in several places of the predicate.
class Cursor {
 public:
  Cursor(const Entity& entity, const plan::ListVariant& variant, ParameterList* parameters)
      : entity_(entity), variant_(variant) {
    for (size_t i = 0; i < variant.order.size(); ++i) {
      values_.push_back(variant.cursor_nulls[i] ? "NULL"
                                                : parameters->Add(Parameter::Source::kCursor, static_cast<int>(i),
                                                                  ParameterType(entity, column(i).type)));
    }
  }

  const Column& column(size_t i) const { return entity_.columns[variant_.order[i].column]; }
  std::string name(size_t i) const { return ColumnName(column(i)); }
  const std::string& value(size_t i) const { return values_[i]; }
  bool null(size_t i) const { return variant_.cursor_nulls[i]; }
  bool descending(size_t i) const { return variant_.order[i].descending; }
  bool nulls_first(size_t i) const { return variant_.order[i].nulls_first(); }
  size_t size() const { return values_.size(); }

  /// One comparison of whole rows, which an index serves best, needs one direction and no NULL.
  bool comparable_as_row() const {
    for (size_t i = 0; i < size(); ++i) {
      if (descending(i) != descending(0) || column(i).nullable) return false;
    }
    return true;
  }

 private:
  const Entity& entity_;
  const plan::ListVariant& variant_;
  std::vector<std::string> values_;
};

std::string Equal(const Cursor& cursor, size_t i) {
  return cursor.null(i) ? Cat(cursor.name(i), " IS NULL") : Cat(cursor.name(i), " = ", cursor.value(i));
}

/// Empty when nothing sorts after the cursor's cell.
std::string After(const Cursor& cursor, size_t i) {
  const std::string name = cursor.name(i);
  if (cursor.null(i)) return cursor.nulls_first(i) ? Cat(name, " IS NOT NULL") : "";
  const std::string beyond = Cat(name, cursor.descending(i) ? " < " : " > ", cursor.value(i));
  const bool nulls_follow = cursor.column(i).nullable && !cursor.nulls_first(i);
  return nulls_follow ? Cat("(", beyond, " OR ", name, " IS NULL)") : beyond;
}

std::string AfterAsRow(const Cursor& cursor) {
  std::vector<std::string> names, values;
  for (size_t i = 0; i < cursor.size(); ++i) {
    names.push_back(cursor.name(i));
    values.push_back(cursor.value(i));
  }
  return Cat("(", absl::StrJoin(names, ", "), ") ", cursor.descending(0) ? "<" : ">", " (", absl::StrJoin(values, ", "),
             ")");
}

/// What the first column must satisfy in any case; lets an index start at the cursor.
std::string Bound(const Cursor& cursor) {
  if (cursor.null(0) || (cursor.column(0).nullable && !cursor.nulls_first(0))) return "";
  return Cat(cursor.name(0), cursor.descending(0) ? " <= " : " >= ", cursor.value(0));
}

}  // namespace

std::string ParameterList::Add(Parameter::Source source, int index, const std::string& type) {
  parameters_.push_back({source, index});
  const Parameter& parameter = parameters_.back();
  const bool of_each = many_calls_ && parameter.IsOfEachCall();
  // An array of arrays would be a matrix, so arrays travel as their texts.
  const bool is_array = absl::EndsWith(type, "[]");
  types_.push_back(!of_each ? "" : is_array ? "text" : type);
  if (!of_each) return Cat("$", parameters_.size(), "::", type);
  const std::string column = Cat("\"#calls\".\"#", parameters_.size() - 1, "\"");
  return is_array ? Cat(column, "::", type) : column;
}

const std::string& ParameterList::Tenant(const std::string& type) {
  if (tenant_.empty()) tenant_ = Add(Parameter::Source::kTenant, 0, type);
  return tenant_;
}

std::string ParameterList::Calls() const {
  std::string arrays, names;
  for (size_t i = 0; i < types_.size(); ++i) {
    if (types_[i].empty()) continue;
    arrays += Cat(arrays.empty() ? "" : ", ", "(SELECT $", i + 1, "::", types_[i], "[])");
    names += Cat("\"#", i, "\", ");
  }
  return Cat("unnest(", arrays, ") WITH ORDINALITY AS \"#calls\" (", names, "\"#\")");
}

std::string ParameterList::CallCount() const { return Cat("cardinality($1::", types_.front(), "[])"); }

std::string LivePredicate(const Entity& entity, std::string_view qualifier) {
  std::vector<std::string> conditions;
  if (entity.deleted_at) {
    conditions.push_back(Cat(qualifier, ColumnName(entity.columns[*entity.deleted_at]), " IS NULL"));
  }
  if (entity.deleted_flag) {
    conditions.push_back(Cat("NOT ", qualifier, ColumnName(entity.columns[*entity.deleted_flag])));
  }
  return absl::StrJoin(conditions, " AND ");
}

std::string VisibilityPredicate(const Entity& entity, plan::Deleted deleted, std::string_view qualifier) {
  if (!entity.soft_deletable() || deleted == plan::Deleted::kInclude) return "";
  const std::string live = LivePredicate(entity, qualifier);
  return deleted == plan::Deleted::kExclude ? live : Cat("NOT (", live, ")");
}

std::string TenantPredicate(const Entity& entity, ParameterList* parameters, const std::string& table) {
  if (!entity.tenant) return "";
  const Column& column = entity.columns[*entity.tenant];
  return Cat(table.empty() ? RowName(entity) : table, ".", ColumnName(column), " = ",
             parameters->Tenant(ParameterType(entity, column.type)));
}

std::string CursorPredicate(const Entity& entity, const plan::ListVariant& variant, ParameterList* parameters) {
  if (variant.cursor_nulls.empty()) return "";
  const Cursor cursor(entity, variant, parameters);
  if (cursor.comparable_as_row()) return AfterAsRow(cursor);
  std::vector<std::string> alternatives;
  std::string equal;
  for (size_t i = 0; i < cursor.size(); ++i) {
    const std::string after = After(cursor, i);
    if (!after.empty()) alternatives.push_back(Cat("(", equal, after, ")"));
    equal += Equal(cursor, i) + " AND ";
  }
  if (alternatives.empty()) return "false";
  const std::string any = Cat("(", absl::StrJoin(alternatives, " OR "), ")");
  const std::string bound = Bound(cursor);
  return bound.empty() ? any : Cat(bound, " AND ", any);
}

std::string Where(const std::vector<std::string>& conditions) {
  std::vector<std::string> kept;
  std::copy_if(conditions.begin(), conditions.end(), std::back_inserter(kept),
               [](const std::string& condition) { return !condition.empty(); });
  return kept.empty() ? "" : Cat(" WHERE ", absl::StrJoin(kept, " AND "));
}

}  // namespace rowkeeper::sql
