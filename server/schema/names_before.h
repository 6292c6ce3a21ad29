#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "server/schema/lint/effect.h"

/// Names of tables, "name" or "schema.name" without quotes, while a file renames them. Pure, but for NamesBefore, which
/// one thread uses.
namespace rowkeeper::schema {

/// "name" of both.
std::string_view WithoutSchema(std::string_view table);
/// Where only one of both has a schema, it is taken to be the same.
bool MayBeSameTable(std::string_view a, std::string_view b);
/// "name" and "public.name" are one table in nearly every database.
bool IsSameTable(std::string_view a, std::string_view b);
/// `table` by another name; the schema stays.
std::string RenamedTable(std::string_view table, std::string_view name);

/// The name of the view, sequence or other relation that a statement, given as one of pgtext::Parse's trees,
/// makes, renames or moves to another schema; of tables only what is moved. Empty: none. Indexes are left out.
std::string RelationThatComes(const nlohmann::json& tree);

/// What was called how before a file, of which the statements up to here have been noted.
class NamesBefore {
 public:
  struct Name {
    std::string table;
    std::string column;
    /// Otherwise it may also be the name that was asked for: the schema is written only here or there, or a statement
    /// has IF EXISTS.
    bool sure = true;
  };

  /// `column` may be empty.
  Name Of(const std::string& table, const std::string& column) const;
  void Note(const Effect& effect);

 private:
  struct Table {
    std::string now;
    std::string before;
    bool sure = true;
  };
  struct Column {
    /// By the name that it had.
    std::string table;
    std::string now;
    std::string before;
    bool sure = true;
  };

  void NoteTable(const Effect& effect, const Name& before);
  void NoteColumn(const Effect& effect, const Name& before);

  std::vector<Table> tables_;
  std::vector<Column> columns_;
};

}  // namespace rowkeeper::schema
