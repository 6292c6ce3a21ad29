#include "server/schema/diff/table_comparison.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "server/base/text.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;
using sql::Identifier;

void RenameColumns(const TableComparison& table, SchemaDiff* diff) {
  for (size_t i = 0; i < table.entity.columns.size(); ++i) {
    const std::string& from = table.aligned.columns[i].name;
    const std::string& to = table.entity.columns[i].name;
    if (from == to) continue;
    diff->Add(StepKind::kRename, Cat("rename column ", Identifier(from), " of ", table.table(), " to ", Identifier(to)),
              {sql::RenameColumn(table.table(), from, to)}, {sql::RenameColumn(table.table(), to, from)});
  }
}

/// Runs last, for other statements name the table.
void RenameTable(const TableComparison& table, SchemaDiff* diff) {
  if (table.aligned.table == table.entity.table) return;
  diff->Add(StepKind::kRename, Cat("rename table ", table.table(), " to ", Identifier(table.entity.table)),
            {sql::RenameTable(table.table(), table.entity.table)},
            {sql::RenameTable(sql::Table(table.entity), table.aligned.table)});
}

void AdoptTable(const TableComparison& table, SchemaDiff* diff) {
  const std::string identity = sql::TableIdentity(table.entity);
  const std::string wanted = WithIdentity(identity, table.live.comment);
  if (table.live.comment == wanted) return;
  diff->Add(StepKind::kAdopt,
            Cat("note in a comment that ", table.table(), " is the table of ", table.entity.full_name),
            {sql::CommentOnTable(table.table(), wanted)}, {sql::CommentOnTable(table.table(), table.live.comment)});
}

}  // namespace

std::string TableComparison::table() const { return sql::Table(aligned); }

std::string TableComparison::index(const std::string& name) const {
  const bool elsewhere = std::any_of(names.begin(), names.end(), [&](const NameHolders::value_type& held) {
    return held.first.second == name && held.first.first != live.schema;
  });
  if (!elsewhere || !aligned.schema.empty()) return sql::InSchemaOf(aligned, name);
  return Cat(Identifier(live.schema), ".", Identifier(name));
}

bool TableComparison::is_dropped(const std::string& column) const {
  return std::any_of(pair.dropped.begin(), pair.dropped.end(),
                     [&](const ColumnFacts* facts) { return facts->name == column; });
}

absl::Status CompareTable(const TableComparison& table, SchemaDiff* diff) {
  AdoptTable(table, diff);
  RenameColumns(table, diff);
  RenameTable(table, diff);
  for (const std::string& trigger : table.live.triggers) {
    diff->left_alone.push_back(Cat("trigger ", Identifier(trigger), " of ", table.table()));
  }
  return absl::OkStatus();
}

void CreateMissingTables(const std::vector<TablePair>& pairs, const AlignedEntities& aligned,
                         const MethodIndexes& method_indexes, SchemaDiff* diff) {
  std::vector<const Entity*> missing;
  std::map<const Entity*, std::vector<catalogue::Index>> indexes;
  for (const TablePair& pair : pairs) {
    if (pair.live != nullptr || pair.undecided) continue;
    missing.push_back(&aligned.Of(*pair.entity));
    const auto needed = method_indexes.find(pair.entity);
    if (needed != method_indexes.end()) indexes[missing.back()] = needed->second;
  }
  for (const Entity* entity : sql::InReferenceOrder(missing)) {
    std::vector<std::string> made = sql::CreateTable(*entity);
    for (std::string& statement : sql::CreateUndeclaredIndexes(*entity, indexes[entity])) {
      made.push_back(std::move(statement));
    }
    diff->Add(StepKind::kChange, Cat("create table ", sql::Table(*entity)), made,
              {sql::DropTable(sql::Table(*entity))});
    const std::vector<std::string> references = sql::AddForeignKeys(*entity);
    if (references.empty()) continue;
    std::vector<std::string> drops;
    for (const catalogue::Column& column : entity->columns) {
      if (column.reference) drops.push_back(sql::DropConstraint(sql::Table(*entity), column.reference->constraint));
    }
    diff->Add(StepKind::kConstraints, Cat("add the foreign keys of ", sql::Table(*entity)), references, drops);
  }
}

absl::StatusOr<bool> HasViolation(const TableComparison& table, const std::string& condition) {
  const std::string text = sql::ViolationExistsQuery(table.table(), condition);
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(1);
  query.effect = db::Query::Effect::kRead;
  const auto rows = table.connection.Execute(query);
  if (!rows.ok()) return rows.status();
  return rows->size() == 1 && rows->cell(0, 0) == "t";
}

std::string ExistingType(const TableComparison& table, const ColumnFacts& column) {
  if (column.enum_type.empty()) return column.domain.empty() ? column.type : column.domain;
  return Cat(sql::InSchemaOf(table.aligned, column.enum_type), absl::EndsWith(column.type, "[]") ? "[]" : "");
}

bool IsOfNobody(const std::optional<std::string>& comment) {
  return comment && DeclaredBy::Read(*comment).identity == kOfNobody;
}

bool WasDeclared(const std::optional<std::string>& comment) {
  return comment && !DeclaredBy::Read(*comment).identity.empty() && !IsOfNobody(comment);
}

std::string WithIdentity(const std::string& identity, const std::optional<std::string>& comment) {
  if (!comment) return identity;
  const DeclaredBy declared = DeclaredBy::Read(*comment);
  if (Cat("proto:", declared.identity) == identity) return *comment;
  return declared.words.empty() ? identity : Cat(identity, " ", declared.words);
}

}  // namespace rowkeeper::schema
