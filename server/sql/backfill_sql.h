#pragma once

#include <string>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// A change of many rows of one table, for a data migration.
struct Backfill {
  const catalogue::Entity* entity = nullptr;
  /// The operator's own SQL: `status = 'OPEN', notes = NULL`.
  std::string assignments;
  /// The operator's own SQL; empty: all rows.
  std::string condition;
  /// Rows of one transaction. Range 1 to 1000000.
  int batch_rows = 1000;
  /// updated_at and version of the rows.
  enum class Stamps { kSet, kLeft } stamps = Stamps::kSet;
};

/// One statement, without a semicolon, that changes the rows in the order of the key, each batch in a transaction of
/// its own, so that no lock is held for long. To be run outside a transaction. It works
/// in any migration tool. After an interruption it may be run again: what is done is done, and `condition` decides
/// what is done twice. It ends at the greatest key that is there when it begins, so that it ends however many rows
/// come: those are not its concern, and whoever writes them must write what is wanted. Pure.
std::string BackfillStatement(const Backfill& backfill);

}  // namespace rowkeeper::sql
