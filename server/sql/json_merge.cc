#include "server/sql/json_merge.h"

#include <vector>

#include "server/base/text.h"
#include "server/catalogue/value_type_compiler.h"
#include "server/plan/mask/json_mask.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

/// `value` where it is an object; anything else counts as an empty one.
std::string Object(const std::string& value) {
  return Cat("(CASE jsonb_typeof(", value, ") WHEN 'object' THEN ", value, " ELSE '{}'::jsonb END)");
}

/// Writes the merge of one column. Keys are parameters.
class Merger {
 public:
  explicit Merger(ParameterList* parameters) : parameters_(*parameters) {}

  /// An expression of the object that `stored` becomes with the parts that `write` names taken from `given`.
  std::string Merge(const std::string& stored, const std::string& given, const plan::JsonWrite& write) {
    const std::string from = Object(given);
    std::string merged = Object(stored);
    for (const plan::JsonWrite::Siblings& siblings : write.siblings) {
      const std::string key = Text(siblings.key);  // numbered in one order, whatever the compiler's of arguments is
      const std::string others = Texts(siblings.siblings);
      merged = Cat("(", merged, " - CASE WHEN ", from, " ? ", key, " THEN ", others, " ELSE '{}'::text[] END)");
    }
    if (write.leaves >= 0) {
      const std::string keys = Texts(write.leaves);
      merged = Cat("((", merged, " - ", keys,
                   ") || (SELECT COALESCE(jsonb_object_agg(\"#k\", \"#v\"), '{}'::jsonb) "
                   "FROM jsonb_each(",
                   from, ") AS \"#each\"(\"#k\", \"#v\") WHERE \"#k\" = ANY (", keys, ")))");
    }
    for (const plan::JsonWrite::Part& part : write.parts)
      merged = Cat("(", merged, " || ", Part(stored, given, part), ")");
    return merged;
  }

 private:
  /// `{"key": …}` with what is below it, or `{}` where neither the request nor the row has an object there.
  std::string Part(const std::string& stored, const std::string& given, const plan::JsonWrite::Part& part) {
    const std::string key = Text(part.key);
    const std::string stored_below = Cat("(", stored, " -> ", key, ")");
    const std::string given_below = Cat("(", given, " -> ", key, ")");
    const std::string from = Object(given);
    std::string there = Cat("jsonb_typeof(", stored_below, ") = 'object'");
    if (part.named_siblings >= 0) there += Cat(" AND NOT ", from, " ?| ", Texts(part.named_siblings));
    return Cat("CASE WHEN ", from, " ? ", key, " OR ", there, " THEN jsonb_build_object(", key, ", ",
               Merge(stored_below, given_below, part.below.front()), ") ELSE '{}'::jsonb END");
  }

  std::string Text(int computed) { return parameters_.Add(Parameter::Source::kComputed, computed, "text"); }
  std::string Texts(int computed) { return parameters_.Add(Parameter::Source::kComputed, computed, "text[]"); }

  ParameterList& parameters_;
};

}  // namespace

std::string AssignedValue(const plan::MethodPlan& plan, const plan::Variant& variant, int value,
                          const std::string& given, ParameterList* parameters) {
  if (variant.json == nullptr) return given;
  const auto write = variant.json->writes.find(value);
  if (write == variant.json->writes.end()) return given;
  const catalogue::Column& column = plan.entity->columns[plan.values[value].column];
  const std::string stored = ColumnName(column);
  const std::string merged = Merger(parameters).Merge(stored, given, write->second);
  // Nothing to remove from, nothing to set: no empty object is made.
  if (!column.nullable) {
    if (catalogue::EmptyContainer(*column.field, column.type) != "null") return merged;
    return Cat("CASE WHEN ", stored, " = 'null' AND ", given, " = 'null' THEN ", stored, " ELSE ", merged, " END");
  }
  return Cat("CASE WHEN ", stored, " IS NULL AND ", given, " IS NULL THEN NULL ELSE ", merged, " END");
}

}  // namespace rowkeeper::sql
