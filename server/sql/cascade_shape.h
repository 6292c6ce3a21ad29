#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// What a soft delete or a restore does beside the rows that it is asked to change.
enum class CascadeKind { kSoftDelete, kRestore };

/// What it has to look at besides those rows.
enum class CascadeScope {
  kNothing,
  kParents,  ///< a restore: whether rows that they refer to are deleted
  kRows,     ///< also rows that refer to them, which go along, lose the reference or forbid it
};

/// Depends on the catalogue alone. Each call asks, so it builds nothing. `entity` must be soft-deletable.
CascadeScope ScopeOfCascade(const catalogue::Entity& entity, CascadeKind kind);

/// An entity whose rows may go along. Node 0 is the entity that is deleted or restored itself.
struct CascadeNode {
  const catalogue::Entity* entity = nullptr;
  /// The slot of each of its key columns: see CascadeShape::slot_types.
  std::vector<int> slots;
  /// Columns beside the key that others reference, each with a slot of its own. They follow from the key, which alone
  /// tells rows apart.
  struct Referenced {
    int column = 0;
    int slot = 0;
  };
  std::vector<Referenced> referenced;

  /// The slot of a column that others reference.
  int SlotOf(int column) const;
};

/// A reference between rows that are looked at. Nodes are indexes, or -1 where rows of the entity never go along.
struct CascadeEdge {
  /// Who has the reference.
  const catalogue::Entity* entity = nullptr;
  int column = 0;
  int node = -1;
  /// Whom it references.
  const catalogue::Entity* parent = nullptr;
  int parent_node = -1;

  /// The referenced column of `parent`.
  int parent_column() const { return entity->columns[column].reference->column; }
};

/// Which entities and references a change of an entity's rows has to look at. Depends on the catalogue alone.
struct CascadeShape {
  /// All soft-deletable entities that CASCADE references lead to from the first.
  std::vector<CascadeNode> nodes;
  /// Keys of all nodes, and what of them is referenced beside, share a set of typed columns, so that one query can hold
  /// them; these are their SQL types.
  std::vector<std::string> slot_types;
  /// References along which rows go and come.
  std::vector<CascadeEdge> cascades;
  /// Soft delete: references whose rows forbid it, and those that become NULL.
  std::vector<CascadeEdge> restricts;
  std::vector<CascadeEdge> set_nulls;
  /// Restore: references of the nodes whose rows must not be deleted.
  std::vector<CascadeEdge> parents;

  /// The references that can forbid the change, in the order of their numbers in a result.
  const std::vector<CascadeEdge>& blockers(CascadeKind kind) const {
    return kind == CascadeKind::kSoftDelete ? restricts : parents;
  }
};

/// `entity` must be soft-deletable.
CascadeShape ShapeOfCascade(const catalogue::Entity& entity);

}  // namespace rowkeeper::sql
