#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/base/text.h"
#include "tests/support/eventually.h"
#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// A transaction beside the server that holds locks until it ends.
class Blocker {
 public:
  Blocker(InProcessServer* server, const std::string& sql) : connection_(server->Connect()) {
    Run("BEGIN");
    Run(sql);
  }

  void Run(const std::string& sql) {
    db::Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    const auto rows = connection_->Execute(query);
    ASSERT_TRUE(rows.ok()) << sql << ": " << rows.status();
  }
  void End(const char* how = "ROLLBACK") { Run(how); }

 private:
  std::unique_ptr<db::Connection> connection_;
};

/// Waits up to 10 s for a SQL condition.
inline bool Eventually(InProcessServer* server, const std::string& condition) {
  return Eventually([&] { return server->database().Value(Cat("SELECT ", condition)) == "t"; });
}

/// Whether a session of the server waits for a lock, as SQL. Of this database: other tests run beside this one.
inline const std::string kAnyWaiting =
    "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rowkeeper' "
    "AND wait_event_type = 'Lock')";

/// The server's sessions whose statements wait for a lock, and their number, as SQL.
inline const std::string kWaitingSessions =
    "pg_stat_activity WHERE datname = current_database() AND application_name = 'rowkeeper' AND state = 'active' AND "
    "wait_event_type = 'Lock' AND query LIKE '%todos%'";
inline const std::string kWaiting = "(SELECT count(*) FROM " + kWaitingSessions + ")";

inline std::string LockTodo(const Json& todo) {
  return Cat("SELECT * FROM todos WHERE id = '", todo.value("id", ""), "' FOR UPDATE");
}

}  // namespace rowkeeper::testing
