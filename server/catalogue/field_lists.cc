#include "server/catalogue/field_lists.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace rowkeeper::catalogue {
namespace {

using policy::FieldUse;

/// Why everybody has to be able to read the column; empty: not everybody has to.
std::string WhyAlwaysRead(const Entity& entity, int index) {
  const Column& column = entity.columns[static_cast<size_t>(index)];
  if (column.key) return "it is of the key, by which rows are named";
  switch (column.role) {
    case Role::kDeletedAt:
    case Role::kDeletedFlag:
      return "requests and answers show which rows are deleted";
    case Role::kVersion:
      return "callers send the version of the row that they change";
    case Role::kTenant:
      return "it is the caller's own";
    case Role::kNone:
    case Role::kCreatedAt:
    case Role::kUpdatedAt:
      break;
  }
  const bool orders = std::any_of(entity.default_order.begin(), entity.default_order.end(),
                                  [index](const OrderTerm& term) { return term.column == index; });
  return orders ? "lists are ordered by it unless they say otherwise, and the order tells its values" : "";
}

std::string WhyAlwaysWritten(const Column& column) {
  if (column.key) return "it is of the key, by which rows are named";
  return column.output_only ? "callers never write it" : "";
}

void CheckLists(const Entity& entity, int index, Diagnostics* diagnostics) {
  const Column& column = entity.columns[static_cast<size_t>(index)];
  const auto refuse = [&](FieldUse use, const std::string& why) {
    diagnostics->Error(
        *column.field,
        absl::StrCat("the field can have no list for `", std::string(policy::FieldUseName(use)), "`: ", why),
        "remove the list");
  };
  if (column.read != nullptr) {
    if (const std::string why = WhyAlwaysRead(entity, index); !why.empty()) refuse(FieldUse::kRead, why);
  }
  if (column.write != nullptr) {
    if (const std::string why = WhyAlwaysWritten(column); !why.empty()) refuse(FieldUse::kWrite, why);
  }
}

/// What others hold the values of is as open as they are.
void WarnOfReference(const Column& column, Diagnostics* diagnostics) {
  if (!column.reference || column.read != nullptr) return;
  const Column& referenced = column.reference->entity->columns[static_cast<size_t>(column.reference->column)];
  if (referenced.read == nullptr) return;
  diagnostics->Warning(*column.field,
                       absl::StrCat("holds values of ", referenced.field->full_name(),
                                    ", which not everybody may read, and has no list itself"),
                       "give it the same `read`");
}

/// Whoever writes a value is told that there is another row with it.
void WarnOfUnique(const Entity& entity, int index, Diagnostics* diagnostics) {
  const Column& column = entity.columns[static_cast<size_t>(index)];
  if (column.read == nullptr) return;
  const bool unique = std::any_of(entity.unique_keys.begin(), entity.unique_keys.end(), [index](const UniqueKey& key) {
    return std::find(key.columns.begin(), key.columns.end(), index) != key.columns.end();
  });
  if (!unique) return;
  diagnostics->Warning(*column.field,
                       "not everybody may read it, but whoever may write it is told whether another row has a value, "
                       "for it is unique",
                       "give it a `write` that is no wider than `read`");
}

}  // namespace

void CompileFieldLists(const std::vector<std::unique_ptr<Entity>>& entities, Diagnostics* diagnostics) {
  int ordinal = 0;
  for (size_t i = 0; i < entities.size(); ++i) {
    Entity& entity = *entities[i];
    entity.ordinal = static_cast<int>(i);
    for (Column& column : entity.columns) column.ordinal = ordinal++;
  }
  for (const auto& entity : entities) {
    for (int i = 0; i < static_cast<int>(entity->columns.size()); ++i) {
      CheckLists(*entity, i, diagnostics);
      WarnOfReference(entity->columns[static_cast<size_t>(i)], diagnostics);
      if (entity->columns[static_cast<size_t>(i)].write == nullptr) WarnOfUnique(*entity, i, diagnostics);
    }
  }
}

std::vector<policy::FieldLists> FieldListsOf(const std::vector<std::unique_ptr<const Entity>>& entities) {
  std::vector<policy::FieldLists> fields;
  for (const auto& entity : entities) {
    for (int i = 0; i < static_cast<int>(entity->columns.size()); ++i) {
      const Column& column = entity->columns[static_cast<size_t>(i)];
      fields.push_back({column.field->full_name(), entity->ordinal, column.read, column.write,
                        WhyAlwaysRead(*entity, i), WhyAlwaysWritten(column)});
    }
  }
  return fields;
}

}  // namespace rowkeeper::catalogue
