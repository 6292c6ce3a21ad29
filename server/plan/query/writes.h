#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "server/plan/query/query_plan.h"

namespace rowkeeper::plan {

// What the statements in a custom query's parse tree write.

/// A common table expression that stores rows of an entity.
struct WritingCte {
  std::string name;
  /// Where the name stands: bytes in the text that was parsed.
  size_t position = 0;
  QueryWrite write;
  /// Some part of the statement takes all its columns, whatever they are: by `*`, as a whole row, or in a natural join.
  /// It may be said of one that takes all columns of something else.
  bool columns_are_counted_on = false;
};

/// The entity that a RangeVar names; nullptr when it is none.
const catalogue::Entity* FindEntity(const catalogue::Catalogue& catalogue, const nlohmann::json& range_var);

/// Whether some statement in `part` inserts, updates or deletes.
bool ChangesRows(const nlohmann::json& part);

/// What a statement of this type and with these fields stores at its top level.
QueryWrite ReadWrite(const catalogue::Catalogue& catalogue, const std::string& type, const nlohmann::json& fields);

/// What its common table expressions store.
std::vector<WritingCte> ReadWritingCtes(const catalogue::Catalogue& catalogue, const nlohmann::json& fields);

}  // namespace rowkeeper::plan
