#include "server/catalogue/column_compiler.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/access.h"
#include "server/catalogue/column_uses.h"
#include "server/catalogue/default_value.h"
#include "server/catalogue/name_check.h"
#include "server/catalogue/options.h"
#include "server/catalogue/value_type_compiler.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

struct RoleRule {
  v1::Role declared;
  Role role;
  /// What the field must be, in words for the user.
  const char* declaration;
  DefaultKind default_kind;
  const char* default_literal;
};

constexpr RoleRule kRoleRules[] = {
    {v1::ROLE_CREATED_AT, Role::kCreatedAt, "google.protobuf.Timestamp", DefaultKind::kNow, ""},
    {v1::ROLE_UPDATED_AT, Role::kUpdatedAt, "google.protobuf.Timestamp", DefaultKind::kNow, ""},
    {v1::ROLE_DELETED_AT, Role::kDeletedAt, "optional google.protobuf.Timestamp", DefaultKind::kNone, ""},
    {v1::ROLE_DELETED_FLAG, Role::kDeletedFlag, "bool", DefaultKind::kLiteral, "false"},
    {v1::ROLE_VERSION, Role::kVersion, "int64", DefaultKind::kLiteral, "1"},
    {v1::ROLE_TENANT, Role::kTenant, "string", DefaultKind::kNone, ""},
};

bool FitsRole(const Column& column, Role role) {
  if (column.type.array || column.type.wrapper || column.field->real_containing_oneof() != nullptr) return false;
  if (column.nullable != (role == Role::kDeletedAt)) return false;
  switch (role) {
    case Role::kDeletedFlag:
      return column.type.kind == ValueKind::kBool;
    case Role::kVersion:
      return column.type.kind == ValueKind::kInt32 || column.type.kind == ValueKind::kInt64;
    case Role::kTenant:
      return column.field->type() == pb::FieldDescriptor::TYPE_STRING &&
             (column.type.kind == ValueKind::kString || column.type.kind == ValueKind::kUuid);
    default:
      return column.type.kind == ValueKind::kTimestamp;
  }
}

void ApplyRole(const v1::ColumnOptions& options, Column* column, Diagnostics* diagnostics) {
  if (options.role() == v1::ROLE_UNSPECIFIED) return;
  const pb::FieldDescriptor& field = *column->field;
  for (const RoleRule& rule : kRoleRules) {
    if (rule.declared != options.role()) continue;
    if (!FitsRole(*column, rule.role)) {
      diagnostics->Error(field, absl::StrCat(v1::Role_Name(rule.declared), " does not fit this field"),
                         absl::StrCat("write `", rule.declaration, " ", field.name(), " = ", field.number(), "`"));
      return;
    }
    if (options.primary_key()) {
      diagnostics->Error(field, "a field with a role cannot be part of the key", "remove primary_key or the role");
      return;
    }
    if (!options.references().empty()) {
      diagnostics->Error(field, "a field with a role cannot be a reference", "remove `references` or the role");
      return;
    }
    if (!options.default_value().empty()) {
      diagnostics->Error(field, "the role already says what fills the field", "remove default_value");
    }
    if (rule.role == Role::kTenant && options.unique()) {
      diagnostics->Error(field, "a tenant has any number of rows", "remove `unique`");
    }
    column->role = rule.role;
    column->output_only = true;
    column->immutable = column->immutable || rule.role == Role::kTenant;
    column->sortable = column->sortable || column->type.kind == ValueKind::kTimestamp;
    column->default_kind = rule.default_kind;
    column->default_literal = rule.default_literal;
    return;
  }
  diagnostics->Error(field, absl::StrCat("role ", static_cast<int>(options.role()), " is unknown to this version"),
                     "see rowkeeper/v1/annotations.proto for the roles");
}

void ApplyKey(const v1::ColumnOptions& options, Column* column, Diagnostics* diagnostics) {
  if (!options.primary_key()) return;
  const pb::FieldDescriptor& field = *column->field;
  const auto refuse = [&](absl::string_view problem, absl::string_view remedy) {
    diagnostics->Error(field, std::string(problem), std::string(remedy));
  };
  column->key = true;
  column->immutable = true;
  column->sortable = true;
  if (field.real_containing_oneof() != nullptr) {
    refuse("a member of a oneof cannot be part of the key", "move the field out of the oneof");
  } else if (field.is_repeated()) {
    refuse(absl::StrCat(Describe(field), " cannot be part of the key"), "use a single value, for example a UUID");
  } else if (column->nullable) {
    refuse("a nullable field cannot be part of the key",
           column->type.wrapper ? "write the plain scalar type" : "remove `optional`");
  } else if (column->type.kind == ValueKind::kJson || column->type.kind == ValueKind::kFloat ||
             column->type.kind == ValueKind::kDouble) {
    refuse(absl::StrCat(Describe(field), " cannot be part of the key"),
           "use a string with `type: COLUMN_TYPE_UUID`, a string or an integer");
  } else if (!options.default_value().empty()) {
    refuse("a key has no default_value", "remove it: the database fills single UUID and integer keys");
  }
}

void ApplyDefault(const v1::ColumnOptions& options, Column* column, Diagnostics* diagnostics) {
  const pb::FieldDescriptor& field = *column->field;
  if (column->role != Role::kNone || column->key) return;
  if (options.default_value().empty()) {
    if (column->nullable || !(column->type.array || column->type.kind == ValueKind::kJson)) return;
    column->default_kind = DefaultKind::kLiteral;
    column->default_literal = EmptyContainer(field, column->type);
    return;
  }
  if (field.real_containing_oneof() != nullptr) {
    diagnostics->Error(field, "a member of a oneof has no default_value", "remove it");
    return;
  }
  absl::StatusOr<DefaultValue> value = ParseDefaultValue(field, column->type, options.default_value());
  if (!value.ok()) {
    diagnostics->Error(field,
                       absl::StrCat("default_value \"", absl::Utf8SafeCEscape(options.default_value()),
                                    "\" does not fit ", Describe(field)),
                       std::string(value.status().message()));
    return;
  }
  column->default_kind = value->kind;
  column->default_literal = std::move(value->literal);
}

void ApplyFlags(const v1::ColumnOptions& options, Column* column, Diagnostics* diagnostics) {
  const pb::FieldDescriptor& field = *column->field;
  column->immutable = options.immutable();
  column->output_only = options.output_only();
  column->sortable = options.sortable();
  column->filterable = options.filterable();
  if (options.sortable() && !CanBeSortable(*column)) {
    diagnostics->Error(field, absl::StrCat(Describe(field), " has no order"), "remove `sortable`");
  }
  if (options.filterable() && !CanBeFilterable(*column)) {
    diagnostics->Error(field, absl::StrCat(Describe(field), " has nothing that a filter expression could name"),
                       "remove `filterable`; of jsonb only maps and google.protobuf.Struct can be filterable");
  }
  if (options.unique() && column->type.kind == ValueKind::kJson) {
    diagnostics->Error(field, absl::StrCat(Describe(field), " cannot be unique"), "remove `unique`");
  }
}

}  // namespace

std::optional<Column> CompileColumn(const pb::FieldDescriptor& field, Diagnostics* diagnostics) {
  const v1::ColumnOptions options = ColumnOptionsOf(field);
  Column column;
  column.field = &field;
  column.name = options.name().empty() ? field.name() : options.name();
  const bool named = CheckColumnName(field, column.name, diagnostics);
  std::optional<ValueType> type = CompileValueType(field, options, diagnostics);
  if (!type || !named) return std::nullopt;
  column.type = *std::move(type);
  column.nullable = IsNullable(field);
  ApplyFlags(options, &column, diagnostics);
  ApplyRole(options, &column, diagnostics);
  ApplyKey(options, &column, diagnostics);
  ApplyDefault(options, &column, diagnostics);
  column.read =
      CompileFieldList(field, policy::FieldUse::kRead, {options.read().begin(), options.read().end()}, diagnostics);
  column.write =
      CompileFieldList(field, policy::FieldUse::kWrite, {options.write().begin(), options.write().end()}, diagnostics);
  return column;
}

}  // namespace rowkeeper::catalogue
