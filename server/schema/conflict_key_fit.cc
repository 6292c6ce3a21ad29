#include "server/schema/conflict_key_fit.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Entity;
using catalogue::Operation;

bool LooksForRows(const catalogue::Method& method) {
  if (catalogue::ChangeOf(method.operation) == catalogue::Change::kUpsert) return true;
  const auto* batch = std::get_if<catalogue::BatchOptions>(&method.options);
  return method.operation == Operation::kImport && batch != nullptr && !batch->conflict_fields.empty();
}

/// The columns, in the order of their names, by which the method looks for rows.
std::multiset<std::string> ConflictColumns(const Entity& entity, const catalogue::Method& method) {
  std::multiset<std::string> names;
  const auto* batch = std::get_if<catalogue::BatchOptions>(&method.options);
  if (batch != nullptr) {
    for (const std::string& field : batch->conflict_fields) {
      const catalogue::Column* column = entity.FindField(field);
      if (column != nullptr) names.insert(column->name);
    }
  }
  if (names.empty()) {
    for (int column : entity.key) names.insert(entity.columns[column].name);
  }
  if (entity.tenant) names.insert(entity.columns[*entity.tenant].name);
  return names;
}

/// The columns in the order of the index.
std::string IdentifierList(const LiveTable& table, const LiveIndex& index) {
  return absl::StrJoin(index.terms, ", ", [&table](std::string* out, const LiveIndex::Term& term) {
    const LiveColumn* const column = table.FindColumn(term.column);
    out->append(sql::Identifier(column == nullptr ? term.column : column->live_name));
  });
}

}  // namespace

void CompareConflictKeys(const catalogue::Catalogue& catalogue, const LiveSchema& live, FitReport* report) {
  std::set<std::pair<const Entity*, std::string>> told;
  for (const catalogue::Repository& repository : catalogue.repositories()) {
    const Entity& entity = *repository.entity;
    for (const catalogue::Method& method : repository.methods) {
      if (!LooksForRows(method)) continue;
      const std::multiset<std::string> wanted = ConflictColumns(entity, method);
      for (const LiveIndex& index : live.Of(entity).indexes) {
        std::multiset<std::string> found;
        for (const LiveIndex::Term& term : index.terms) found.insert(term.column);
        if (!index.unique || !index.deferrable || found != wanted || !told.insert({&entity, index.name}).second)
          continue;
        const std::string name = sql::Identifier(index.name), table = sql::Table(entity);
        Mismatch mismatch{
            entity.full_name,
            "",
            entity.table,
            "",
            absl::StrCat("table ", table, " has the deferrable key ", name, ", by which ", method.descriptor->name(),
                         " looks for rows, but PostgreSQL has no ON CONFLICT for deferrable keys; name the fields of "
                         "another key with conflict_fields, or run: ALTER TABLE ",
                         table, " DROP CONSTRAINT ", name, ", ADD CONSTRAINT ", name,
                         index.primary ? " PRIMARY KEY (" : " UNIQUE (", IdentifierList(live.Of(entity), index),
                         ") (foreign keys that reference it have to be dropped first)"),
            Breaks::kUpserted};
        mismatch.key.assign(wanted.begin(), wanted.end());
        report->Add(std::move(mismatch));
      }
    }
  }
}

}  // namespace rowkeeper::schema
