#include "server/sql/clauses.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {

std::string ColumnName(const catalogue::Entity& entity, int column) { return ColumnName(entity.columns[column]); }

std::string ColumnList(const catalogue::Entity& entity, const std::vector<int>& columns) {
  return absl::StrJoin(columns, ", ", [&entity](std::string* out, int c) { out->append(ColumnName(entity, c)); });
}

std::string NoChange(const catalogue::Entity& entity) {
  const std::string name = ColumnName(entity, entity.kept_column());
  return Cat(name, " = ", name);
}

namespace {

/// Whether a column of the right type can hold what its field cannot carry.
bool CanBeUnrepresentable(const catalogue::ValueType& type) {
  using catalogue::ValueKind;
  if (type.array) return true;
  switch (type.kind) {
    case ValueKind::kBool:
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kFloat:
    case ValueKind::kDouble:
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kUuid:
    case ValueKind::kDecimal:
      return false;
    case ValueKind::kUint32:
    case ValueKind::kUint64:
    case ValueKind::kEnum:
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
    case ValueKind::kDate:
    case ValueKind::kJson:
      break;
  }
  return true;
}

}  // namespace

void AddKeyCells(const catalogue::Entity& entity, std::vector<int>* cells) {
  const auto can_fail = [&entity](int column) { return CanBeUnrepresentable(entity.columns[column].type); };
  if (std::none_of(cells->begin(), cells->end(), can_fail)) return;
  for (const int column : entity.key) {
    if (std::find(cells->begin(), cells->end(), column) == cells->end()) cells->push_back(column);
  }
}

Statement Finish(std::string text, ParameterList* parameters, std::vector<int> cells, int visible) {
  Statement statement;
  statement.text = std::move(text);
  statement.parameters = parameters->Take();
  statement.cells = std::move(cells);
  statement.visible_cells = visible;
  return statement;
}

void AppendTenant(const catalogue::Entity& entity, ParameterList* parameters, std::vector<std::string>* names,
                  std::vector<std::string>* values) {
  if (!entity.tenant) return;
  names->push_back(ColumnName(entity, *entity.tenant));
  values->push_back(parameters->Tenant(ParameterType(entity, entity.columns[*entity.tenant].type)));
}

namespace {

void AppendMarks(const catalogue::Entity& entity, const std::string& deleted_at, const std::string& deleted_flag,
                 std::vector<std::string>* assignments) {
  if (entity.deleted_at) {
    assignments->push_back(Cat(ColumnName(entity.columns[*entity.deleted_at]), " = ", deleted_at));
  }
  if (entity.deleted_flag) {
    assignments->push_back(Cat(ColumnName(entity.columns[*entity.deleted_flag]), " = ", deleted_flag));
  }
}

}  // namespace

void AppendDeletion(const catalogue::Entity& entity, const std::string& time, std::vector<std::string>* assignments) {
  AppendMarks(entity, time, "true", assignments);
}

void AppendRestoration(const catalogue::Entity& entity, std::vector<std::string>* assignments) {
  AppendMarks(entity, "NULL", "false", assignments);
}

void AppendHousekeeping(const catalogue::Entity& entity, const std::string& table,
                        std::vector<std::string>* assignments) {
  if (entity.updated_at) {
    assignments->push_back(Cat(ColumnName(entity.columns[*entity.updated_at]), " = clock_timestamp()"));
  }
  if (entity.version) {
    const std::string name = ColumnName(entity.columns[*entity.version]);
    assignments->push_back(Cat(name, " = ", table, name, " + 1"));
  }
}

}  // namespace rowkeeper::sql
