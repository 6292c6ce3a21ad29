#include "server/schema/method_fit.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "server/sql/cascade_shape.h"
#include "server/sql/identifier.h"
#include "server/sql/tenant_check.h"
#include "server/sql/variants.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using catalogue::Family;
using catalogue::Relation;
using plan::MethodPlan;

bool Inserts(const MethodPlan& plan) { return plan.change() == Change::kCreate || plan.change() == Change::kUpsert; }

/// The place of a mismatch's column in the entity; -1 for one that only the database has.
int IndexOfColumn(const Entity& entity, const std::string& name) {
  const auto found = std::find_if(entity.columns.begin(), entity.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == entity.columns.end() ? -1 : static_cast<int>(found - entity.columns.begin());
}

bool TellsDeleted(const Column& column) {
  return column.role == catalogue::Role::kDeletedAt || column.role == catalogue::Role::kDeletedFlag;
}

/// What a change of a row that follows a reference writes beside.
bool IsKeptAlong(const Column& column) {
  return column.key || column.role == catalogue::Role::kUpdatedAt || column.role == catalogue::Role::kVersion;
}

/// What the statements of one method use.
class MethodUse {
 public:
  explicit MethodUse(const MethodPlan& plan) : plan_(plan) {}

  bool IsBrokenBy(const Mismatch& mismatch, const Entity& entity) {
    if (mismatch.breaks == Breaks::kMethods) {
      return std::find(mismatch.methods.begin(), mismatch.methods.end(), plan_.full_name) != mismatch.methods.end();
    }
    if (plan_.query != nullptr) return IsQueryBrokenBy(mismatch, entity);
    if (&entity != plan_.entity) return IsBrokenFromAfar(mismatch, entity);
    switch (mismatch.breaks) {
      case Breaks::kTable:
        return true;
      case Breaks::kColumn:
        return Names(mismatch.column);
      case Breaks::kStored:
        return Stores(entity, mismatch.column) || IsBrokenFromAfar(mismatch, entity);
      case Breaks::kReturned:
        return !plan_.reads_only() && plan_.change() != Change::kCreate && Names(mismatch.column);
      case Breaks::kCreated:
        return Inserts(plan_);
      case Breaks::kKey:
        return NamesRowsBy(mismatch.key) || UpsertsBy(mismatch.key);
      case Breaks::kUpserted:
        return UpsertsBy(mismatch.key);
      case Breaks::kReferred:
        return DeletesForGood() || ChangesAnyOf(entity, mismatch.key);
      case Breaks::kReference:
        return IsBrokenFromAfar(mismatch, entity);
      case Breaks::kNothing:
      case Breaks::kMethods:
        break;
    }
    return false;
  }

  /// Whether the method could ask for rows of other tenants, delete them or change them, because of what nobody knows
  /// yet of tables: that they are not what they are called, or foreign keys of any of them.
  bool NeedsKnown(const std::vector<const Entity*>& unknown) {
    if (unknown.empty() || plan_.entity->tenancy == nullptr) return false;
    if (plan_.query != nullptr) {
      return !plan_.reads_only() ||
             std::any_of(unknown.begin(), unknown.end(), [this](const Entity* entity) { return QueryNames(*entity); });
    }
    if (plan_.reads_only()) return false;
    return DeletesForGood() || ChangesAnyOf(*plan_.entity, UniqueColumns());
  }

 private:
  /// A custom query is compared with the database by itself, but for what its text cannot tell: that another table or
  /// column has the name, that two tenants are one to the column, and that rows which it writes are joined to those of
  /// other tenants.
  bool IsQueryBrokenBy(const Mismatch& mismatch, const Entity& entity) {
    if (entity.tenancy == nullptr) return false;
    const bool matters =
        mismatch.breaks == Breaks::kTable || (mismatch.breaks == Breaks::kReferred && !plan_.reads_only());
    return matters && QueryNames(entity);
  }

  /// Of a custom query.
  bool QueryNames(const Entity& entity) {
    if (!tables_.has_value()) {
      tables_.emplace();
      for (const sql::SampledStatement& sample : sql::SampleStatements(plan_)) {
        tables_->merge(sql::TablesNamedIn(sample.statement.text));
      }
    }
    return tables_->count(entity.table) > 0;
  }

  /// Which foreign keys can refer to.
  std::vector<std::string> UniqueColumns() const {
    std::vector<std::string> names;
    for (const catalogue::UniqueKey& key : plan_.entity->unique_keys) {
      for (const int column : key.columns) names.push_back(plan_.entity->columns[column].name);
    }
    return names;
  }

  /// Along the references that a soft delete, restore or purge follows.
  bool IsBrokenFromAfar(const Mismatch& mismatch, const Entity& entity) {
    const int column = IndexOfColumn(entity, mismatch.column);
    if (plan_.change() == Change::kPurge) return PurgeLooksAt(mismatch.breaks, entity, column);
    const std::optional<sql::CascadeKind> kind = CascadeKindOf();
    if (!kind.has_value()) return false;
    switch (mismatch.breaks) {
      case Breaks::kTable:
        return Follows(*kind, entity);
      case Breaks::kColumn:
        return column >= 0 && AsksFor(*kind, entity, column);
      case Breaks::kReference:
        return FollowsReference(*kind, entity, column);
      case Breaks::kStored:
        return *kind == sql::CascadeKind::kSoftDelete && HasEdge(Shape().set_nulls, entity, column);
      default:
        return false;
    }
  }

  /// A purge passes over rows that live rows of another entity would go along with.
  bool PurgeLooksAt(Breaks breaks, const Entity& entity, int column) const {
    if (&entity == plan_.entity || !entity.soft_deletable()) return false;
    return std::any_of(
        plan_.entity->dependents.begin(), plan_.entity->dependents.end(), [&](const catalogue::Dependent& dependent) {
          const Column& reference = dependent.entity->columns[dependent.column];
          if (dependent.entity != &entity || reference.reference->on_delete != catalogue::OnDelete::kCascade)
            return false;
          const bool asks = column == dependent.column || (column >= 0 && TellsDeleted(entity.columns[column]));
          return breaks == Breaks::kTable || (breaks == Breaks::kColumn && asks) ||
                 (breaks == Breaks::kReference && column == dependent.column);
        });
  }

  std::optional<sql::CascadeKind> CascadeKindOf() const {
    if (plan_.change() == Change::kSoftDelete) return sql::CascadeKind::kSoftDelete;
    if (plan_.change() == Change::kRestore) return sql::CascadeKind::kRestore;
    return std::nullopt;
  }

  const sql::CascadeShape& Shape() {
    if (!shape_.has_value()) shape_ = sql::ShapeOfCascade(*plan_.entity);
    return *shape_;
  }

  static bool HasEdge(const std::vector<sql::CascadeEdge>& edges, const Entity& entity, int column) {
    return std::any_of(edges.begin(), edges.end(),
                       [&](const sql::CascadeEdge& edge) { return edge.entity == &entity && edge.column == column; });
  }

  /// The references that the change looks at.
  std::vector<const std::vector<sql::CascadeEdge>*> Edges(sql::CascadeKind kind) {
    const sql::CascadeShape& shape = Shape();
    if (kind == sql::CascadeKind::kRestore) return {&shape.cascades, &shape.parents};
    return {&shape.cascades, &shape.restricts, &shape.set_nulls};
  }

  bool Follows(sql::CascadeKind kind, const Entity& entity) {
    for (const auto* edges : Edges(kind)) {
      for (const sql::CascadeEdge& edge : *edges) {
        if (edge.entity == &entity || edge.parent == &entity) return true;
      }
    }
    return false;
  }

  /// Whether the change asks rows of another entity for a column, or writes it.
  bool AsksFor(sql::CascadeKind kind, const Entity& entity, int column) {
    const Column& asked = entity.columns[column];
    if (TellsDeleted(asked)) return Follows(kind, entity);
    if (IsKeptAlong(asked) && ChangesRowsOf(kind, entity)) return true;
    for (const auto* edges : Edges(kind)) {
      for (const sql::CascadeEdge& edge : *edges) {
        if (edge.entity == &entity && edge.column == column) return true;
        if (edge.parent == &entity && edge.parent_column() == column) return true;
      }
    }
    return false;
  }

  bool ChangesRowsOf(sql::CascadeKind kind, const Entity& entity) {
    const auto is_node = [&](const sql::CascadeNode& node) { return node.entity == &entity; };
    const auto& nodes = Shape().nodes;
    if (std::any_of(nodes.begin(), nodes.end(), is_node)) return true;
    const auto loses = [&](const sql::CascadeEdge& edge) { return edge.entity == &entity; };
    const auto& set_nulls = Shape().set_nulls;
    return kind == sql::CascadeKind::kSoftDelete && std::any_of(set_nulls.begin(), set_nulls.end(), loses);
  }

  bool FollowsReference(sql::CascadeKind kind, const Entity& entity, int column) {
    const auto edges = Edges(kind);
    return std::any_of(edges.begin(), edges.end(),
                       [&](const auto* of_kind) { return HasEdge(*of_kind, entity, column); });
  }

  bool Names(const std::string& column) {
    if (!texts_.has_value()) {
      texts_.emplace();
      for (const sql::SampledStatement& sample : sql::SampleStatements(plan_)) {
        if (sample.of == sql::SampledStatement::Of::kEveryCall) texts_->push_back(sample.statement.text);
      }
    }
    const std::string name = sql::Identifier(column);
    return std::any_of(texts_->begin(), texts_->end(),
                       [&](const std::string& text) { return absl::StrContains(text, name); });
  }

  bool Stores(const Entity& entity, const std::string& column) const {
    return std::any_of(plan_.values.begin(), plan_.values.end(),
                       [&](const plan::ValueTerm& value) { return entity.columns[value.column].name == column; });
  }

  /// Of rows that exist. An upsert does not change what it finds them by.
  bool ChangesAnyOf(const Entity& entity, const std::vector<std::string>& columns) const {
    if (plan_.change() == Change::kCreate) return false;
    const std::vector<std::string> found_by =
        plan_.change() == Change::kUpsert ? FilterColumns() : std::vector<std::string>();
    return std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
      return Stores(entity, column) && std::find(found_by.begin(), found_by.end(), column) == found_by.end();
    });
  }

  bool DeletesForGood() const { return plan_.change() == Change::kDelete || plan_.change() == Change::kPurge; }

  std::vector<std::string> FilterColumns() const {
    std::set<std::string> names;
    for (const plan::FilterTerm& term : plan_.filters) names.insert(plan_.entity->columns[term.column].name);
    return {names.begin(), names.end()};
  }

  /// One row by a key, or each of several.
  bool NamesRowsBy(const std::vector<std::string>& key) const {
    const bool rows =
        plan_.family() == Family::kGet || plan_.family() == Family::kWrite || plan_.family() == Family::kBatch;
    return rows && plan_.change() != Change::kCreate && FilterColumns() == key;
  }

  bool UpsertsBy(const std::vector<std::string>& key) const {
    return plan_.change() == Change::kUpsert && FilterColumns() == key;
  }

  const MethodPlan& plan_;
  std::optional<sql::CascadeShape> shape_;
  std::optional<std::vector<std::string>> texts_;
  /// Of a custom query.
  std::optional<std::set<std::string>> tables_;
};

bool RelationIsBrokenBy(const Entity& owner, const Relation& relation, const Mismatch& mismatch, const Entity& entity) {
  const int column = IndexOfColumn(entity, mismatch.column);
  const bool is_through = relation.kind == Relation::Kind::kThrough && relation.through == &entity;
  switch (mismatch.breaks) {
    case Breaks::kTable:
      return relation.target == &entity || is_through;
    case Breaks::kColumn: {
      if (column < 0) return false;
      const bool joins = column == relation.through_column || column == relation.through_target_column ||
                         TellsDeleted(entity.columns[column]);
      return relation.target == &entity || (is_through && joins);
    }
    case Breaks::kReference:
      if (is_through) return column == relation.through_column || column == relation.through_target_column;
      if (relation.kind == Relation::Kind::kReference) return &owner == &entity && column == relation.column;
      return relation.kind == Relation::Kind::kInverse && relation.target == &entity &&
             column == relation.target_column;
    default:
      return false;
  }
}

using ByEntity = std::map<const Entity*, std::vector<const Mismatch*>>;

/// kMethods and mismatches of custom queries are with nullptr.
ByEntity Group(const catalogue::Catalogue& catalogue, const FitReport& report) {
  ByEntity grouped;
  for (const Mismatch& mismatch : report.mismatches) {
    grouped[mismatch.breaks == Breaks::kMethods ? nullptr : catalogue.FindEntity(mismatch.entity)].push_back(&mismatch);
  }
  return grouped;
}

std::vector<const Mismatch*> InOrder(std::vector<const Mismatch*> mismatches) {
  std::sort(mismatches.begin(), mismatches.end());  // they are of one vector
  return mismatches;
}

}  // namespace

ServiceFit FitOfMethods(const catalogue::Catalogue& catalogue,
                        const std::vector<std::unique_ptr<const MethodPlan>>& plans, const FitReport& report) {
  const ByEntity grouped = Group(catalogue, report);
  const std::set<std::string> unknown(report.unknown.begin(), report.unknown.end());
  std::vector<const Entity*> unknown_tables;
  for (const auto& entity : catalogue.entities()) {
    if (unknown.count(entity->full_name) > 0) unknown_tables.push_back(entity.get());
  }
  ServiceFit fit;
  for (const auto& plan : plans) {
    MethodFit method;
    method.plan = plan.get();
    method.unknown =
        unknown.count(plan->full_name) > 0 || (plan->query == nullptr && unknown.count(plan->entity->full_name) > 0);
    MethodUse use(*plan);
    method.unknown = method.unknown || use.NeedsKnown(unknown_tables);
    for (const auto& [entity, mismatches] : grouped) {
      for (const Mismatch* mismatch : mismatches) {
        if (use.IsBrokenBy(*mismatch, entity == nullptr ? *plan->entity : *entity)) method.why.push_back(mismatch);
      }
    }
    method.why = InOrder(std::move(method.why));
    fit.methods.push_back(std::move(method));
  }
  for (const auto& owner : catalogue.entities()) {
    for (const Relation& relation : owner->relations) {
      RelationFit of_relation{owner.get(), &relation, {}, unknown.count(relation.target->full_name) > 0};
      for (const auto& [entity, mismatches] : grouped) {
        for (const Mismatch* mismatch : mismatches) {
          if (entity == nullptr || !RelationIsBrokenBy(*owner, relation, *mismatch, *entity)) continue;
          of_relation.why.push_back(mismatch);
        }
      }
      of_relation.why = InOrder(std::move(of_relation.why));
      if (!of_relation.fits()) fit.relations.push_back(std::move(of_relation));
    }
  }
  return fit;
}

}  // namespace rowkeeper::schema
