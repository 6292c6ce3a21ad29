#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "server/app/loaded_catalogue.h"
#include "server/base/clock.h"
#include "server/db/connection.h"
#include "server/db/current_names.h"
#include "server/db/describe.h"
#include "server/schema/fit_watch.h"

namespace rowkeeper::app {

/// What a probe of the database found.
struct DatabaseState {
  enum class Reach {
    kUnreachable,  ///< no connection, or no answer
    kPoolerUnfit,  ///< there is a pooler that nothing can be served through
    kReachable,
  };
  Reach reach = Reach::kUnreachable;
  /// Why it is not kReachable.
  absl::Status reason;
  /// What was known when it could last be seen. Null before the first connection.
  std::shared_ptr<const schema::FitState> fit;
  /// What could not be seen now, though the database answers, for the log: it stays as it was known. Empty: nothing.
  std::string behind;
  /// There is more to see at once.
  bool has_more = false;
};

/// Asks the database. Used by one thread at a time.
class DatabaseProbe {
 public:
  virtual ~DatabaseProbe() = default;
  /// Waits for the database's answers, and calls `answered` after each few of them.
  virtual DatabaseState Probe(const std::function<void()>& answered) = 0;
};

using BesideProbe = std::function<void(db::Connection&, const std::function<void()>& answered)>;

/// Over connections of its own, outside the pool. `names`, of the same catalogue, learns what tables and columns are
/// called. `loaded`, `names` and `clock` outlive it. `beside` is called with the connection before each look, and may
/// use it between transactions; it calls `answered`, too.
std::unique_ptr<DatabaseProbe> MakeDatabaseProbe(const LoadedCatalogue& loaded, db::ConnectionOptions connection,
                                                 db::CurrentNames* names, const Clock& clock, BesideProbe beside);

}  // namespace rowkeeper::app
