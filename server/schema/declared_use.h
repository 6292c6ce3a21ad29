#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "server/catalogue/catalogue.h"
#include "server/schema/departures.h"
#include "server/schema/followed_names.h"

namespace rowkeeper::schema {

/// How often a server says that it is up, and for how long it is believed.
inline constexpr std::chrono::seconds kServerBeat{4};
inline constexpr std::chrono::seconds kServerAge{20};

/// The longest text that a server writes, and that is read.
inline constexpr size_t kMostDeclaredBytes = size_t{1} << 20;

/// In the place of declarations: whoever says it counts on all that there is.
inline constexpr char kUsesEverything[] = "everything";

/// What a server that serves `catalogue` uses of the database, as it says in the table of servers: its tables with
/// their columns, whether these may hold NULL or have a default and of which type they are; which messages and fields
/// these are, by which it finds what is renamed, unless the catalogue has tenants; and the words of its custom queries.
/// {"tables": {"todos": {"id": {"default": true, "null": false, "type": "bigint"}}},
/// "messages": {"shop.v1.Todo": {"table": "todos", "fields": {"1": "id"}}}, "queries": [["id", "select", "todos"]]}
nlohmann::json DeclaredUse(const catalogue::Catalogue& catalogue);

/// What one server relies on. Immutable; points into its arguments.
class Reliance {
 public:
  /// `use` is what the server has declared. `marked` are the tables as they are before the departures.
  Reliance(const nlohmann::json& use, const MarkedTables& marked);

  /// Where only one of both names a table's schema, it is taken to be the same. A custom query relies on the tables
  /// that it names and, of those, on the columns that it names. Whoever says what cannot be read, or kUsesEverything,
  /// relies on all but names and comments.
  bool On(const Departure& departure) const;

 private:
  /// Null: what it says cannot be read.
  const nlohmann::json* tables_ = nullptr;
  const nlohmann::json* queries_ = nullptr;
  const FollowedNames followed_;
};

}  // namespace rowkeeper::schema
