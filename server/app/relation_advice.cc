#include "server/app/relation_advice.h"

#include <google/protobuf/descriptor.h>

#include "server/base/text.h"
#include "server/sql/live_names.h"

namespace rowkeeper::app {
namespace {

using catalogue::Entity;
using catalogue::Relation;

void AdviseOn(const Relation& relation, const schema::LiveSchema& live, std::vector<std::string>* advice) {
  if (relation.kind == Relation::Kind::kReference) return;  // found by its key, which has an index
  const bool through = relation.kind == Relation::Kind::kThrough;
  const Entity& entity = through ? *relation.through : *relation.target;
  const int column = through ? relation.through_column : relation.target_column;
  if (live.BestIndex(entity, {column}, {}) != schema::IndexFit::kNone) return;
  const std::string& table = sql::NamesScope::Of(entity);
  advice->push_back(Cat("the relation ", relation.field->full_name(), " reads every row of ", table,
                        " for each parent; an index on ", table, " (", sql::NamesScope::Of(entity.columns[column]),
                        ") would serve it"));
}

}  // namespace

std::vector<std::string> AdviseRelationIndexes(const catalogue::Catalogue& catalogue, const schema::LiveSchema& live) {
  std::vector<std::string> advice;
  for (const auto& entity : catalogue.entities()) {
    for (const Relation& relation : entity->relations) AdviseOn(relation, live, &advice);
  }
  return advice;
}

}  // namespace rowkeeper::app
