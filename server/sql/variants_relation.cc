#include "server/sql/variants_relation.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "server/base/text.h"
#include "server/plan/relation/selection.h"
#include "server/sql/render.h"
#include "server/sql/render_relation.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;
using catalogue::Relation;

bool LoadsRelations(const plan::MethodPlan& plan) {
  // An export has the entity's own fields only.
  const bool streams = catalogue::TraitsOf(plan.operation).stream != catalogue::Stream::kNone;
  return plan.reads_only() && !streams && !plan.entity->relations.empty() &&
         std::any_of(plan.inputs.begin(), plan.inputs.end(),
                     [](const plan::Input& input) { return input.role == plan::InputRole::kReadMask; });
}

plan::RelationSelection AllRelations(const Entity& entity) {
  plan::RelationSelection selection;
  for (const Relation& relation : entity.relations) selection.relations.push_back(plan::WholeRelation(relation));
  return selection;
}

}  // namespace

void SampleRelations(const plan::MethodPlan& plan, plan::Variant variant, std::vector<SampledStatement>* statements) {
  if (!LoadsRelations(plan)) return;
  plan::PartOf<plan::WithRelations>(&variant.family)->relations =
      std::make_shared<const plan::RelationSelection>(AllRelations(*plan.entity));
  statements->push_back({"with relations", Render(plan, variant), SampledStatement::Of::kRelations});
  variant.columns.clear();
  statements->push_back({"with relations alone", Render(plan, variant), SampledStatement::Of::kRelations});

  std::set<const Relation*> seen;
  std::deque<std::pair<const Entity*, std::string>> open = {{plan.entity, "relation "}};
  for (; !open.empty(); open.pop_front()) {
    const auto [entity, path] = open.front();
    for (const Relation& relation : entity->relations) {
      if (!seen.insert(&relation).second) continue;
      plan::SelectedRelation selected = plan::WholeRelation(relation);
      selected.children = AllRelations(*relation.target);
      const std::string name = Cat(path, relation.field->name());
      statements->push_back({name, RenderRelation(selected), SampledStatement::Of::kRelations});
      open.emplace_back(relation.target, name + ".");
    }
  }
}

}  // namespace rowkeeper::sql
