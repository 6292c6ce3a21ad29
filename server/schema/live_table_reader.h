#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/schema/live_schema.h"
#include "server/sql/introspect.h"
#include "server/sql/live_names.h"

namespace rowkeeper::schema {

/// Reads what PostgreSQL's catalogs say of the entities' tables, which have the positions of their entities in the
/// catalogue. Immutable. The catalogue must outlive it.
class LiveTableReader {
 public:
  explicit LiveTableReader(const catalogue::Catalogue& catalogue);

  const std::vector<int>& all() const { return all_.positions; }
  const std::vector<sql::WantedTable>& tables() const { return all_.tables; }
  const catalogue::Entity& entity(int position) const { return *entities_[position]; }

  /// The tables at `positions`, in that order, told in declared names by what `names` says. A handful of queries,
  /// however many tables. They wait for who has one of the tables locked. Errors: those of db::Connection::Execute.
  absl::StatusOr<std::vector<LiveTable>> Read(const std::vector<int>& positions, const sql::LiveNames& names,
                                              db::Connection& connection) const;

 private:
  std::vector<const catalogue::Entity*> entities_;
  sql::TableChoice all_;
};

}  // namespace rowkeeper::schema
