#include "server/sql/cascade_text.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;

std::string CommonText(const CascadeShape& shape, const std::string& qualifier, char letter) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < shape.slot_types.size(); ++i) {
    texts.push_back(Cat(qualifier, SlotName(letter, static_cast<int>(i)), "::text"));
  }
  return Cat("COALESCE(", absl::StrJoin(texts, ", "), ")");
}

/// The keys of a node's rows in the query.
std::string RowsOf(const std::string& query, const CascadeShape& shape, int node) {
  std::vector<std::string> slots;
  for (int slot : shape.nodes[node].slots) slots.push_back(SlotName('s', slot));
  return Cat("SELECT ", absl::StrJoin(slots, ", "), " FROM ", query, " WHERE \"#e\" = ", node);
}

}  // namespace

std::string SlotName(char letter, int slot) { return Identifier(Cat("#", std::string(1, letter), slot)); }

std::string SlotNames(const CascadeShape& shape, char letter) {
  std::vector<std::string> names;
  for (size_t i = 0; i < shape.slot_types.size(); ++i) names.push_back(SlotName(letter, static_cast<int>(i)));
  return absl::StrJoin(names, ", ");
}

std::string SlotValues(const CascadeShape& shape, const CascadeNode& node) {
  std::vector<std::string> values;
  for (const std::string& type : shape.slot_types) values.push_back(Cat("NULL::", type));
  for (size_t i = 0; i < node.slots.size(); ++i) {
    const int slot = node.slots[i];
    values[slot] = Cat(ColumnName(*node.entity, node.entity->key[i]), "::", shape.slot_types[slot]);
  }
  for (const CascadeNode::Referenced& referenced : node.referenced) {
    values[referenced.slot] = Cat(ColumnName(*node.entity, referenced.column), "::", shape.slot_types[referenced.slot]);
  }
  return absl::StrJoin(values, ", ");
}

std::string ReferencedSlot(const CascadeShape& shape, const CascadeEdge& edge) {
  return SlotName('s', shape.nodes[edge.parent_node].SlotOf(edge.parent_column()));
}

std::string ReferenceValues(const CascadeShape& shape, const CascadeEdge& edge) {
  const int used = shape.nodes[edge.parent_node].SlotOf(edge.parent_column());
  std::vector<std::string> values;
  for (int i = 0; i < static_cast<int>(shape.slot_types.size()); ++i) {
    values.push_back(Cat(i == used ? ColumnName(*edge.entity, edge.column) : "NULL", "::", shape.slot_types[i]));
  }
  return absl::StrJoin(values, ", ");
}

std::string KeyEquals(const CascadeNode& node) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < node.slots.size(); ++i) {
    parts.push_back(Cat(ColumnName(*node.entity, node.entity->key[i]), " = ", SlotName('s', node.slots[i])));
  }
  return absl::StrJoin(parts, " AND ");
}

std::string SameSlots(const CascadeShape& shape, const std::string& left_qualifier, char left,
                      const std::string& right_qualifier, char right) {
  if (shape.slot_types.size() == 1) {
    return Cat(left_qualifier, SlotName(left, 0), " = ", right_qualifier, SlotName(right, 0));
  }
  const bool keys_only = std::all_of(shape.nodes.begin(), shape.nodes.end(),
                                     [](const CascadeNode& node) { return node.referenced.empty(); });
  if (keys_only) return Cat(CommonText(shape, left_qualifier, left), " = ", CommonText(shape, right_qualifier, right));
  std::vector<std::string> same;
  for (int i = 0; i < static_cast<int>(shape.slot_types.size()); ++i) {
    same.push_back(Cat(left_qualifier, SlotName(left, i), " = ", right_qualifier, SlotName(right, i)));
  }
  return AnyOf(same);
}

std::string KeyRow(const Entity& entity, const std::string& qualifier) {
  std::vector<std::string> columns;
  for (int column : entity.key) columns.push_back(Cat(qualifier, ColumnName(entity, column)));
  const std::string row = absl::StrJoin(columns, ", ");
  return columns.size() == 1 ? row : Cat("(", row, ")");
}

std::string RefersToDoomed(const CascadeShape& shape, const CascadeEdge& edge) {
  return Cat("(", ColumnName(*edge.entity, edge.column), " IN (SELECT ", ReferencedSlot(shape, edge),
             " FROM \"#doomed\" WHERE \"#e\" = ", edge.parent_node, ")) IS TRUE");
}

std::string RefersToAnyDoomed(const CascadeShape& shape, const std::vector<CascadeEdge>& edges) {
  std::vector<std::string> conditions;
  for (const CascadeEdge& edge : edges) conditions.push_back(RefersToDoomed(shape, edge));
  return AnyOf(conditions);
}

std::string IsNotIn(const std::string& query, const CascadeShape& shape, int node, const std::string& qualifier) {
  return Cat(KeyRow(*shape.nodes[node].entity, qualifier), " NOT IN (", RowsOf(query, shape, node), ")");
}

std::string IsDoomed(const CascadeShape& shape, int node) {
  const CascadeNode& own = shape.nodes[node];
  const std::string first = Cat(ColumnName(*own.entity, own.entity->key.front()), " = ANY (ARRAY(SELECT ",
                                SlotName('s', own.slots.front()), " FROM \"#doomed\" WHERE \"#e\" = ", node, "))");
  if (own.slots.size() == 1) return first;
  return Cat(first, " AND (", KeyRow(*own.entity), " IN (", RowsOf("\"#doomed\"", shape, node), ")) IS TRUE");
}

std::string AnyOf(const std::vector<std::string>& conditions) {
  return conditions.size() == 1 ? conditions.front() : Cat("(", absl::StrJoin(conditions, " OR "), ")");
}

std::string Lock(const Entity& entity, const std::string& name, const std::vector<std::string>& conditions) {
  std::vector<std::string> cells;
  for (size_t i = 0; i < entity.key.size(); ++i) {
    cells.push_back(Cat(ColumnName(entity, entity.key[i]), " AS ", SlotName('l', static_cast<int>(i))));
  }
  return Cat(Identifier(Cat("#", name)), " AS MATERIALIZED (SELECT ", absl::StrJoin(cells, ", "), " FROM ",
             TableRows(entity), Where(conditions), " ORDER BY ", ColumnList(entity, entity.key), " FOR NO KEY UPDATE)");
}

std::string Change(const Entity& entity, const std::string& name, const std::vector<std::string>& assignments,
                   const std::string& from, const std::vector<std::string>& conditions) {
  std::vector<std::string> same;
  for (size_t i = 0; i < entity.key.size(); ++i) {
    same.push_back(Cat(ColumnName(entity, entity.key[i]), " = ", SlotName('l', static_cast<int>(i))));
  }
  same.insert(same.end(), conditions.begin(), conditions.end());
  return Cat(Identifier(Cat("#", name, "!")), " AS (UPDATE ", TableRows(entity), " SET ",
             absl::StrJoin(assignments, ", "), " FROM ", Identifier(Cat("#", name)), from, Where(same),
             " RETURNING 1)");
}

std::string AllChanged(const std::string& name) {
  return Cat("(SELECT count(*) FROM ", Identifier(Cat("#", name, "!")), ") = (SELECT count(*) FROM ",
             Identifier(Cat("#", name)), ")");
}

}  // namespace rowkeeper::sql
