#include "server/sql/render_relation.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/expression_predicate.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/result_cells.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;
using catalogue::Relation;

/// The column that is compared with the parents' link values, and whose it is.
struct Link {
  const Entity* entity;
  int column;
};

Link LinkOf(const Relation& relation) {
  switch (relation.kind) {
    case Relation::Kind::kReference:
    case Relation::Kind::kInverse:
      return {relation.target, relation.target_column};
    case Relation::Kind::kThrough:
      break;
  }
  return {relation.through, relation.through_column};
}

std::string Name(const Entity& entity, int column) { return ColumnName(entity.columns[column]); }

/// The parents' link values as rows of "#key" and "#", their place.
std::string Parents(const Link& link, ParameterList* parameters) {
  const std::string type = Cat(ParameterType(*link.entity, link.entity->columns[link.column].type), "[]");
  return Cat("unnest(", parameters->Add(Parameter::Source::kParentKeys, 0, type),
             ") WITH ORDINALITY AS \"#p\" (\"#key\", \"#\")");
}

/// `id IN (…)`, so that a pair that is in the join table twice gives one row.
std::string ThroughPredicate(const Relation& relation, ParameterList* parameters) {
  const Entity& through = *relation.through;
  const std::string link = "\"#through\"";
  return Cat(Name(*relation.target, relation.target_column), " IN (SELECT ", link, ".",
             Name(through, relation.through_target_column), " FROM ", Table(through), " AS ", link,
             Where({Cat(link, ".", Name(through, relation.through_column), " = \"#key\""),
                    TenantPredicate(through, parameters, link),
                    VisibilityPredicate(through, plan::Deleted::kExclude, link + ".")}),
             ")");
}

std::vector<std::string> TargetPredicates(const plan::SelectedRelation& selected, ParameterList* parameters) {
  const Relation& relation = *selected.relation;
  const Link link = LinkOf(relation);
  std::vector<std::string> conditions = {
      relation.kind == Relation::Kind::kThrough ? ThroughPredicate(relation, parameters)
                                                : Cat(Name(*link.entity, link.column), " = \"#key\""),
      TenantPredicate(*relation.target, parameters), VisibilityPredicate(*relation.target, plan::Deleted::kExclude)};
  if (selected.filter != nullptr) {
    conditions.push_back(ExpressionPredicate(*relation.target, *selected.filter, parameters));
  }
  return conditions;
}

/// A place has one row at most.
std::string ToOne(const plan::SelectedRelation& selected, const std::string& select, ParameterList* parameters) {
  const std::string parents = Parents(LinkOf(*selected.relation), parameters);
  return Cat("SELECT ", select, " FROM ", parents, " CROSS JOIN ", TableRows(*selected.relation->target),
             Where(TargetPredicates(selected, parameters)));
}

/// Each place has its own LIMIT, for which an index on the link and the order serves.
std::string ToMany(const plan::SelectedRelation& selected, const std::vector<int>& cells, const std::string& select,
                   ParameterList* parameters) {
  const Relation& relation = *selected.relation;
  const std::string parents = Parents(LinkOf(relation), parameters);
  const Entity& target = *relation.target;
  const std::string order = OrderTerms(target, relation.order);
  const std::string columns = cells.empty() ? "" : Cat(ColumnList(target, cells), ", ");
  return Cat("SELECT ", select, " FROM ", parents, " CROSS JOIN LATERAL (SELECT ", columns,
             "row_number() OVER (ORDER BY ", order, ") AS \"#n\" FROM ", TableRows(target),
             Where(TargetPredicates(selected, parameters)), " ORDER BY ", order, " LIMIT ", relation.limit,
             ") AS \"#r\" ORDER BY \"#\", \"#n\"");
}

}  // namespace

std::vector<int> AddLinkCells(const plan::RelationSelection* relations, std::vector<int>* cells) {
  std::vector<int> places;
  if (relations == nullptr) return places;
  for (const int column : plan::LinkColumns(*relations)) {
    const auto found = std::find(cells->begin(), cells->end(), column);
    places.push_back(static_cast<int>(found - cells->begin()));
    if (found == cells->end()) cells->push_back(column);
  }
  return places;
}

std::string OrderTerms(const Entity& entity, const std::vector<catalogue::OrderTerm>& order) {
  return absl::StrJoin(order, ", ", [&entity](std::string* out, const catalogue::OrderTerm& term) {
    out->append(Cat(Name(entity, term.column), term.descending ? " DESC" : ""));
    if (term.nulls_moved) out->append(term.nulls_first() ? " NULLS FIRST" : " NULLS LAST");
  });
}

Statement RenderRelation(const plan::SelectedRelation& selected) {
  const Relation& relation = *selected.relation;
  const Entity& target = *relation.target;
  std::vector<int> cells = selected.columns;
  AddKeyCells(target, &cells);
  std::vector<int> links = AddLinkCells(&selected.children, &cells);
  ParameterList parameters;
  const std::string select = cells.empty() ? "\"#\"" : Cat(ColumnList(target, cells), ", \"#\"");
  const std::string text =
      relation.to_many ? ToMany(selected, cells, select, &parameters) : ToOne(selected, select, &parameters);
  const int place = static_cast<int>(cells.size());
  Statement statement = Finish(text, &parameters, std::move(cells), static_cast<int>(selected.columns.size()));
  statement.link_cells = std::move(links);
  statement.element_cell = place;
  statement.result = ResultCells(target, statement);
  return statement;
}

}  // namespace rowkeeper::sql
