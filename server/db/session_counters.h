#pragma once

#include "server/db/runaway_statements.h"
#include "server/db/runaway_watch.h"
#include "server/observe/counter.h"

namespace rowkeeper::db {

/// What happened to the sessions of those who share these counters. Thread-safe.
struct SessionCounters {
  /// Sessions that were set up, by what stands before the database.
  observe::Counter direct;
  observe::Counter behind_session_pooler;
  observe::Counter behind_transaction_pooler;
  /// Attempts to connect.
  observe::Counter failed;
  /// Sessions that were lost while they were in use.
  observe::Counter lost;
  observe::Counter prepared;
  /// Prepared statements that had to be prepared anew, or that another session did not have.
  observe::Counter stale;
  /// Statements that were written anew because a table or column that they named was renamed.
  observe::Counter renamed;
  /// Answers that were stopped while they were read, because they were too large.
  observe::Counter stopped;
  /// Statements that ignored their cancellation, and whose process of PostgreSQL was ended.
  observe::Counter terminated;
  /// Those of them that go on even so.
  RunawayStatements runaways;
  RunawayWatch runaway_watch{&runaways};
  /// Statements that were given up and may run on, for a pooler hides which process runs them.
  observe::Counter left;
};

}  // namespace rowkeeper::db
