#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/query/writes.h"

namespace rowkeeper::plan {

/// A table with soft-deletable rows that a statement reads or changes without a word of the column that says which are
/// deleted.
struct BlindTable {
  const catalogue::Entity* entity = nullptr;
  /// What the statement calls it there.
  std::string alias;

  bool operator<(const BlindTable& other) const {
    return std::pair(entity->full_name, alias) < std::pair(other.entity->full_name, other.alias);
  }
};

/// What a statement's parse tree says of it.
struct QueryTree {
  enum class Kind { kSelect, kInsert, kUpdate, kDelete, kOther };
  Kind kind = Kind::kOther;
  /// SELECT … INTO, which makes a table.
  bool makes_table = false;
  /// Some part of it inserts, updates or deletes.
  bool changes_rows = false;
  /// FOR UPDATE and its kin.
  bool locks_rows = false;
  /// It calls a function of PostgreSQL that changes something: nextval, pg_notify, …
  bool has_effects = false;
  /// It has a result: a SELECT, or RETURNING.
  bool returns_rows = false;
  const catalogue::Entity* target = nullptr;
  QueryWrite write;
  std::vector<WritingCte> writing_ctes;
  std::set<std::string> functions;
  std::set<std::string> not_null;
  std::set<std::string> outer_joined;
  bool origins_mean_nothing = false;
  std::set<BlindTable> blind;
};

/// Reads the tree of one statement. `given[n - 1]` says that parameter $n is never NULL. Names are resolved as
/// PostgreSQL does, as far as the catalogue knows the tables; what it does not know may be NULL.
QueryTree ReadQueryTree(const nlohmann::json& statement, const catalogue::Catalogue& catalogue,
                        const std::vector<bool>& given);

}  // namespace rowkeeper::plan
