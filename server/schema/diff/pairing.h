#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "server/schema/diff/schema_model.h"
#include "server/schema/diff/steps.h"

namespace rowkeeper::schema {

/// An entity and its table: by the message's name in the table's comment, or else by the table's name; its columns by
/// the fields' numbers in their comments, or else by name. Declared former names count where the present one is not
/// found.
struct TablePair {
  const catalogue::Entity* entity = nullptr;
  /// nullptr: there is no such table yet.
  TableFacts* live = nullptr;
  /// For each column of the entity; nullptr: there is no such column yet.
  std::vector<const ColumnFacts*> columns;
  /// Columns of reserved fields.
  std::vector<const ColumnFacts*> dropped;
  /// Columns that nobody declared.
  std::vector<const ColumnFacts*> undeclared;
  /// A question about the table keeps it from being compared.
  bool undecided = false;
};

struct PairedTables {
  std::vector<TablePair> pairs;
  /// Tables of entities that are marked as dropped.
  std::vector<TableFacts*> dropped;
};

/// Pairs tables alone. `relations` must outlive the pairs. Adds questions, and what nobody declared.
PairedTables PairTables(const catalogue::Catalogue& catalogue, std::vector<TableFacts>* relations, SchemaDiff* diff);

/// How the file's author would name the live table.
std::string LiveName(const catalogue::Entity& entity, const TableFacts& table);

/// Pairs the columns of a pair whose table's parts were read.
void PairColumns(TablePair* pair, SchemaDiff* diff);

/// Copies of a catalogue's entities with the names that the database has for their tables and columns, where it has
/// them. Constraints and indexes have their declared names.
class AlignedEntities {
 public:
  explicit AlignedEntities(const std::vector<TablePair>& pairs);

  const catalogue::Entity& Of(const catalogue::Entity& entity) const { return *copies_.at(&entity); }

 private:
  std::map<const catalogue::Entity*, std::unique_ptr<catalogue::Entity>> copies_;
};

}  // namespace rowkeeper::schema
