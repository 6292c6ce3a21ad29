#include "server/schema/diff/schema_diff.h"

#include <algorithm>
#include <set>

#include "server/base/text.h"
#include "server/schema/diff/declared_model.h"
#include "server/schema/diff/pairing.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/ddl_change.h"
#include "server/sql/idempotency_sql.h"
#include "server/sql/identifier.h"
#include "server/sql/migration_sql.h"
#include "server/sql/schema_facts.h"
#include "server/sql/servers_sql.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;

std::vector<std::string> SchemasOf(const catalogue::Catalogue& catalogue) {
  std::set<std::string> schemas;
  for (const auto& entity : catalogue.entities()) {
    if (!entity->schema.empty()) schemas.insert(entity->schema);
  }
  return {schemas.begin(), schemas.end()};
}

/// Reads both sides and compares them, within a transaction.
class SchemaComparison {
 public:
  SchemaComparison(const catalogue::Catalogue& catalogue, const DiffOptions& options, db::Connection& connection)
      : catalogue_(catalogue), options_(options), connection_(connection), schemas_(SchemasOf(catalogue)) {}

  absl::StatusOr<SchemaDiff> Run() {
    absl::Status status = ReadLive();
    if (status.ok()) status = CreateMissingSchemas();
    if (!status.ok()) return status;
    auto declared = ReadDeclared(pairs_, connection_);
    if (!declared.ok()) return declared.status();
    const AlignedEntities aligned(pairs_);
    CompareEnumTypes(pairs_, enums_, &diff_);
    CreateMissingTables(pairs_, aligned, options_.method_indexes, &diff_);
    std::map<std::string, const Entity*> by_oid;
    for (const TablePair& pair : pairs_) {
      if (pair.live != nullptr) by_oid[pair.live->oid] = &aligned.Of(*pair.entity);
    }
    for (const TablePair& pair : pairs_) {
      if (pair.live == nullptr || pair.undecided) continue;
      const TableComparison table{*pair.entity, aligned.Of(*pair.entity),  pair,
                                  *pair.live,   declared->at(pair.entity), by_oid,
                                  names_,       options_.retype,           connection_};
      status = Compare(table);
      if (!status.ok()) return status;
    }
    DropMarkedTables(dropped_, &diff_);
    return std::move(diff_);
  }

 private:
  bool IsOurs(const TableFacts& table) const {
    const sql::TableName history = sql::ParseTableName(options_.history_table);
    const bool of_history = table.name == history.name && (history.schema.empty() || history.schema == table.schema);
    return of_history || table.name == sql::kIdempotencyKeysTable || table.name == sql::kServersTable;
  }

  absl::Status ReadLive() {
    auto relations = ReadRelations(schemas_, connection_);
    if (!relations.ok()) return relations.status();
    relations_ = *std::move(relations);
    relations_.erase(
        std::remove_if(relations_.begin(), relations_.end(), [this](const TableFacts& table) { return IsOurs(table); }),
        relations_.end());
    auto names = ReadNameHolders(schemas_, connection_);
    if (!names.ok()) return names.status();
    names_ = *std::move(names);
    auto enums = ReadEnumTypes(schemas_, connection_);
    if (!enums.ok()) return enums.status();
    enums_ = *std::move(enums);
    PairedTables paired = PairTables(catalogue_, &relations_, &diff_);
    pairs_ = std::move(paired.pairs);
    dropped_ = std::move(paired.dropped);
    std::map<std::string, std::vector<TableFacts*>> by_schema;
    by_schema[""] = dropped_;
    for (TablePair& pair : pairs_) {
      if (pair.live != nullptr && !pair.undecided) by_schema[pair.entity->schema].push_back(pair.live);
    }
    for (auto& [schema, tables] : by_schema) {
      if (absl::Status status = ReadPartsIn(schema, tables); !status.ok()) return status;
    }
    for (TablePair& pair : pairs_) {
      if (pair.live != nullptr && !pair.undecided) PairColumns(&pair, &diff_);
    }
    return absl::OkStatus();
  }

  /// With the schema before all others, as the declared tables are read.
  absl::Status ReadPartsIn(const std::string& schema, const std::vector<TableFacts*>& tables) {
    absl::Status status = connection_.ExecuteScript(sql::Savepoint(1), nullptr);
    if (status.ok()) status = connection_.ExecuteScript(sql::PutFirstInSearchPath(schema), nullptr);
    if (status.ok()) status = ReadParts(tables, connection_);
    const absl::Status undone = connection_.ExecuteScript(sql::RollbackToSavepoint(1), nullptr);
    return status.ok() ? undone : status;
  }

  absl::Status CreateMissingSchemas() {
    if (schemas_.empty()) return absl::OkStatus();
    const std::string text = sql::MissingSchemasQuery(schemas_);
    db::Query query;
    query.text = text;
    query.result = ResultShape::Columns(1);
    query.effect = db::Query::Effect::kRead;
    const auto rows = connection_.Execute(query);
    if (!rows.ok()) return rows.status();
    for (int row = 0; row < rows->size(); ++row) {
      const std::string schema(rows->cell(row, 0));
      diff_.Add(StepKind::kChange, Cat("create the schema ", sql::Identifier(schema)), {sql::CreateSchema(schema)},
                {sql::DropSchema(schema)});
    }
    return absl::OkStatus();
  }

  /// The table's own name comes last: what else is renamed names it.
  absl::Status Compare(const TableComparison& table) {
    for (const auto compare : {CompareColumns, CompareChecks, CompareForeignKeys, CompareIndexes, CompareTable}) {
      if (absl::Status status = compare(table, &diff_); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const catalogue::Catalogue& catalogue_;
  const DiffOptions& options_;
  db::Connection& connection_;
  const std::vector<std::string> schemas_;
  std::vector<TableFacts> relations_;
  NameHolders names_;
  std::vector<EnumFacts> enums_;
  std::vector<TablePair> pairs_;
  std::vector<TableFacts*> dropped_;
  SchemaDiff diff_;
};

}  // namespace

absl::StatusOr<SchemaDiff> DiffSchema(const catalogue::Catalogue& catalogue, const DiffOptions& options,
                                      db::Connection& connection) {
  if (absl::Status status = connection.ExecuteScript(sql::Begin(), nullptr); !status.ok()) return status;
  absl::StatusOr<SchemaDiff> diff = SchemaComparison(catalogue, options, connection).Run();
  const std::string rollback = sql::Rollback();
  db::Query query;
  query.text = rollback;
  query.effect = db::Query::Effect::kRead;
  const auto undone = connection.Execute(query);
  if (diff.ok() && !undone.ok()) return undone.status();
  return diff;
}

}  // namespace rowkeeper::schema
