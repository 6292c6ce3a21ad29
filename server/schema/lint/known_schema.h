#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "server/schema/lint/effect.h"

namespace rowkeeper::schema {

/// What migrations, read in their order, tell of the schema that they make. Used by one thread.
class KnownSchema {
 public:
  /// From here on tables are those of another file.
  void BeginFile();
  void Note(const Effect& effect);

  /// Whether the file that is being read made this table or index: nobody else uses it yet.
  bool IsNew(const std::string& relation) const;
  /// As format_type() writes it; nullopt where no migration tells.
  std::optional<std::string> TypeOf(const std::string& table, const std::string& column) const;
  /// Whether a check that holds for all rows says so.
  bool IsProvenNotNull(const std::string& table, const std::string& column) const;

 private:
  struct Proof {
    std::string column;
    bool valid = false;
  };
  /// Of a table, by the names of its columns and checks.
  struct Table {
    std::map<std::string, std::string> types;
    std::map<std::string, Proof> proofs;
  };

  const Table* Find(const std::string& table) const;
  void RenameTable(const std::string& from, const std::string& name);
  void RenameColumn(Table* table, const std::string& from, const std::string& to);

  std::map<std::string, Table> tables_;
  std::set<std::string> new_relations_;
};

}  // namespace rowkeeper::schema
