#include "server/sql/cascade_shape.h"

#include <algorithm>

#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::OnDelete;

/// Rows of the dependent are deleted and restored with the row that they refer to.
bool GoesAlong(const catalogue::Dependent& dependent) {
  const auto& reference = dependent.entity->columns[dependent.column].reference;
  return reference->on_delete == OnDelete::kCascade && dependent.entity->soft_deletable();
}

/// A deleted row that the column refers to holds a restore.
bool CanHold(const Column& column) {
  return column.reference.has_value() && column.reference->on_delete != OnDelete::kSetNull &&
         column.reference->entity->soft_deletable();
}

class ShapeBuilder {
 public:
  CascadeShape Build(const Entity& entity) {
    AddNode(entity);
    for (size_t i = 0; i < shape_.nodes.size(); ++i) FollowDependents(static_cast<int>(i));
    for (size_t i = 0; i < shape_.nodes.size(); ++i) AddParents(static_cast<int>(i));
    // Only now is it known which entities are nodes.
    for (auto* edges : {&shape_.restricts, &shape_.set_nulls}) {
      for (CascadeEdge& edge : *edges) edge.node = Find(*edge.entity);
    }
    return std::move(shape_);
  }

 private:
  int Find(const Entity& entity) const {
    const auto found = std::find_if(shape_.nodes.begin(), shape_.nodes.end(),
                                    [&entity](const CascadeNode& node) { return node.entity == &entity; });
    return found == shape_.nodes.end() ? -1 : static_cast<int>(found - shape_.nodes.begin());
  }

  int AddNode(const Entity& entity) {
    CascadeNode node;
    node.entity = &entity;
    std::vector<int> taken;
    const auto take = [&](int column) {
      taken.push_back(Slot(entity, entity.columns[column], taken));
      return taken.back();
    };
    for (int column : entity.key) node.slots.push_back(take(column));
    for (int column : entity.ReferencedColumns()) {
      if (!entity.columns[column].key) node.referenced.push_back({column, take(column)});
    }
    shape_.nodes.push_back(std::move(node));
    return static_cast<int>(shape_.nodes.size()) - 1;
  }

  /// The first slot of the column's type that is not `taken`.
  int Slot(const Entity& entity, const Column& column, const std::vector<int>& taken) {
    const std::string type = ParameterType(entity, column.type);
    for (int i = 0; i < static_cast<int>(shape_.slot_types.size()); ++i) {
      const bool free = std::find(taken.begin(), taken.end(), i) == taken.end();
      if (free && shape_.slot_types[i] == type) return i;
    }
    shape_.slot_types.push_back(type);
    return static_cast<int>(shape_.slot_types.size()) - 1;
  }

  void FollowDependents(int parent_node) {
    const Entity& parent = *shape_.nodes[parent_node].entity;
    for (const catalogue::Dependent& dependent : parent.dependents) {
      CascadeEdge edge{dependent.entity, dependent.column, -1, &parent, parent_node};
      switch (dependent.entity->columns[dependent.column].reference->on_delete) {
        case OnDelete::kRestrict:
          shape_.restricts.push_back(edge);
          break;
        case OnDelete::kSetNull:
          shape_.set_nulls.push_back(edge);
          break;
        case OnDelete::kCascade:
          if (!GoesAlong(dependent)) break;
          edge.node = Find(*dependent.entity);
          if (edge.node < 0) edge.node = AddNode(*dependent.entity);
          shape_.cascades.push_back(edge);
      }
    }
  }

  void AddParents(int node) {
    const Entity& entity = *shape_.nodes[node].entity;
    for (int i = 0; i < static_cast<int>(entity.columns.size()); ++i) {
      if (!CanHold(entity.columns[i])) continue;
      const Entity* const parent = entity.columns[i].reference->entity;
      shape_.parents.push_back({&entity, i, node, parent, Find(*parent)});
    }
  }

  CascadeShape shape_;
};

}  // namespace

int CascadeNode::SlotOf(int column) const {
  const std::vector<int>& key = entity->key;
  const auto in_key = std::find(key.begin(), key.end(), column);
  if (in_key != key.end()) return slots[in_key - key.begin()];
  return std::find_if(referenced.begin(), referenced.end(),
                      [column](const Referenced& r) { return r.column == column; })
      ->slot;
}

CascadeScope ScopeOfCascade(const Entity& entity, CascadeKind kind) {
  const bool is_restore = kind == CascadeKind::kRestore;
  const auto has_to_be_seen = [is_restore](const catalogue::Dependent& dependent) {
    const bool cascades = dependent.entity->columns[dependent.column].reference->on_delete == OnDelete::kCascade;
    return GoesAlong(dependent) || (!is_restore && !cascades);
  };
  if (std::any_of(entity.dependents.begin(), entity.dependents.end(), has_to_be_seen)) return CascadeScope::kRows;
  const bool is_held = is_restore && std::any_of(entity.columns.begin(), entity.columns.end(), &CanHold);
  return is_held ? CascadeScope::kParents : CascadeScope::kNothing;
}

CascadeShape ShapeOfCascade(const Entity& entity) { return ShapeBuilder().Build(entity); }

}  // namespace rowkeeper::sql
