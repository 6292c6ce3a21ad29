#include "server/exec/cascade_outcome.h"

#include <google/protobuf/descriptor.h>

#include <charconv>
#include <string>
#include <vector>

#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/sql/render_cascade.h"

namespace rowkeeper::exec {
namespace {

using catalogue::Entity;

/// The proto names of a unique key's fields; empty when the entity has no key of this name.
std::vector<std::string> KeyFields(const Entity& entity, const std::string& constraint) {
  std::vector<std::string> fields;
  for (const catalogue::UniqueKey& key : entity.unique_keys) {
    if (key.name != constraint) continue;
    for (int column : key.columns) fields.push_back(entity.columns[column].field->name());
  }
  return fields;
}

absl::Status CheckNotRefused(const plan::MethodPlan& plan, const sql::Statement& statement, const db::Rows& rows) {
  if (rows.size() == 0) return absl::OkStatus();
  const int last = rows.size() - 1;
  if (rows.is_null(last, statement.blocker_cell)) return absl::OkStatus();
  const std::string_view cell = rows.cell(last, statement.blocker_cell);
  int number = 0;
  std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (number == sql::Cascade::kOvertaken) return SerializationFailure();
  const sql::CascadeKind kind = sql::KindOf(plan.change());
  const sql::CascadeShape shape = sql::ShapeOfCascade(*plan.entity);
  if (number < 0 || number >= static_cast<int>(shape.blockers(kind).size()))
    return Internal("a reference forbids the change, but it is not known");
  const sql::CascadeEdge& edge = shape.blockers(kind)[number];
  const catalogue::Column& column = edge.entity->columns[edge.column];
  if (kind == sql::CascadeKind::kSoftDelete) {
    return ReferenceViolation(edge.entity->full_name, column.reference->constraint, "", edge.parent->full_name);
  }
  return ParentIsDeleted(edge.entity->full_name, column.reference->constraint, column.field->name(),
                         edge.parent->full_name);
}

absl::Status NameDependent(const plan::MethodPlan& plan, const absl::Status& error) {
  if (!absl::IsAlreadyExists(error)) return error;
  const std::string constraint = ErrorMetadataValue(error, "constraint");
  for (const sql::CascadeNode& node : sql::ShapeOfCascade(*plan.entity).nodes) {
    const std::vector<std::string> fields = KeyFields(*node.entity, constraint);
    if (!fields.empty()) return AlreadyExists(node.entity->full_name, constraint, fields);
  }
  return error;
}

}  // namespace

absl::StatusOr<db::Rows> CascadeResult(const plan::MethodPlan& plan, const sql::Statement& statement,
                                       absl::StatusOr<db::Rows> rows) {
  if (statement.blocker_cell < 0) return rows;
  if (!rows.ok()) return NameDependent(plan, rows.status());
  if (absl::Status status = CheckNotRefused(plan, statement, *rows); !status.ok()) return status;
  return rows;
}

}  // namespace rowkeeper::exec
