#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/app/catalogue_generation.h"
#include "server/base/clock.h"
#include "server/db/connection.h"
#include "server/schema/declared_use.h"

namespace rowkeeper::app {

struct RegistrationStats {
  /// Whether the database had the table of servers when it was last asked.
  bool has_table = false;
  /// Whether the table says what this server uses, and was written so lately that it counts.
  bool registered = false;
  /// Times that it could not be written.
  uint64_t failures_total = 0;
};

/// Says in the table of servers, where there is one, that this server is up and what it uses of the schema, so that
/// `migrate up` takes nothing away from it. Catalogues count from the moment when they are first looked at, which is
/// before they are served, until the last call or unit of work that goes on with them is over. A server that has
/// stopped is forgotten by its age. Whether it can be said has no effect on what is served. Thread-safe.
class ServerRegistration {
 public:
  struct Options {
    /// Of this process.
    std::string id;
    /// host:port, for people.
    std::string address;
    std::string release;
    Clock* clock = nullptr;
    /// The longest text of declarations that is written; above it the server says that it uses everything.
    size_t most_declared_bytes = schema::kMostDeclaredBytes;
    /// Of each statement that writes; above 0.
    std::chrono::milliseconds statement_limit{1000};
  };
  explicit ServerRegistration(Options options) : options_(std::move(options)) {}

  /// It is served now, or soon, beside those that are still in use.
  void Add(const SharedGeneration& generation);
  /// Says so when it is due, or what is used has changed. What goes wrong is logged once. Waits for the database, for
  /// statement_limit with each statement that writes, so it is for the threads that watch that; calls `answered` after
  /// each. No transaction is open on `connection`, before and after.
  void Beat(db::Connection& connection, const std::function<void()>& answered);
  /// Never waits for the database.
  RegistrationStats stats() const;

 private:
  struct Use {
    std::string digest;
    std::string text;
  };
  /// Null before the first.
  std::shared_ptr<const Use> Used();
  /// Nothing where there is no table.
  absl::Status Say(db::Connection& connection, const Use& use, const std::function<void()>& answered);
  /// In a transaction.
  absl::Status Write(db::Connection& connection, const Use& use, const std::function<void()>& answered);
  void SetHasTable(bool has_table);
  void Count(const absl::Status& said);

  const Options options_;
  mutable absl::Mutex mutex_;
  std::vector<std::weak_ptr<const CatalogueGeneration>> generations_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Use> use_ ABSL_GUARDED_BY(mutex_);
  RegistrationStats stats_ ABSL_GUARDED_BY(mutex_);
  Clock::time_point said_at_ ABSL_GUARDED_BY(mutex_){};

  /// One at a time, from the moment when it looks at what is used.
  absl::Mutex beat_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  std::string tried_ ABSL_GUARDED_BY(beat_mutex_);
  Clock::time_point next_ ABSL_GUARDED_BY(beat_mutex_){};
  absl::Status problem_ ABSL_GUARDED_BY(beat_mutex_);
};

}  // namespace rowkeeper::app
