#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/statement_name.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/db/current_names.h"
#include "server/schema/live_schema.h"
#include "server/schema/live_table_reader.h"

namespace rowkeeper::schema {

/// Keeps what is known of the live tables up to date by probes. A probe compares the version of each table, which waits
/// for no lock on one, and reads only the tables that have changed. A table that cannot be read now, because it is
/// locked or changes meanwhile, stays as it was known, and the next probe tries again. Used by one thread at a time.
class SchemaWatch {
 public:
  /// A table that was not read though it has changed, or never was.
  struct Behind {
    const catalogue::Entity* entity = nullptr;
    /// One line for the log: what it waits for.
    std::string why;
  };

  /// All outlive this object. `names` learns what tables and columns are called, whenever a probe finds that anything
  /// has changed; of the same catalogue.
  SchemaWatch(const catalogue::Catalogue& catalogue, db::CurrentNames* names, const Clock& clock);

  /// Probes once, in short transactions over `connection`, whose lock_timeout should be short. A table at a time that
  /// cannot be read is no error: see behind(). Errors: those of db::Connection::Execute, when not even the versions
  /// could be compared; then all stays as it was known.
  absl::Status Probe(db::Connection& connection);

  /// What is known.
  const LiveSchema& tables() const { return tables_; }
  /// Changes when `tables` does.
  uint64_t revision() const { return revision_; }
  /// After the last probe.
  const std::vector<Behind>& behind() const { return behind_; }
  /// The last probe stopped to let others have their turn, not because of a table: the next should follow at once.
  bool has_more() const { return has_more_; }
  /// How many tables were read since the start.
  uint64_t tables_read() const { return tables_read_; }

 private:
  struct Read;

  absl::Status ReadNames(db::Connection& connection);
  /// Has the tables read anew whose references are known in words that the tables they reference may have no more:
  /// those whose names are not what they were, or whose versions are not `versions`. Their own versions do not change
  /// then.
  void DropOldReferences(const sql::LiveNames& before, const std::vector<std::string>& versions);
  absl::StatusOr<std::vector<std::string>> ReadVersions(db::Connection& connection) const;
  /// Takes the tables that somebody has locked out of `positions`.
  absl::Status SetLockedAside(db::Connection& connection, std::vector<int>* positions);
  /// Reads what it can of them, in halves where they cannot be read together.
  absl::Status ReadTables(db::Connection& connection, const std::vector<int>& positions, Read* read);
  /// Takes over the tables that did not change while they were read.
  absl::Status Learn(db::Connection& connection, const std::vector<std::string>& versions, Read read);
  void FallBehind(int position, std::string why);

  const Clock& clock_;
  db::CurrentNames& names_;
  /// Of the names that the last probe read or found; nullopt: it has to read them.
  std::optional<uint64_t> names_seen_;
  const LiveTableReader reader_;
  const std::string versions_query_;
  const StatementName versions_name_;
  LiveSchema tables_;
  /// Of the tables as they are known; empty: not known.
  std::vector<std::string> versions_;
  /// At which the tables that reference them were to be read anew.
  std::vector<std::string> referenced_at_;
  std::vector<Behind> behind_;
  bool has_more_ = false;
  uint64_t revision_ = 0;
  uint64_t tables_read_ = 0;
};

}  // namespace rowkeeper::schema
