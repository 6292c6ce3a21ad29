#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "server/schema/departures.h"

/// What servers find under another name than they declare: tables by the messages and columns by the numbers in their
/// comments, as sql/live_names.h and sql/introspect.h say. Immutable, pure.
namespace rowkeeper::schema {

/// A table of the database, or another relation that has such a name.
struct MarkedTable {
  /// "schema.name", without quotes.
  std::string name;
  /// Full name of the message in its comment; empty: none.
  std::string message;
  /// By the names of its columns; see sql::DeclaredBy. Empty where their comments have none.
  std::map<std::string, std::string> identities;
};

class MarkedTables {
 public:
  explicit MarkedTables(std::vector<MarkedTable> tables = {});

  /// Those that may be called so, "name" or "schema.name".
  std::vector<const MarkedTable*> Called(std::string_view name) const;
  std::vector<const MarkedTable*> OfMessage(const std::string& message) const;

 private:
  std::vector<MarkedTable> tables_;
  /// Positions in tables_. Without schemas.
  std::multimap<std::string, size_t, std::less<>> by_name_;
  std::multimap<std::string, size_t> by_message_;
};

/// What one server follows.
class FollowedNames {
 public:
  /// `use` is what the server has declared (see DeclaredUse); what cannot be read of it is left out. `marked` are the
  /// tables before the departures, and outlive this object.
  FollowedNames(const nlohmann::json& use, const MarkedTables& marked);

  /// Whether the server finds what departure.renamed says under its new name. Then each message that it has of the
  /// table is the one in the comment of that table, which no other table's comment names; nothing else is called like
  /// the table in another schema; of a column the number is that of no other column; and the file changes none of that.
  bool Finds(const Departure& departure) const;
  /// What the server calls that which the departure is about, for each of its tables that is found by its message.
  std::vector<Departure> AsDeclared(const Departure& departure) const;
  /// IsOfNames: whether the server finds something now, and would find nothing any more, or something else.
  bool Loses(const Departure& departure) const;

 private:
  struct Message {
    std::string table;
    /// Names of columns by the numbers of their fields.
    std::map<std::string, std::string> columns;
  };

  const Message* Find(const std::string& message) const;
  bool HasFollowed(const Message& message, const MarkedTable& table) const;
  bool LosesTableName(const Departure& departure) const;
  bool LosesTableComment(const Departure& departure) const;
  bool LosesColumn(const Message& message, const MarkedTable& table, const Departure& departure) const;

  const MarkedTables& marked_;
  std::map<std::string, Message> messages_;
  /// Names of messages by the names of their tables, without schemas.
  std::multimap<std::string, std::string, std::less<>> by_table_;
};

}  // namespace rowkeeper::schema
