#include "server/app/delete_advice.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>

#include "server/base/text.h"
#include "server/sql/ddl.h"
#include "server/sql/identifier.h"
#include "server/sql/live_names.h"

namespace rowkeeper::app {
namespace {

using catalogue::Column;
using catalogue::Dependent;
using catalogue::Entity;
using schema::LiveConstraint;
using schema::LiveIndex;
using schema::LiveTable;

const LiveConstraint* ForeignKeyOf(const Entity& entity, const LiveTable& table, const Column& column) {
  std::vector<std::string> columns = {column.name};
  if (entity.tenant && column.reference->entity->tenant) {
    columns.insert(columns.begin(), entity.columns[*entity.tenant].name);
  }
  const auto found = std::find_if(table.constraints.begin(), table.constraints.end(), [&](const LiveConstraint& key) {
    return key.kind == LiveConstraint::Kind::kForeignKey && key.columns == columns;
  });
  return found == table.constraints.end() ? nullptr : &*found;
}

/// The index finds rows by the column, behind the tenant's where it begins with that.
bool ServesDeletes(const LiveIndex& index, const Entity& entity, const Column& column) {
  if (!index.valid || (index.method != "btree" && index.method != "hash") || index.terms.empty()) return false;
  const bool tenant_first = entity.tenant && index.terms.front().column == entity.columns[*entity.tenant].name;
  const size_t place = tenant_first ? 1 : 0;
  return place < index.terms.size() && index.terms[place].column == column.name;
}

/// Whether the entity declares an index over the column alone that leaves deleted rows out.
bool DeclaresPartial(const Entity& entity, const Column& column) {
  return std::any_of(entity.indexes.begin(), entity.indexes.end(), [&](const catalogue::Index& index) {
    return index.live_only && index.terms.size() == 1 && index.terms.front().column == entity.IndexOf(column);
  });
}

class DeleteAdviser {
 public:
  explicit DeleteAdviser(const schema::LiveSchema& live) : live_(live) {}

  void Advise(const plan::MethodPlan& plan) {
    const Entity* first = plan.entity;
    std::vector<const Entity*> deleted = {first};
    for (size_t i = 0; i < deleted.size(); ++i) {
      for (const Dependent& dependent : deleted[i]->dependents) {
        const Column& column = dependent.entity->columns[dependent.column];
        const LiveTable& table = live_.Of(*dependent.entity);
        const LiveConstraint* key = ForeignKeyOf(*dependent.entity, table, column);
        if (key == nullptr) continue;
        if (seen_.insert(&column).second) AdviseOn(plan, *dependent.entity, column, table);
        const bool follows = key->on_delete == catalogue::OnDelete::kCascade;
        const bool known = std::find(deleted.begin(), deleted.end(), dependent.entity) != deleted.end();
        if (follows && !known) deleted.push_back(dependent.entity);
      }
    }
  }

  std::vector<std::string> Take() { return std::move(advice_); }

 private:
  void AdviseOn(const plan::MethodPlan& plan, const Entity& entity, const Column& column, const LiveTable& table) {
    bool partial = false;
    std::string replaced;
    for (const LiveIndex& index : table.indexes) {
      if (!ServesDeletes(index, entity, column)) continue;
      if (!index.where.has_value()) return;
      partial = true;
      if (index.terms.size() == 1 && !index.unique) replaced = index.name;
    }
    advice_.push_back(Cat(
        "for each row that ", plan.full_name, " deletes, PostgreSQL reads every row of ", sql::NamesScope::Of(entity),
        " to find those that reference it", partial ? ", because the index on that column is partial" : "",
        "; write a migration with `", sql::AddFullIndex(entity, entity.IndexOf(column)), "`",
        replaced.empty() ? "" : Cat(", and drop the index ", sql::Identifier(replaced)),
        DeclaresPartial(entity, column) ? ", and declare `include_deleted: true` at that index" : ""));
  }

  const schema::LiveSchema& live_;
  std::set<const Column*> seen_;
  std::vector<std::string> advice_;
};

}  // namespace

std::vector<std::string> AdviseDeleteIndexes(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                                             const schema::LiveSchema& live) {
  DeleteAdviser adviser(live);
  for (const auto& plan : plans) {
    if (plan->query == nullptr && DeletesForGood(plan->change())) adviser.Advise(*plan);
  }
  return adviser.Take();
}

}  // namespace rowkeeper::app
