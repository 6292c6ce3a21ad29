#include "server/catalogue/lint.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/options.h"

namespace rowkeeper::catalogue {
namespace {

bool StartsLikeQuestion(const std::string& name) {
  for (const char* start : {"is_", "has_", "can_", "should_"}) {
    if (absl::StartsWith(name, start)) return true;
  }
  return false;
}

void LintField(const Column& column, Diagnostics* diagnostics) {
  const std::string& name = column.field->name();
  const auto warn = [&](absl::string_view problem, std::string remedy) {
    diagnostics->Warning(*column.field, std::string(problem), std::move(remedy));
  };
  if (name != SnakeCase(name)) {
    warn("field names are snake_case by convention", absl::StrCat("write ", SnakeCase(name)));
    return;
  }
  if (column.reference && !absl::EndsWith(name, "_id")) {
    warn("references end in _id by convention", absl::StrCat("write ", name, "_id"));
    return;
  }
  if (column.type.array) return;
  if (column.type.kind == ValueKind::kTimestamp && !absl::EndsWith(name, "_at")) {
    warn("timestamps end in _at by convention", absl::StrCat("write ", name, "_at"));
  } else if (column.type.kind == ValueKind::kDate && !absl::EndsWith(name, "_date")) {
    warn("dates end in _date by convention", absl::StrCat("write ", name, "_date"));
  } else if (column.type.kind == ValueKind::kBool && !StartsLikeQuestion(name)) {
    warn("booleans start with is_, has_, can_ or should_ by convention", absl::StrCat("write is_", name));
  }
}

void LintTable(const Entity& entity, Diagnostics* diagnostics) {
  if (EntityOptionsOf(*entity.message).table().empty()) return;
  const Naming naming(ConventionsOf(*entity.message->file()));
  const std::string singular = SnakeCase(entity.message->name());
  if (naming.plural() && !LooksPlural(entity.table)) {
    diagnostics->Warning(
        *entity.message, absl::StrCat("the table name \"", entity.table, "\" is not plural, as this file's are"),
        absl::StrCat("write \"", Plural(entity.table), "\", or the file option conventions.table_names"));
  } else if (!naming.plural() && LooksPlural(entity.table) && !absl::EndsWith(entity.table, singular)) {
    diagnostics->Warning(*entity.message,
                         absl::StrCat("the table name \"", entity.table, "\" is not singular, as this file's are"),
                         absl::StrCat("write \"", singular, "\", or the file option conventions.table_names"));
  }
}

}  // namespace

void LintCascades(const Entity& entity, Diagnostics* diagnostics) {
  for (const Column& column : entity.columns) {
    if (!column.reference || column.reference->on_delete != OnDelete::kCascade) continue;
    const Entity& parent = *column.reference->entity;
    if (!entity.soft_deletable() || !parent.soft_deletable()) continue;
    const Entity* untimed = !entity.deleted_at ? &entity : !parent.deleted_at ? &parent : nullptr;
    if (untimed == nullptr) continue;
    diagnostics->Warning(
        *column.field,
        absl::StrCat("restoring a ", parent.full_name, " restores all of its deleted ", entity.full_name, " rows, for ",
                     untimed->full_name, " does not keep when a row was deleted"),
        absl::StrCat("add an optional Timestamp with ROLE_DELETED_AT to ", untimed->full_name));
  }
}

void LintNames(const Entity& entity, Diagnostics* diagnostics) {
  LintTable(entity, diagnostics);
  for (const Column& column : entity.columns) LintField(column, diagnostics);
}

}  // namespace rowkeeper::catalogue
