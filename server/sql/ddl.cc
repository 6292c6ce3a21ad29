#include "server/sql/ddl.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "server/sql/clauses.h"
#include "server/sql/column_definition.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Entity;
using Statements = std::vector<std::string>;

void Append(const Statements& more, Statements* statements) {
  statements->insert(statements->end(), more.begin(), more.end());
}

std::string BracketedColumns(const Entity& entity, const std::vector<int>& columns) {
  return absl::StrCat("(", ColumnList(entity, columns), ")");
}

std::string Constraint(const std::string& name, const std::string& definition) {
  return absl::StrCat("CONSTRAINT ", Identifier(name), " ", definition);
}

std::string PrimaryKey(const Entity& entity) {
  std::string columns = entity.internal_id.empty() ? BracketedColumns(entity, entity.InTable(entity.key))
                                                   : "(" + Identifier(entity.internal_id) + ")";
  return Constraint(entity.primary_key_name, "PRIMARY KEY " + columns);
}

/// Columns and constraints, one for each line of CREATE TABLE.
std::vector<std::string> TableParts(const Entity& entity) {
  std::vector<std::string> parts;
  if (!entity.internal_id.empty()) {
    parts.push_back(Identifier(entity.internal_id) + " bigint GENERATED ALWAYS AS IDENTITY");
  }
  for (const Column& column : entity.columns) parts.push_back(ColumnDefinition(entity, column));
  parts.push_back(PrimaryKey(entity));
  for (const catalogue::UniqueKey& key : entity.unique_keys) {
    if (!key.live_only)
      parts.push_back(Constraint(key.name, "UNIQUE " + BracketedColumns(entity, entity.InTable(key.columns))));
  }
  for (const catalogue::Check& check : entity.checks) {
    parts.push_back(Constraint(check.name, absl::StrCat("CHECK (", CheckExpression(entity, check), ")")));
  }
  return parts;
}

std::string LiveUniqueIndex(const Entity& entity, const catalogue::UniqueKey& key) {
  return absl::StrCat("CREATE UNIQUE INDEX ", Identifier(key.name), " ON ", Table(entity), " ",
                      BracketedColumns(entity, entity.InTable(key.columns)), " WHERE ", LivePredicate(entity));
}

std::string Indexed(const Entity& entity, const std::vector<catalogue::IndexTerm>& terms) {
  auto append_term = [&](std::string* out, const catalogue::IndexTerm& term) {
    absl::StrAppend(out, ColumnName(entity.columns[term.column]), term.descending ? " DESC" : "");
  };
  return absl::StrCat("(", absl::StrJoin(terms, ", ", append_term), ")");
}

std::string CreateIndex(const Entity& entity, const catalogue::Index& index) {
  std::string where = index.live_only ? LivePredicate(entity) : index.where;
  return absl::StrCat("CREATE ", index.unique ? "UNIQUE " : "", "INDEX ", Identifier(index.name), " ON ", Table(entity),
                      index.method == "btree" ? "" : absl::StrCat(" USING ", Identifier(index.method)), " ",
                      Indexed(entity, index.terms), where.empty() ? "" : absl::StrCat(" WHERE ", where));
}

/// Who declared the table and its parts.
Statements Comments(const Entity& entity) {
  const std::string table = Table(entity), identity = TableIdentity(entity);
  Statements statements = {CommentOnTable(table, identity)};
  for (const Column& column : entity.columns) {
    statements.push_back(CommentOnColumn(table, column.name, ColumnIdentity(column)));
  }
  for (const catalogue::UniqueKey& key : entity.unique_keys) {
    statements.push_back(key.live_only ? CommentOnIndex(InSchemaOf(entity, key.name), identity)
                                       : CommentOnConstraint(table, key.name, identity));
  }
  for (const catalogue::Index& index : entity.indexes) {
    statements.push_back(CommentOnIndex(InSchemaOf(entity, index.name), identity));
  }
  for (const catalogue::Check& check : entity.checks) {
    statements.push_back(CommentOnConstraint(table, check.name, identity));
  }
  return statements;
}

/// `column`: of a foreign key that has the tenant's, too, which stays; empty for others.
std::string OnDeleteClause(catalogue::OnDelete on_delete, const std::string& column) {
  switch (on_delete) {
    case catalogue::OnDelete::kRestrict:
      return "";
    case catalogue::OnDelete::kCascade:
      return " ON DELETE CASCADE";
    case catalogue::OnDelete::kSetNull:
      return absl::StrCat(" ON DELETE SET NULL", column.empty() ? "" : absl::StrCat(" (", column, ")"));
  }
  return "";
}

std::string DropForeignKey(const Entity& entity, const catalogue::Reference& reference) {
  return absl::StrCat("ALTER TABLE ", Table(entity), " DROP CONSTRAINT ", Identifier(reference.constraint));
}

std::set<std::string> NativeEnums(const Entity& entity) {
  std::set<std::string> names;
  for (const Column& column : entity.columns) {
    if (!column.type.native_enum.empty()) names.insert(column.type.native_enum);
  }
  return names;
}

Statements DropTypes(const Entity& entity) {
  Statements statements;
  for (const std::string& name : NativeEnums(entity)) statements.push_back(DropType(InSchemaOf(entity, name)));
  return statements;
}

/// Depth first: everything that `entity` references, then itself.
void Visit(const Entity* entity, const std::vector<const Entity*>& all, std::set<const Entity*>* seen,
           std::vector<const Entity*>* ordered) {
  if (!seen->insert(entity).second) return;
  for (const Column& column : entity->columns) {
    bool wanted = column.reference && std::find(all.begin(), all.end(), column.reference->entity) != all.end();
    if (wanted) Visit(column.reference->entity, all, seen, ordered);
  }
  ordered->push_back(entity);
}

/// Appends those of `more` that are not there yet: several entities may share a type.
void AppendNew(const Statements& more, Statements* statements) {
  for (const std::string& statement : more) {
    if (std::find(statements->begin(), statements->end(), statement) == statements->end()) {
      statements->push_back(statement);
    }
  }
}

}  // namespace

std::string ColumnIdentity(const Column& column) { return absl::StrCat("proto:", column.field->number()); }

std::string TableIdentity(const Entity& entity) { return absl::StrCat("proto:", entity.full_name); }

std::string ForeignKeyDefinition(const Entity& entity, const Column& column) {
  const Entity& target = *column.reference->entity;
  const std::string name = ColumnName(column);
  const std::string referenced = BracketedColumns(target, target.InTable({column.reference->column}));
  if (!target.tenant || !entity.tenant) {
    return absl::StrCat("FOREIGN KEY (", name, ") REFERENCES ", Table(target), " ", referenced,
                        OnDeleteClause(column.reference->on_delete, ""));
  }
  return absl::StrCat("FOREIGN KEY (", ColumnName(entity, *entity.tenant), ", ", name, ") REFERENCES ", Table(target),
                      " ", referenced, OnDeleteClause(column.reference->on_delete, name));
}

Statements CreateTypes(const Entity& entity) {
  Statements statements;
  for (const std::string& name : NativeEnums(entity)) {
    auto column = std::find_if(entity.columns.begin(), entity.columns.end(),
                               [&](const Column& c) { return c.type.native_enum == name; });
    std::vector<std::string> labels;
    for (const catalogue::EnumLabel& label : column->type.labels) labels.push_back(label.label);
    statements.push_back(CreateEnumType(InSchemaOf(entity, name), labels));
  }
  return statements;
}

Statements CreateTable(const Entity& entity) {
  Statements statements;
  statements.push_back(
      absl::StrCat("CREATE TABLE ", Table(entity), " (\n  ", absl::StrJoin(TableParts(entity), ",\n  "), "\n)"));
  for (const catalogue::UniqueKey& key : entity.unique_keys) {
    if (key.live_only) statements.push_back(LiveUniqueIndex(entity, key));
  }
  for (const catalogue::Index& index : entity.indexes) statements.push_back(CreateIndex(entity, index));
  Append(Comments(entity), &statements);
  return statements;
}

Statements CreateUndeclaredIndexes(const Entity& entity, const std::vector<catalogue::Index>& indexes) {
  Statements statements;
  for (const catalogue::Index& index : indexes) {
    statements.push_back(CreateIndex(entity, index));
    statements.push_back(CommentOnIndex(InSchemaOf(entity, index.name), "proto:none made for a method"));
  }
  return statements;
}

Statements AddForeignKeys(const Entity& entity) {
  Statements statements;
  for (const Column& column : entity.columns) {
    if (!column.reference) continue;
    const std::string& name = column.reference->constraint;
    statements.push_back(AddConstraint(Table(entity), name, ForeignKeyDefinition(entity, column)));
    statements.push_back(CommentOnConstraint(Table(entity), name, TableIdentity(entity)));
  }
  return statements;
}

std::string AddFullIndex(const Entity& entity, int column) {
  return absl::StrCat("CREATE INDEX CONCURRENTLY ON ", Table(entity), " ",
                      BracketedColumns(entity, entity.InTable({column})));
}

std::vector<const Entity*> InReferenceOrder(const std::vector<const Entity*>& entities) {
  std::set<const Entity*> seen;
  std::vector<const Entity*> ordered;
  for (const Entity* entity : entities) Visit(entity, entities, &seen, &ordered);
  return ordered;
}

Statements CreateTables(const std::vector<const Entity*>& entities) {
  Statements statements;
  std::vector<const Entity*> ordered = InReferenceOrder(entities);
  for (const Entity* entity : ordered) {
    if (!entity->schema.empty()) AppendNew({CreateSchema(entity->schema)}, &statements);
  }
  for (const Entity* entity : ordered) AppendNew(CreateTypes(*entity), &statements);
  for (const Entity* entity : ordered) Append(CreateTable(*entity), &statements);
  for (const Entity* entity : ordered) Append(AddForeignKeys(*entity), &statements);
  return statements;
}

Statements DropTables(const std::vector<const Entity*>& entities) {
  Statements statements;
  std::vector<const Entity*> ordered = InReferenceOrder(entities);
  std::reverse(ordered.begin(), ordered.end());
  for (const Entity* entity : ordered) {
    for (const Column& column : entity->columns) {
      if (column.reference) statements.push_back(DropForeignKey(*entity, *column.reference));
    }
  }
  for (const Entity* entity : ordered) statements.push_back(DropTable(Table(*entity)));
  for (const Entity* entity : ordered) AppendNew(DropTypes(*entity), &statements);
  return statements;
}

std::string AddUniqueKey(const Entity& entity, const catalogue::UniqueKey& key) {
  if (key.live_only) return LiveUniqueIndex(entity, key);
  return absl::StrCat("ALTER TABLE ", Table(entity), " ADD ",
                      Constraint(key.name, "UNIQUE " + BracketedColumns(entity, entity.InTable(key.columns))));
}

}  // namespace rowkeeper::sql
