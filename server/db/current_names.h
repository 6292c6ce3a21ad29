#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/catalogue/catalogue.h"
#include "server/db/rows.h"
#include "server/sql/introspect.h"
#include "server/sql/live_names.h"

namespace rowkeeper::db {

class Connection;

/// What the tables and columns of a catalogue are called in the database, as it was last heard. Thread-safe.
class CurrentNames {
 public:
  struct Snapshot {
    /// Never null.
    std::shared_ptr<const sql::LiveNames> names;
    /// Greater with each change of the names; 0 for the declared ones, before any change.
    uint64_t revision = 0;
  };

  /// The declared ones, until something else is heard. `catalogue` outlives this object.
  explicit CurrentNames(const catalogue::Catalogue& catalogue);

  /// What the database is asked: a read without parameters that waits for no lock on a table, with rows of
  /// sql::kLiveNamesColumns.
  const std::string& query() const { return query_; }
  /// Takes over what it answered.
  void Learn(const Rows& answer);
  /// Asks and learns. Errors: those of Connection::Execute.
  absl::Status Read(Connection& connection);

  Snapshot Get() const;
  /// Takes no lock.
  uint64_t revision() const { return revision_.load(std::memory_order_acquire); }
  /// The entity whose table is called so; nullptr: none.
  const catalogue::Entity* FindEntity(const sql::LiveNames& names, std::string_view schema,
                                      std::string_view table) const;

 private:
  std::vector<const catalogue::Entity*> entities_;
  const std::string query_;
  mutable absl::Mutex mutex_;
  Snapshot current_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> revision_{0};
};

}  // namespace rowkeeper::db
