#include <google/protobuf/descriptor.h>

#include <utility>

#include "server/app/status_pages.h"
#include "server/sql/variants.h"

namespace rowkeeper::app {
namespace {

/// SQL is made for these alone.
constexpr size_t kMostMethods = 200;

}  // namespace

status::CatalogueData ReadCatalogue(const LoadedCatalogue& loaded) {
  status::CatalogueData data;
  for (const auto& entity : loaded.catalogue->entities()) {
    data.entities.push_back({entity->full_name, entity->table, entity->columns.size(),
                             entity->soft_deletable() ? "kept, and hidden" : "gone"});
    for (const catalogue::Relation& relation : entity->relations) {
      data.relations.push_back({entity->full_name, std::string(relation.field->name()), relation.target->full_name,
                                relation.to_many ? "many" : "one"});
    }
  }
  for (const auto& plan : loaded.plans) {
    if (data.methods.size() == kMostMethods) break;
    const std::vector<sql::SampledStatement> samples = sql::SampleStatements(*plan);
    data.methods.push_back(
        {plan->full_name, plan->entity->full_name, samples.empty() ? std::string() : samples.front().statement.text});
  }
  data.methods_left_out = loaded.plans.size() - data.methods.size();
  return data;
}

}  // namespace rowkeeper::app
