#include "server/catalogue/tenants.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace rowkeeper::catalogue {
namespace {

using Entities = std::vector<std::unique_ptr<Entity>>;

/// "string", or "string with COLUMN_TYPE_UUID".
std::string TenantTypeText(const ValueType& type) {
  return type.kind == ValueKind::kUuid ? "a string with `type: COLUMN_TYPE_UUID`" : "a string without `type`";
}

/// A caller has one tenant, which is compared with all of them.
void CheckSameType(const Entity& first, const Entity& entity, Diagnostics* diagnostics) {
  const ValueType& wanted = first.columns[*first.tenant].type;
  const Column& column = entity.columns[*entity.tenant];
  if (column.type.kind == wanted.kind) return;
  diagnostics->Error(*column.field,
                     absl::StrCat("the tenant is ", TenantTypeText(column.type), ", but that of ", first.full_name,
                                  " is ", TenantTypeText(wanted)),
                     "give all of them the same type");
}

void CheckTenantReferences(const Entity& entity, Diagnostics* diagnostics) {
  for (const Column& column : entity.columns) {
    if (!column.reference) continue;
    const Entity& target = *column.reference->entity;
    if (!entity.tenant && target.tenant) {
      diagnostics->Error(
          *column.field,
          absl::StrCat("rows of ", entity.full_name, " are those of all tenants, but the field refers to ",
                       target.full_name, ", whose rows belong to one"),
          absl::StrCat("give ", entity.full_name, " a field with ROLE_TENANT, too"));
    }
    const Column& referenced = target.columns[column.reference->column];
    if (entity.tenant && !target.tenant && !referenced.immutable) {
      diagnostics->Error(
          *column.field,
          absl::StrCat("rows of tenants hold values of ", target.full_name, ".", referenced.field->name(),
                       ", and whoever changes one would be told by an error "
                       "whether any tenant has such a row"),
          "write `immutable: true` at that field");
    }
  }
}

void WarnOfCountedKeys(const Entity& entity, Diagnostics* diagnostics) {
  for (const Column& column : entity.columns) {
    if (column.default_kind != DefaultKind::kIdentity) continue;
    diagnostics->Warning(
        *column.field,
        "the database counts the rows of all tenants here, so that a tenant can tell by its own values "
        "how many rows others create",
        "use a string with `type: COLUMN_TYPE_UUID`");
  }
}

/// The tables without tenants below which there are rows of tenants.
void FindShared(const Entities& entities, Tenancy* tenancy) {
  const auto table = [tenancy](const Entity& entity) -> Tenancy::Table& {
    return tenancy->tables[{entity.schema, entity.table}];
  };
  for (bool found = true; found;) {
    found = false;
    for (const auto& entity : entities) {
      if (entity->tenant) continue;
      for (const Dependent& dependent : entity->dependents) {
        if (!dependent.entity->tenant && table(*dependent.entity).shared.empty()) continue;
        const Reference& reference = *dependent.entity->columns[dependent.column].reference;
        found = table(*entity).shared.insert(entity->columns[reference.column].name).second || found;
      }
    }
  }
}

/// What the columns of all can hold.
void FindType(const Entity& entity, Tenancy* tenancy) {
  const ValueType& type = entity.columns[*entity.tenant].type;
  const int longest = tenancy->type.max_length;
  if (type.max_length > 0 && (longest == 0 || type.max_length < longest)) tenancy->type.max_length = type.max_length;
}

}  // namespace

void CompileTenancy(const Entities& entities, Diagnostics* diagnostics) {
  const auto first = std::find_if(entities.begin(), entities.end(), [](const auto& entity) { return entity->tenant; });
  if (first == entities.end()) return;
  auto tenancy = std::make_shared<Tenancy>();
  tenancy->type = (*first)->columns[*(*first)->tenant].type;
  for (const auto& entity : entities) {
    Tenancy::Table& table = tenancy->tables[{entity->schema, entity->table}];
    if (!entity->tenant) continue;
    CheckSameType(**first, *entity, diagnostics);
    WarnOfCountedKeys(*entity, diagnostics);
    FindType(*entity, tenancy.get());
    table.tenant = entity->columns[*entity->tenant].name;
  }
  FindShared(entities, tenancy.get());
  for (const auto& entity : entities) {
    CheckTenantReferences(*entity, diagnostics);
    entity->tenancy = tenancy;
  }
}

}  // namespace rowkeeper::catalogue
