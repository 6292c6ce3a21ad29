#include "server/sql/cascade.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/cascade_text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;
using plan::Deleted;

constexpr char kTime[] = "timestamp with time zone";
constexpr char kUnblocked[] = "NOT EXISTS (SELECT FROM \"#blocked\")";
constexpr char kUnrefused[] = "NOT EXISTS (SELECT FROM \"#refused\")";

std::string Live(const Entity& entity) { return VisibilityPredicate(entity, Deleted::kExclude); }
std::string Gone(const Entity& entity, std::string_view qualifier = "") {
  return VisibilityPredicate(entity, Deleted::kOnly, qualifier);
}

/// When a row was deleted, as far as its entity tells.
std::string DeletedAt(const Entity& entity) {
  return entity.deleted_at ? Cat(ColumnName(entity, *entity.deleted_at), "::", kTime) : Cat("NULL::", kTime);
}

/// Edges, gathered by the entity that has the references.
std::vector<CascadeEdge> EdgesOf(const std::vector<CascadeEdge>& edges, const Entity& entity) {
  std::vector<CascadeEdge> own;
  std::copy_if(edges.begin(), edges.end(), std::back_inserter(own),
               [&entity](const CascadeEdge& edge) { return edge.entity == &entity; });
  return own;
}

std::string UnionAll(const std::vector<std::string>& selects) { return absl::StrJoin(selects, " UNION ALL "); }

}  // namespace

Cascade::Cascade(const CascadeShape& shape, CascadeKind kind, Targets targets, ParameterList* parameters)
    : shape_(shape), kind_(kind), targets_(std::move(targets)), parameters_(parameters) {}

std::string Cascade::TargetCells(const Entity& entity) {
  std::string cells;
  for (size_t i = 0; i < entity.key.size(); ++i) {
    cells += Cat(ColumnName(entity, entity.key[i]), " AS ", SlotName('t', static_cast<int>(i)), ", ");
  }
  int place = static_cast<int>(entity.key.size());
  for (int column : entity.ReferencedColumns()) {
    if (entity.columns[column].key) continue;
    cells += Cat(ColumnName(entity, column), " AS ", SlotName('t', place++), ", ");
  }
  return Cat(cells, DeletedAt(entity), " AS \"#tat\"");
}

std::string Cascade::IsTarget(const Entity& entity, ParameterList* parameters) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < entity.key.size(); ++i) {
    parts.push_back(Cat(ColumnName(entity, entity.key[i]), " = ", SlotName('t', static_cast<int>(i))));
  }
  const std::string own_rows = TenantPredicate(entity, parameters);
  if (!own_rows.empty()) parts.push_back(own_rows);
  return absl::StrJoin(parts, " AND ");
}

std::vector<std::string> Cascade::Assignments(const Entity& entity, CascadeKind kind) {
  std::vector<std::string> assignments;
  if (kind == CascadeKind::kSoftDelete) {
    AppendDeletion(entity, "\"#at\"", &assignments);
  } else {
    AppendRestoration(entity, &assignments);
  }
  AppendHousekeeping(entity, "", &assignments);
  return assignments;
}

bool Cascade::goes_along(int node) const { return !EdgesOf(shape_.cascades, entity(node)).empty(); }

std::string Cascade::Condition() const { return can_refuse() ? kUnrefused : ""; }
std::string Cascade::Unblocked() const { return can_block() ? kUnblocked : ""; }

std::string Cascade::Queries() const {
  std::vector<std::string> queries;
  const bool remove = kind_ == CascadeKind::kSoftDelete;
  queries.push_back(remove ? Doomed() : Reached());
  if (can_block() && !remove) queries.push_back(Held());
  if (can_block()) queries.push_back(remove ? BlockedDelete() : BlockedRestore());
  const int nodes = static_cast<int>(shape_.nodes.size());
  for (int node = 0; node < nodes; ++node) {
    if (goes_along(node)) queries.push_back(NodeLock(node));
  }
  if (can_refuse()) queries.push_back(Refused());
  queries.push_back("\"#now\"(\"#at\") AS MATERIALIZED (SELECT clock_timestamp())");
  for (int node = 0; node < nodes; ++node) {
    if (goes_along(node)) queries.push_back(NodeChange(node));
  }
  for (const Entity* loser : Losers()) queries.push_back(SetNulls(*loser));
  return absl::StrJoin(queries, ", ");
}

std::vector<const Entity*> Cascade::Losers() const {
  std::vector<const Entity*> losers;
  if (kind_ != CascadeKind::kSoftDelete) return losers;
  for (const CascadeEdge& edge : shape_.set_nulls) {
    if (std::find(losers.begin(), losers.end(), edge.entity) == losers.end()) losers.push_back(edge.entity);
  }
  return losers;
}

std::string Cascade::LoserName(const Entity& entity) const {
  const auto of_entity = [&entity](const CascadeEdge& edge) { return edge.entity == &entity; };
  return Cat("null",
             std::find_if(shape_.set_nulls.begin(), shape_.set_nulls.end(), of_entity) - shape_.set_nulls.begin());
}

std::string Cascade::Expected() const {
  std::vector<std::string> conditions = {Cat("(SELECT count(*) FROM \"#changed\") = (SELECT count(*) FROM ",
                                             targets_.query, Where({targets_.condition}), ")")};
  for (int node = 0; node < static_cast<int>(shape_.nodes.size()); ++node) {
    if (goes_along(node)) conditions.push_back(AllChanged(Cat("node", node)));
  }
  for (const Entity* loser : Losers()) conditions.push_back(AllChanged(LoserName(*loser)));
  const std::string all = absl::StrJoin(conditions, " AND ");
  return can_refuse() ? Cat("EXISTS (SELECT FROM \"#refused\") OR ", all) : all;
}

/// The targets themselves, as rows of node 0.
std::string Cascade::BaseOfDoomed() const {
  const CascadeNode& node = shape_.nodes.front();
  std::vector<std::string> values;
  for (const std::string& type : shape_.slot_types) values.push_back(Cat("NULL::", type));
  for (size_t i = 0; i < node.slots.size(); ++i) {
    values[node.slots[i]] = Cat(SlotName('t', static_cast<int>(i)), "::", shape_.slot_types[node.slots[i]]);
  }
  int place = static_cast<int>(node.slots.size());
  for (const CascadeNode::Referenced& referenced : node.referenced) {
    values[referenced.slot] = Cat(SlotName('t', place++), "::", shape_.slot_types[referenced.slot]);
  }
  return Cat("SELECT 0, ", absl::StrJoin(values, ", "), kind_ == CascadeKind::kRestore ? ", \"#tat\"" : "", " FROM ",
             targets_.query, Where({targets_.condition}));
}

/// Soft delete: the targets and every live row below them. Each found row looks up its own children, which the indexes
/// of references serve, for they hold live rows.
std::string Cascade::Doomed() const {
  const std::string head = Cat("\"#doomed\"(\"#e\", ", SlotNames(shape_, 's'), ") AS (", BaseOfDoomed());
  if (shape_.cascades.empty()) return head + ")";
  std::vector<std::string> selects;
  for (const CascadeEdge& edge : shape_.cascades) {
    selects.push_back(Cat("SELECT ", edge.node, ", ", SlotValues(shape_, shape_.nodes[edge.node]), " FROM ",
                          TableRows(*edge.entity),
                          Where({Cat("\"#e\" = ", edge.parent_node),
                                 Cat(ColumnName(*edge.entity, edge.column), " = ", ReferencedSlot(shape_, edge)),
                                 OfTenant(*edge.entity), Live(*edge.entity)})));
  }
  return Cat(head, " UNION SELECT \"#n\".* FROM \"#doomed\" CROSS JOIN LATERAL (", UnionAll(selects), ") AS \"#n\")");
}

/// Restore: the targets and every row below them that was deleted together with its parent: at the same time, as far as
/// times are kept. Indexes of references seldom hold deleted rows, so this is a join and not a look-up for each row.
std::string Cascade::Reached() const {
  const std::string slots = SlotNames(shape_, 's');
  const std::string head = Cat("\"#doomed\"(\"#e\", ", slots, ", \"#dat\") AS (", BaseOfDoomed());
  if (shape_.cascades.empty()) return head + ")";
  std::vector<std::string> selects;
  for (const CascadeEdge& edge : shape_.cascades) {
    selects.push_back(Cat("SELECT ", edge.node, ", ", SlotValues(shape_, shape_.nodes[edge.node]), ", ",
                          DeletedAt(*edge.entity), ", ", edge.parent_node, ", ", ReferenceValues(shape_, edge),
                          " FROM ", TableRows(*edge.entity), Where({OfTenant(*edge.entity), Gone(*edge.entity)})));
  }
  return Cat(head, " UNION SELECT \"#ne\", ", SlotNames(shape_, 'n'),
             ", COALESCE(\"#dat\", \"#nat\") FROM \"#doomed\" ", "JOIN (", UnionAll(selects), ") AS \"#n\"(\"#ne\", ",
             SlotNames(shape_, 'n'), ", \"#nat\", \"#np\", ", SlotNames(shape_, 'r'), ") ON \"#np\" = \"#e\" AND ",
             SameSlots(shape_, "", 'r', "", 's'),
             " AND (\"#dat\" IS NULL OR \"#nat\" IS NULL OR \"#nat\" = \"#dat\"))");
}

/// Restore: those of the found rows that must stay deleted, for a parent of theirs does; with the reference's number.
std::string Cascade::Held() const {
  std::vector<std::string> bases, steps;
  for (size_t i = 0; i < shape_.parents.size(); ++i) {
    const CascadeEdge& edge = shape_.parents[i];
    const CascadeNode& node = shape_.nodes[edge.node];
    const std::string own_rows = OfTenant(*edge.entity);
    const std::string rows = Cat(" FROM \"#doomed\" JOIN ", TableRows(*edge.entity), " ON ", KeyEquals(node),
                                 " AND \"#e\" = ", edge.node, own_rows.empty() ? "" : " AND ", own_rows);
    const std::string parent = "\"#parent\"";
    const std::string column = Cat(parent, ".");
    const std::string stays = edge.parent_node < 0 ? "" : IsNotIn("\"#doomed\"", shape_, edge.parent_node, column);
    bases.push_back(Cat(
        "SELECT \"#e\", ", SlotNames(shape_, 's'), ", ", i, rows, " WHERE ", ColumnName(*edge.entity, edge.column),
        " IN (SELECT ", column, ColumnName(*edge.parent, edge.parent_column()), " FROM ", Table(*edge.parent), " AS ",
        parent, Where({TenantPredicate(*edge.parent, parameters_, parent), Gone(*edge.parent, column), stays}), ")"));
    if (edge.parent_node < 0) continue;
    steps.push_back(Cat("SELECT \"#e\", ", SlotNames(shape_, 's'), ", ", i, ", ", edge.parent_node, ", ",
                        ReferenceValues(shape_, edge), rows));
  }
  const std::string head =
      Cat("\"#held\"(\"#e\", ", SlotNames(shape_, 's'), ", \"#b\") AS (", steps.empty() ? "" : "(", UnionAll(bases));
  if (steps.empty()) return head + ")";
  return Cat(head, ") UNION SELECT \"#ne\", ", SlotNames(shape_, 'n'), ", \"#nb\" FROM \"#held\" JOIN (",
             UnionAll(steps), ") AS \"#n\"(\"#ne\", ", SlotNames(shape_, 'n'), ", \"#nb\", \"#np\", ",
             SlotNames(shape_, 'r'), ") ON \"#np\" = \"#e\" AND ", SameSlots(shape_, "", 'r', "", 's'), ")");
}

std::string Cascade::BlockedDelete() const {
  std::vector<std::string> selects;
  for (size_t i = 0; i < shape_.restricts.size(); ++i) {
    const CascadeEdge& edge = shape_.restricts[i];
    const std::string stays = edge.node < 0 ? "" : IsNotIn("\"#doomed\"", shape_, edge.node);
    selects.push_back(Cat("SELECT ", i, " FROM \"#doomed\" JOIN ", TableRows(*edge.entity),
                          " ON \"#e\" = ", edge.parent_node, " AND ", ColumnName(*edge.entity, edge.column), " = ",
                          ReferencedSlot(shape_, edge), Where({OfTenant(*edge.entity), Live(*edge.entity), stays})));
  }
  return Cat("\"#blocked\"(\"#b\") AS MATERIALIZED (", UnionAll(selects), " LIMIT 1)");
}

std::string Cascade::BlockedRestore() const {
  const CascadeNode& node = shape_.nodes.front();
  std::vector<std::string> same = {"\"#e\" = 0"};
  for (size_t i = 0; i < node.slots.size(); ++i) {
    same.push_back(Cat(SlotName('s', node.slots[i]), " = ", SlotName('t', static_cast<int>(i))));
  }
  return Cat("\"#blocked\"(\"#b\") AS MATERIALIZED (SELECT \"#b\" FROM \"#held\" JOIN ", targets_.query, " ON ",
             absl::StrJoin(same, " AND "), " ORDER BY \"#b\" LIMIT 1)");
}

/// The rows of a node that go along, but for the targets, locked. One that is not what it was found as is left out.
std::string Cascade::NodeLock(int node) const {
  const CascadeNode& own = shape_.nodes[node];
  const bool remove = kind_ == CascadeKind::kSoftDelete;
  std::vector<std::string> conditions = {IsDoomed(shape_, node), OfTenant(*own.entity),
                                         remove ? Live(*own.entity) : Gone(*own.entity),
                                         RefersToAnyDoomed(shape_, EdgesOf(shape_.cascades, *own.entity))};
  if (node == 0) {
    std::vector<std::string> names;
    for (size_t i = 0; i < own.slots.size(); ++i) names.push_back(SlotName('t', static_cast<int>(i)));
    conditions.push_back(
        Cat(KeyRow(*own.entity), " NOT IN (SELECT ", absl::StrJoin(names, ", "), " FROM ", targets_.query, ")"));
  }
  if (!remove && can_block()) conditions.push_back(IsNotIn("\"#held\"", shape_, node));
  if (!remove) conditions.push_back(HasItsTime(node));
  conditions.push_back(Unblocked());
  return Lock(*own.entity, Cat("node", node), conditions);
}

/// Restore: the row was not deleted again, at another time.
std::string Cascade::HasItsTime(int node) const {
  const CascadeNode& own = shape_.nodes[node];
  if (!own.entity->deleted_at) return "";
  std::vector<std::string> cells, found;
  for (size_t i = 0; i < own.slots.size(); ++i) {
    cells.push_back(ColumnName(*own.entity, own.entity->key[i]));
    found.push_back(SlotName('s', own.slots[i]));
  }
  const std::string at = DeletedAt(*own.entity);
  return Cat("(", at, " IS NULL OR (", absl::StrJoin(cells, ", "), ", ", at, ") IN (SELECT ",
             absl::StrJoin(found, ", "), ", \"#dat\" FROM \"#doomed\" WHERE \"#e\" = ", node, "))");
}

/// Why nothing may change. Every change asks for it first, so that all rows are locked before any of them changes.
std::string Cascade::Refused() const {
  std::vector<std::string> selects;
  if (can_block()) selects.push_back("SELECT \"#b\" FROM \"#blocked\"");
  for (int node = 0; node < static_cast<int>(shape_.nodes.size()); ++node) {
    if (goes_along(node)) selects.push_back(Overtaken(node));
  }
  return Cat("\"#refused\"(\"#b\") AS MATERIALIZED (", UnionAll(selects), " LIMIT 1)");
}

/// Rows of a node that were found but do not go along once they are locked, for another transaction moved, deleted or
/// restored them: what hangs on them is not what was found either.
std::string Cascade::Overtaken(int node) const {
  const CascadeNode& own = shape_.nodes[node];
  std::vector<std::string> found, locked, targets;
  for (size_t i = 0; i < own.slots.size(); ++i) {
    found.push_back(SlotName('s', own.slots[i]));
    locked.push_back(SlotName('l', static_cast<int>(i)));
    targets.push_back(SlotName('t', static_cast<int>(i)));
  }
  const std::string row = Cat("(", absl::StrJoin(found, ", "), ")");
  std::vector<std::string> conditions = {
      Cat("\"#e\" = ", node),
      Cat(row, " NOT IN (SELECT ", absl::StrJoin(locked, ", "), " FROM ", Identifier(Cat("#node", node)), ")")};
  if (node == 0) {
    conditions.push_back(Cat(row, " NOT IN (SELECT ", absl::StrJoin(targets, ", "), " FROM ", targets_.query,
                             Where({targets_.condition}), ")"));
  }
  if (kind_ == CascadeKind::kRestore && can_block()) {
    conditions.push_back(
        Cat(row, " NOT IN (SELECT ", absl::StrJoin(found, ", "), " FROM \"#held\" WHERE \"#e\" = ", node, ")"));
  }
  conditions.push_back(Unblocked());
  return Cat("SELECT ", kOvertaken, " FROM \"#doomed\"", Where(conditions));
}

std::string Cascade::NodeChange(int node) const {
  return Change(entity(node), Cat("node", node), Assignments(entity(node), kind_), ", \"#now\"",
                {OfTenant(entity(node)), Condition()});
}

/// Live rows of the entity that lose references, all of them in one change, for no row may be changed twice.
std::string Cascade::SetNulls(const Entity& entity) const {
  const std::vector<CascadeEdge> edges = EdgesOf(shape_.set_nulls, entity);
  const std::string first = ColumnName(entity, entity.key.front());
  std::vector<std::string> rows, assignments;
  for (const CascadeEdge& edge : edges) {
    const std::string column = ColumnName(entity, edge.column);
    rows.push_back(Cat("SELECT ", first, " FROM \"#doomed\" JOIN ", TableRows(entity),
                       " ON \"#e\" = ", edge.parent_node, " AND ", column, " = ", ReferencedSlot(shape_, edge),
                       Where({OfTenant(entity), Live(entity)})));
    assignments.push_back(
        Cat(column, " = CASE WHEN ", RefersToDoomed(shape_, edge), " THEN NULL ELSE ", column, " END"));
  }
  AppendHousekeeping(entity, "", &assignments);
  const int node = edges.front().node;
  const std::string name = LoserName(entity);
  return Cat(Lock(entity, name,
                  {Cat(first, " = ANY (ARRAY(", UnionAll(rows), "))"), OfTenant(entity), Live(entity),
                   RefersToAnyDoomed(shape_, edges), node < 0 ? std::string() : IsNotIn("\"#doomed\"", shape_, node),
                   Condition()}),
             ", ", Change(entity, name, assignments, "", {OfTenant(entity)}));
}

}  // namespace rowkeeper::sql
