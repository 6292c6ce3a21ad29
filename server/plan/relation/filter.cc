#include "server/plan/relation/filter.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>

#include "server/base/text.h"
#include "server/plan/filter/expression.h"

namespace rowkeeper::plan {
namespace {

std::optional<CompiledFilter> Compile(const catalogue::Relation& relation, std::string* problem) {
  return CompileFilter(*relation.target, relation.filter, FilterColumns::kAll, FilterLimits(), 0, problem);
}

}  // namespace

void ApplyDeclaredFilter(SelectedRelation* selected) {
  if (selected->relation->filter.empty()) return;
  std::string problem;
  std::optional<CompiledFilter> compiled = Compile(*selected->relation, &problem);
  if (!compiled.has_value()) return;  // CheckRelationFilters keeps such a catalogue from being served.
  selected->filter = std::move(compiled->expression);
  selected->operands.assign(compiled->operands.begin(), compiled->operands.end());
}

void CheckRelationFilters(const catalogue::Catalogue& catalogue, catalogue::Diagnostics* diagnostics) {
  for (const auto& entity : catalogue.entities()) {
    for (const catalogue::Relation& relation : entity->relations) {
      std::string problem;
      if (relation.filter.empty() || Compile(relation, &problem).has_value()) continue;
      diagnostics->Error(*relation.field, Cat("its filter \"", relation.filter, "\" ", problem),
                         Cat("write a filter expression over the fields of ", relation.target->full_name));
    }
  }
}

}  // namespace rowkeeper::plan
