#include "server/plan/tenant.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "server/base/identity_errors.h"
#include "server/base/text.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/relation/selection.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;

bool Reaches(const RelationSelection& selection) {
  return std::any_of(selection.relations.begin(), selection.relations.end(), [](const SelectedRelation& selected) {
    const catalogue::Relation& relation = *selected.relation;
    const bool through = relation.through != nullptr && relation.through->tenant;
    return relation.target->tenant || through || Reaches(selected.children);
  });
}

bool AsksForTenant(const Call& call) {
  if (call.plan->entity->tenancy == nullptr) return false;
  if (call.plan->entity->tenant || (call.plan->query != nullptr && call.plan->query->tenant)) return true;
  const auto* with = PartOf<WithRelations>(call.variant.family);
  return with != nullptr && with->relations != nullptr && Reaches(*with->relations);
}

/// As PostgreSQL writes it, in either case of letters.
bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !digit) return false;
  }
  return true;
}

int Characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

/// PostgreSQL cuts spaces off the end of what is too long for a varchar, and stores another tenant then.
bool IsTrimmed(std::string_view text) {
  return !absl::ascii_isspace(text.front()) && !absl::ascii_isspace(text.back());
}

bool IsTenant(const catalogue::ValueType& type, std::string_view text) {
  if (type.kind == catalogue::ValueKind::kUuid) return IsUuid(text);
  if (text.empty() || !IsTrimmed(text) || text.find('\0') != std::string_view::npos) return false;
  return type.max_length == 0 || Characters(text) <= type.max_length;
}

bool DeletesOrRestores(Change change) {
  switch (change) {
    case Change::kSoftDelete:
    case Change::kRestore:
    case Change::kDelete:
    case Change::kPurge:
      return true;
    case Change::kNone:
    case Change::kCreate:
    case Change::kUpdate:
    case Change::kUpsert:
      break;
  }
  return false;
}

}  // namespace

void CheckSharedRows(const MethodPlan& plan, const catalogue::Method& method, catalogue::Diagnostics* diagnostics) {
  const catalogue::Entity& entity = *plan.entity;
  if (entity.tenancy == nullptr || entity.tenancy->Of(entity).shared.empty()) return;
  if (!DeletesOrRestores(plan.change())) {
    if (plan.reads_only() || method.allow.has_value()) return;
    diagnostics->Warning(
        *plan.method,
        Cat("rows of ", entity.full_name, " belong to no tenant: whoever may call this, also without a ",
            "tenant, changes what all tenants see"),
        "say with `allow` who may call it");
    return;
  }
  diagnostics->Error(*plan.method,
                     Cat("rows of tenants refer to rows of ", entity.full_name,
                         ", which belong to none: the method would ask for rows of all tenants, or change them"),
                     "remove the method; let a program that is no caller of this server delete such rows");
}

absl::Status CheckTenant(const Call& call) {
  if (!AsksForTenant(call)) return absl::OkStatus();
  if (IsTenant(call.plan->entity->tenancy->type, call.request.tenant)) return absl::OkStatus();
  return TenantRequired(call.plan->full_name);
}

void CountOwnRows(Call* call) {
  auto* list = std::get_if<ListRequest>(&call->request.family);
  if (list == nullptr || !call->plan->entity->tenant) return;
  if (list->count == CountMode::kEstimated) list->count = CountMode::kExact;
}

}  // namespace rowkeeper::plan
