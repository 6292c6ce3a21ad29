#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
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

  /// The turn to ask the database. One thread has it at a time, so that a rename which all connections meet at once
  /// costs a question or two, and not one for each.
  class Turn {
   public:
    enum class Wait {
      kForTwoSeconds,  ///< at most, for that of another thread; then asks at the same time
      kNot,
    };

    /// `names` outlives it.
    explicit Turn(CurrentNames* names, Wait wait = Wait::kForTwoSeconds);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// False: another thread has asked since this one began to wait, and what it heard is known; or it asks just now,
    /// and this one does not wait.
    bool needed() const { return needed_; }
    /// Takes over what the database answered. What it says of an older state than is known is dropped. Returns what is
    /// known then.
    Snapshot Learn(const Rows& answer);

   private:
    CurrentNames& names_;
    uint64_t question_ = 0;
    bool has_turn_ = false;
    bool needed_ = true;
  };

  /// The declared ones, until something else is heard. `keeps` keeps `catalogue`; null: that outlives this object.
  explicit CurrentNames(const catalogue::Catalogue& catalogue, std::shared_ptr<const void> keeps = nullptr);

  /// What the database is asked: a read without parameters that waits for no lock on a table, with rows of
  /// sql::kLiveNamesColumns. It has to have a snapshot of its own.
  const std::string& query() const { return query_; }
  /// Asks, unless another thread has asked meanwhile. Returns what is known then. Errors: those of Connection::Execute.
  absl::StatusOr<Snapshot> Read(Connection& connection);

  // Each takes no lock.
  /// An answer has come, ever. Without one nothing may be executed by these names.
  bool told() const { return told_.load(std::memory_order_acquire); }
  /// Who watches the database could not see it: what is known may be of an earlier one, or of another one.
  void Doubt() { doubtful_.store(true, std::memory_order_release); }
  /// Nobody watches the database for them any more. Not to be undone: each statement asks first from now on.
  void EndWatch() { watched_.store(false, std::memory_order_release); }
  bool watched() const { return watched_.load(std::memory_order_acquire); }
  /// Nothing better could be found out.
  void EndDoubt() { doubtful_.store(false, std::memory_order_release); }
  /// None has come since Doubt(), or ever, or nobody watches: who executes a statement asks first, where that costs
  /// little.
  bool doubtful() const { return doubtful_.load(std::memory_order_acquire) || !watched(); }

  Snapshot Get() const;
  /// Takes no lock.
  uint64_t revision() const { return revision_.load(std::memory_order_acquire); }
  /// How often the database has been asked.
  uint64_t questions() const;
  /// Threads that wait for their turn to ask.
  int waiting() const;
  /// The entity whose table is called so; nullptr: none.
  const catalogue::Entity* FindEntity(const sql::LiveNames& names, std::string_view schema,
                                      std::string_view table) const;
  /// By its message's full name; nullptr: none.
  const catalogue::Entity* FindMessage(std::string_view full_name) const;

 private:
  /// Of the snapshot that an answer comes from. Those of one start of the server have an order, whichever way answers
  /// overtake each other.
  struct Age {
    std::string server;
    uint64_t xmax = 0;
    /// Transactions below xmax. They only become fewer while xmax stays.
    uint64_t in_progress = 0;

    bool IsBefore(const Age& other) const;
  };

  static Age AgeOf(const Rows& answer);
  Snapshot Learn(const Rows& answer);

  const std::shared_ptr<const void> keeps_;
  std::vector<const catalogue::Entity*> entities_;
  const std::string query_;
  mutable absl::Mutex mutex_;
  Snapshot current_ ABSL_GUARDED_BY(mutex_);
  Age age_ ABSL_GUARDED_BY(mutex_);
  uint64_t questions_ ABSL_GUARDED_BY(mutex_) = 0;
  /// The last question that was answered.
  uint64_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
  bool asking_ ABSL_GUARDED_BY(mutex_) = false;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::atomic<uint64_t> revision_{0};
  std::atomic<bool> told_{false};
  std::atomic<bool> doubtful_{true};
  std::atomic<bool> watched_{true};
};

}  // namespace rowkeeper::db
