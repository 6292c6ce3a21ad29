#include "server/catalogue/relation_order.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

bool HasOrder(const Column& column) { return !column.type.array && column.type.kind != ValueKind::kJson; }

bool Orders(const std::vector<OrderTerm>& order, int column) {
  return std::any_of(order.begin(), order.end(), [column](const OrderTerm& term) { return term.column == column; });
}

std::string OrderedFields(const Entity& entity) {
  std::vector<std::string> names;
  for (const Column& column : entity.columns) {
    if (HasOrder(column)) names.push_back(column.field->name());
  }
  return absl::StrJoin(names, ", ");
}

/// What follows a field's name: "", "desc", "nulls last", "desc nulls first". False when it is something else.
bool ReadDirection(const std::vector<std::string>& words, OrderTerm* term) {
  size_t next = 1;
  if (next < words.size() && (words[next] == "desc" || words[next] == "asc"))
    term->descending = words[next++] == "desc";
  if (next == words.size()) return true;
  if (words.size() != next + 2 || words[next] != "nulls") return false;
  const bool first = words[next + 1] == "first";
  term->nulls_moved = first != term->descending;
  return first || words[next + 1] == "last";
}

std::optional<OrderTerm> ReadOrderTerm(const pb::FieldDescriptor& field, const std::string& text, const Entity& target,
                                       Diagnostics* diagnostics) {
  std::vector<std::string> words = absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  for (size_t i = 1; i < words.size(); ++i) absl::AsciiStrToLower(&words[i]);
  OrderTerm term;
  if (words.empty() || !ReadDirection(words, &term)) {
    diagnostics->Error(field, absl::StrCat("order_by has \"", text, "\", which is no order"),
                       "write fields, separated by commas, each with ` desc` and ` nulls first` or ` nulls last` "
                       "behind it where wanted");
    return std::nullopt;
  }
  const Column* column = target.FindField(words[0]);
  if (column == nullptr || !HasOrder(*column)) {
    diagnostics->Error(
        field,
        absl::StrCat("order_by names \"", words[0], "\", ",
                     column == nullptr ? "which is no field of " : "which has no order, of ", target.full_name),
        absl::StrCat("write one of ", OrderedFields(target)));
    return std::nullopt;
  }
  term.column = target.IndexOf(*column);
  term.nulls_moved = term.nulls_moved && column->nullable;
  return term;
}

}  // namespace

std::vector<OrderTerm> CompileRelationOrder(const pb::FieldDescriptor& field, const std::string& text,
                                            const Entity& target, Diagnostics* diagnostics) {
  if (text.empty()) return target.default_order;
  std::vector<OrderTerm> order;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ','))) {
    const std::optional<OrderTerm> term = ReadOrderTerm(field, part, target, diagnostics);
    if (!term) continue;
    if (Orders(order, term->column)) {
      diagnostics->Error(field,
                         absl::StrCat("order_by names \"", target.columns[term->column].field->name(), "\" twice"),
                         "name it once");
      continue;
    }
    order.push_back(*term);
  }
  const bool descending = !order.empty() && order.back().descending;
  for (const int key : target.key) {
    if (!Orders(order, key)) order.push_back({key, descending});
  }
  return order;
}

}  // namespace rowkeeper::catalogue
