#include "server/plan/page/order_by.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/text.h"
#include "server/catalogue/column_uses.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Entity;
using catalogue::OrderTerm;

bool Orders(const std::vector<OrderTerm>& order, int column) {
  return std::any_of(order.begin(), order.end(), [column](const OrderTerm& t) { return t.column == column; });
}

std::string SortableFields(const Entity& entity) {
  std::vector<std::string> names;
  for (const catalogue::Column& column : entity.columns) {
    if (column.sortable) names.push_back(column.field->name());
  }
  return absl::StrJoin(names, ", ");
}

/// What follows a field's name: "", "desc", "nulls last", "desc nulls first". False when it is something else.
bool ParseDirection(const std::vector<std::string>& words, OrderTerm* term) {
  size_t next = 1;
  if (next < words.size() &&
      (absl::EqualsIgnoreCase(words[next], "desc") || absl::EqualsIgnoreCase(words[next], "asc"))) {
    term->descending = absl::EqualsIgnoreCase(words[next++], "desc");
  }
  if (next == words.size()) return true;
  if (words.size() != next + 2 || !absl::EqualsIgnoreCase(words[next], "nulls")) return false;
  const bool first = absl::EqualsIgnoreCase(words[next + 1], "first");
  term->nulls_moved = first != term->descending;
  return first || absl::EqualsIgnoreCase(words[next + 1], "last");
}

/// One term, "title" or "title desc nulls last"; a violation gives column -1.
OrderTerm ParseTerm(const Entity& entity, std::string_view text, std::string_view field, FieldViolations* violations) {
  const std::vector<std::string> words = absl::StrSplit(ToAbsl(text), absl::ByAnyChar(" \t"), absl::SkipEmpty());
  OrderTerm term{-1, false};
  if (words.empty() || !ParseDirection(words, &term)) {
    violations->Add(field, Cat("\"", text,
                               "\" is not an order; write \"field\" or \"field desc\", separated by commas, with "
                               "\"nulls first\" or \"nulls last\" behind where rows without a value go"));
    return {-1, false};
  }
  const catalogue::Column* column = entity.FindField(words[0]);
  if (column == nullptr || !column->sortable) {
    const bool could_be = column != nullptr && catalogue::CanBeSortable(*column);
    violations->Add(field, Cat("cannot order by \"", words[0], "\"; sortable fields are ", SortableFields(entity),
                               could_be ? Cat("; it would be one with `sortable: true` at ", entity.full_name, ".",
                                              words[0], " in the proto")
                                        : ""));
    return {-1, false};
  }
  term.column = entity.IndexOf(*column);
  term.nulls_moved = term.nulls_moved && column->nullable;
  return term;
}

}  // namespace

std::vector<OrderTerm> ResolveOrder(const Entity& entity, std::string_view text, std::string_view field,
                                    FieldViolations* violations) {
  std::vector<OrderTerm> order;
  const std::string trimmed(absl::StripAsciiWhitespace(std::string(text)));
  if (trimmed.empty()) {
    order = entity.default_order;
  } else {
    for (const auto& part : absl::StrSplit(trimmed, ',')) {
      if (violations->full()) break;
      const OrderTerm term = ParseTerm(entity, std::string(part), field, violations);
      if (term.column < 0) continue;
      if (Orders(order, term.column)) {
        violations->Add(field, Cat("names \"", entity.columns[term.column].field->name(), "\" twice"));
        continue;
      }
      order.push_back(term);
    }
  }
  return CompleteOrder(entity, std::move(order));
}

std::vector<OrderTerm> CompleteOrder(const Entity& entity, std::vector<OrderTerm> order) {
  const bool descending = !order.empty() && order.back().descending;
  for (int column : entity.key) {
    if (!Orders(order, column)) order.push_back({column, descending});
  }
  return order;
}

}  // namespace rowkeeper::plan
