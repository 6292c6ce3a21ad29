#include "server/catalogue/entity_compiler.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/column_compiler.h"
#include "server/catalogue/keys.h"
#include "server/catalogue/name_check.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/options.h"
#include "server/catalogue/references.h"
#include "server/catalogue/relations.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

constexpr absl::string_view kHistoryTable = "schema_migrations";

/// Table names that would not do what their author means.
void CheckTable(const Entity& entity, Diagnostics* diagnostics) {
  const size_t point = entity.table.find('.');
  if (point != std::string::npos) {
    diagnostics->Error(*entity.message, absl::StrCat("the table name \"", entity.table, "\" holds a point"),
                       absl::StrCat("use `schema`: write `schema: \"", entity.table.substr(0, point), "\" table: \"",
                                    entity.table.substr(point + 1), "\"`"));
  }
  if (entity.table == kHistoryTable) {
    diagnostics->Error(*entity.message,
                       absl::StrCat("the table \"", entity.table, "\" is the history of the migrations"),
                       "write another `table`");
  }
}

/// Names of the table, the schema and the internal key.
void DeclareTable(const v1::EntityOptions& options, const Naming& naming, Entity* entity, Diagnostics* diagnostics) {
  const pb::Descriptor& message = *entity->message;
  entity->table = options.table().empty() ? naming.Table(message.name()) : options.table();
  entity->schema = options.schema();
  entity->internal_id = options.internal_id();
  entity->primary_key_name = naming.PrimaryKey(entity->table);
  CheckName(message, "table", entity->table, diagnostics);
  CheckTable(*entity, diagnostics);
  if (!entity->schema.empty()) CheckName(message, "schema", entity->schema, diagnostics);
  if (!entity->internal_id.empty()) CheckName(message, "internal_id", entity->internal_id, diagnostics);
  if (absl::StartsWith(entity->schema, "pg_") || entity->schema == "information_schema") {
    diagnostics->Error(message, absl::StrCat("the schema \"", entity->schema, "\" belongs to PostgreSQL"),
                       "write another `schema`");
  }
  if (message.extension_range_count() > 0) {
    diagnostics->Error(message, "an entity cannot have extensions", "remove the extension range");
  }
}

std::optional<int>* RoleSlot(Role role, Entity* entity) {
  switch (role) {
    case Role::kCreatedAt:
      return &entity->created_at;
    case Role::kUpdatedAt:
      return &entity->updated_at;
    case Role::kDeletedAt:
      return &entity->deleted_at;
    case Role::kDeletedFlag:
      return &entity->deleted_flag;
    case Role::kVersion:
      return &entity->version;
    case Role::kTenant:
      return &entity->tenant;
    case Role::kNone:
      break;
  }
  return nullptr;
}

void TakeRole(int index, Entity* entity, Diagnostics* diagnostics) {
  const Column& column = entity->columns[index];
  std::optional<int>* slot = RoleSlot(column.role, entity);
  if (slot == nullptr) return;
  if (!slot->has_value()) {
    *slot = index;
    return;
  }
  diagnostics->Error(*column.field,
                     absl::StrCat("the role is that of field ", entity->columns[**slot].field->name(), " too"),
                     "give each role to one field");
}

/// Whether any field claims to be (part of) the key, well or badly.
bool DeclaresKey(const pb::Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (ColumnOptionsOf(*message.field(i)).primary_key()) return true;
  }
  return false;
}

void DeclareKey(Entity* entity, Diagnostics* diagnostics) {
  for (size_t i = 0; i < entity->columns.size(); ++i) {
    if (entity->columns[i].key) entity->key.push_back(static_cast<int>(i));
  }
  if (!DeclaresKey(*entity->message)) {
    diagnostics->Error(*entity->message, "the entity has no key",
                       "mark a field, for example `string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, "
                       "primary_key: true}]`");
  }
}

/// Made by the database: a key of one column that no other row gives, and what callers may not write.
void GenerateKey(Entity* entity) {
  for (const int index : entity->key) {
    Column& column = entity->columns[index];
    const bool alone = entity->key.size() == 1;
    if (!column.output_only && !alone) continue;
    if (!ColumnOptionsOf(*column.field).references().empty()) continue;
    switch (column.type.kind) {
      case ValueKind::kUuid:
        column.default_kind = DefaultKind::kUuid;
        break;
      case ValueKind::kInt32:
      case ValueKind::kInt64:
      case ValueKind::kUint32:
        column.default_kind = DefaultKind::kIdentity;
        break;
      default:
        break;
    }
  }
}

void AddCheck(const Naming& naming, Check::Kind kind, const std::string& about, std::vector<int> columns,
              Entity* entity) {
  entity->checks.push_back({naming.Check(entity->table, about), kind, std::move(columns)});
}

void AddColumnChecks(const Naming& naming, Entity* entity) {
  for (size_t i = 0; i < entity->columns.size(); ++i) {
    const Column& column = entity->columns[i];
    const std::vector<int> columns = {static_cast<int>(i)};
    if (column.type.kind == ValueKind::kEnum && column.type.native_enum.empty()) {
      AddCheck(naming, Check::Kind::kEnumLabels, column.name, columns, entity);
    } else if (column.type.kind == ValueKind::kUint32) {
      AddCheck(naming, Check::Kind::kUint32Range, column.name, columns, entity);
    } else if (column.type.kind == ValueKind::kUint64) {
      AddCheck(naming, Check::Kind::kUint64Range, column.name, columns, entity);
    }
  }
}

void AddOneofs(const Naming& naming, Entity* entity) {
  for (int i = 0; i < entity->message->real_oneof_decl_count(); ++i) {
    const pb::OneofDescriptor& declared = *entity->message->oneof_decl(i);
    Oneof oneof{declared.name(), {}};
    for (int j = 0; j < declared.field_count(); ++j) {
      const Column* column = entity->FindField(declared.field(j)->name());
      if (column != nullptr) oneof.columns.push_back(entity->IndexOf(*column));
    }
    if (oneof.columns.size() > 1) {
      AddCheck(naming, Check::Kind::kAtMostOne, declared.name(), oneof.columns, entity);
    }
    entity->oneofs.push_back(std::move(oneof));
  }
}

}  // namespace

std::unique_ptr<Entity> DeclareEntity(const pb::Descriptor& message, Diagnostics* diagnostics) {
  const v1::EntityOptions options = EntityOptionsOf(message);
  const Naming naming(ConventionsOf(*message.file()));
  auto entity = std::make_unique<Entity>();
  entity->full_name = message.full_name();
  entity->message = &message;
  entity->show_database_messages = options.show_database_messages();
  DeclareTable(options, naming, entity.get(), diagnostics);
  for (int i = 0; i < message.field_count(); ++i) {
    if (IsRelation(*message.field(i))) continue;
    CheckNoRelationOption(*message.field(i), diagnostics);
    std::optional<Column> column = CompileColumn(*message.field(i), diagnostics);
    if (!column) continue;
    entity->columns.push_back(*std::move(column));
    TakeRole(static_cast<int>(entity->columns.size()) - 1, entity.get(), diagnostics);
  }
  CheckColumnsDiffer(*entity, diagnostics);
  DeclareKey(entity.get(), diagnostics);
  GenerateKey(entity.get());
  return entity;
}

void CompleteEntity(const EntitiesByName& entities, Entity* entity, Diagnostics* diagnostics) {
  const v1::EntityOptions options = EntityOptionsOf(*entity->message);
  const Naming naming(ConventionsOf(*entity->message->file()));
  CompileReferences(entities, naming, entity, diagnostics);
  CompileKeysAndIndexes(options, naming, entity, diagnostics);
  CompileDefaultOrder(options, entity, diagnostics);
  AddColumnChecks(naming, entity);
  AddOneofs(naming, entity);
}

}  // namespace rowkeeper::catalogue
