#include "server/schema/diff/declared_model.h"

#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/schema_facts.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;
using DeclaredFacts = std::map<const Entity*, TableFacts>;

constexpr char kTemporary[] = "pg_temp";
constexpr int kSavepoint = 1;

/// Renames to names that nothing has first: names may have gone round.
std::vector<std::string> RenameToLiveNames(const TablePair& pair, const Entity& temporary) {
  std::vector<std::string> away, back;
  for (size_t i = 0; i < pair.columns.size(); ++i) {
    const std::string& name = temporary.columns[i].name;
    if (pair.columns[i] == nullptr || pair.columns[i]->name == name) continue;
    const std::string between = Cat("rowkeeper:", i);
    away.push_back(sql::RenameColumn(sql::Table(temporary), name, between));
    back.push_back(sql::RenameColumn(sql::Table(temporary), between, pair.columns[i]->name));
  }
  away.insert(away.end(), back.begin(), back.end());
  return away;
}

void AppendNew(const std::vector<std::string>& more, std::set<std::string>* seen, std::vector<std::string>* all) {
  for (const std::string& statement : more) {
    if (seen->insert(statement).second) all->push_back(statement);
  }
}

absl::Status NeedsTemporary(const absl::Status& status) {
  return WithMessage(status,
                     Cat(std::string(status.message()),
                         "\nThe declared tables are made as temporary ones, to be compared, and are rolled back. "
                         "If that is refused: GRANT TEMPORARY ON DATABASE ... TO ..."));
}

/// The entities of one schema, whose tables and types therefore have different names.
class TemporaryTables {
 public:
  TemporaryTables(std::vector<const TablePair*> pairs, db::Connection& connection)
      : pairs_(std::move(pairs)), connection_(connection) {}

  absl::Status ReadInto(DeclaredFacts* facts) {
    if (absl::Status status = Run(sql::Savepoint(kSavepoint)); !status.ok()) return status;
    absl::Status status = Make();
    if (status.code() == absl::StatusCode::kPermissionDenied) status = NeedsTemporary(status);
    if (status.ok()) status = Read(facts);
    const absl::Status undone = Run(sql::RollbackToSavepoint(kSavepoint));  // and with it the search_path
    return status.ok() ? undone : status;
  }

 private:
  absl::Status Run(const std::string& text) { return connection_.ExecuteScript(text, nullptr); }

  absl::Status Make() {
    std::set<std::string> types;
    std::vector<std::string> statements = {sql::PutFirstInSearchPath(pairs_.front()->entity->schema)}, tables;
    for (const TablePair* pair : pairs_) {
      Entity temporary = *pair->entity;
      temporary.schema = kTemporary;
      AppendNew(sql::CreateTypes(temporary), &types, &statements);
      for (std::string& statement : sql::CreateTable(temporary)) tables.push_back(std::move(statement));
      for (std::string& statement : RenameToLiveNames(*pair, temporary)) tables.push_back(std::move(statement));
    }
    statements.insert(statements.end(), tables.begin(), tables.end());
    return Run(absl::StrJoin(statements, ";\n"));
  }

  absl::Status Read(DeclaredFacts* facts) {
    auto relations = ReadRelations({}, connection_);
    if (!relations.ok()) return relations.status();
    std::map<std::string, const Entity*> by_name;
    for (const TablePair* pair : pairs_) by_name[pair->entity->table] = pair->entity;
    std::vector<TableFacts*> tables;
    for (TableFacts& table : *relations) {
      if (!HasPrefix(table.schema, "pg_temp") || by_name.count(table.name) == 0) continue;
      TableFacts& kept = (*facts)[by_name[table.name]];
      kept = std::move(table);
      tables.push_back(&kept);
    }
    return ReadParts(tables, connection_);
  }

  const std::vector<const TablePair*> pairs_;
  db::Connection& connection_;
};

}  // namespace

absl::StatusOr<DeclaredFacts> ReadDeclared(const std::vector<TablePair>& pairs, db::Connection& connection) {
  std::map<std::string, std::vector<const TablePair*>> schemas;
  for (const TablePair& pair : pairs) {
    if (!pair.undecided) schemas[pair.entity->schema].push_back(&pair);
  }
  DeclaredFacts facts;
  for (auto& [schema, group] : schemas) {
    if (absl::Status status = TemporaryTables(group, connection).ReadInto(&facts); !status.ok()) return status;
  }
  return facts;
}

}  // namespace rowkeeper::schema
