#pragma once

#include <string>
#include <vector>

#include "server/sql/cascade_shape.h"

namespace rowkeeper::sql {

// Pieces of the queries of a cascade. Keys of rows of all nodes are held in the columns "#e" (the node) and "#s0",
// "#s1" … (the slots); where two such rows meet, one has names with another letter.

/// `"#s0"`
std::string SlotName(char letter, int slot);
/// `"#s0", "#s1"`: all slots.
std::string SlotNames(const CascadeShape& shape, char letter);
/// `"id"::uuid, NULL::bigint`: what a row of the node has in all slots.
std::string SlotValues(const CascadeShape& shape, const CascadeNode& node);
/// `"#s0"`: what the parent's rows have in the column that an edge references; its parent must be a node.
std::string ReferencedSlot(const CascadeShape& shape, const CascadeEdge& edge);
/// `NULL::uuid, "task_id"::bigint`: the edge's reference in the slot of what it references, in a node.
std::string ReferenceValues(const CascadeShape& shape, const CascadeEdge& edge);
/// `"id" = "#s0"`, for each key column.
std::string KeyEquals(const CascadeNode& node);
/// That `left`, in which one slot is filled (ReferenceValues), references the row of `right`. Fit for hashing, which
/// matters where no index serves, unless something beside keys is referenced.
std::string SameSlots(const CascadeShape& shape, const std::string& left_qualifier, char left,
                      const std::string& right_qualifier, char right);
/// `"id"`, or `("board_id", "name")`; each behind `qualifier` (see LivePredicate).
std::string KeyRow(const catalogue::Entity& entity, const std::string& qualifier = "");
// The planner cannot know how many rows the queries find and takes them for few. So that many do not make it compare
// each with each, membership is asked in ways that it hashes or looks up in the key's index, and never makes a join of.

/// `("task_id" IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 2)) IS TRUE`
std::string RefersToDoomed(const CascadeShape& shape, const CascadeEdge& edge);
/// The same for several references, any of which will do.
std::string RefersToAnyDoomed(const CascadeShape& shape, const std::vector<CascadeEdge>& edges);
/// `"id" = ANY (ARRAY(SELECT "#s0" FROM "#doomed" WHERE "#e" = 2))`: the row of the node is in "#doomed".
std::string IsDoomed(const CascadeShape& shape, int node);
/// `"id" NOT IN (SELECT "#s0" FROM "#doomed" WHERE "#e" = 2)`: the row of the node is not in the query.
std::string IsNotIn(const std::string& query, const CascadeShape& shape, int node, const std::string& qualifier = "");
/// `a OR b` in parentheses.
std::string AnyOf(const std::vector<std::string>& conditions);

/// A query "#name": the rows of an entity that fit, locked in the order of their keys, which are named "#l0" ….
std::string Lock(const catalogue::Entity& entity, const std::string& name, const std::vector<std::string>& conditions);
/// The change of the rows of the query "#name", under "#name!". `from`: further queries, each after a comma. Where one
/// of `conditions` is not empty and does not hold, none of them is changed.
std::string Change(const catalogue::Entity& entity, const std::string& name,
                   const std::vector<std::string>& assignments, const std::string& from,
                   const std::vector<std::string>& conditions);
/// That the change of the query "#name" changed all of its rows.
std::string AllChanged(const std::string& name);

}  // namespace rowkeeper::sql
