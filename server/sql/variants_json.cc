#include "server/sql/variants_json.h"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <utility>

#include "server/base/text.h"
#include "server/plan/mask/json_mask.h"
#include "server/sql/render.h"

namespace rowkeeper::sql {
namespace {

bool HasParts(const catalogue::Column& column) {
  return column.type.kind == catalogue::ValueKind::kJson && (column.field->is_map() || !column.field->is_repeated());
}

/// Keys and objects, with members of oneofs; the numbers are those of Call::computed in the order of their binding.
plan::JsonWrite AllWays() {
  plan::JsonWrite below;
  below.leaves = 5;
  plan::JsonWrite::Part part;
  part.key = 3;
  part.named_siblings = 4;
  part.below.push_back(std::move(below));
  plan::JsonWrite write;
  write.siblings.push_back({0, 1});
  write.leaves = 2;
  write.parts.push_back(std::move(part));
  return write;
}

}  // namespace

std::vector<SampledStatement> SampleJsonWrites(const plan::MethodPlan& plan, const plan::Variant& basic) {
  std::vector<SampledStatement> samples;
  for (int value : plan::PartOf<plan::WithWritten>(basic.family)->written) {
    const catalogue::Column& column = plan.entity->columns[plan.values[value].column];
    if (!HasParts(column)) continue;
    plan::Variant variant = basic;
    plan::PartOf<plan::WithWritten>(&variant.family)->written = {value};
    if (auto* guards = plan::PartOf<plan::WithGuards>(&variant.family)) guards->unchanged.clear();
    auto json = std::make_shared<plan::JsonMask>();
    json->writes.emplace(value, AllWays());
    variant.json = std::move(json);
    samples.push_back({Cat("writing parts of ", column.field->name()), Render(plan, variant)});
  }
  return samples;
}

}  // namespace rowkeeper::sql
