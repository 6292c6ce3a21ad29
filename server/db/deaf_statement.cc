#include "server/db/deaf_statement.h"

#include <chrono>
#include <exception>

#include "server/base/text.h"
#include "server/db/pg_session.h"
#include "server/db/rows_builder.h"
#include "server/db/socket_watch.h"

namespace rowkeeper::db {
namespace {

constexpr std::chrono::seconds kTerminateLimit{3};

}  // namespace

/// By the age of the statement, for no two clocks agree: whatever else the process runs began after the connection was
/// given up, and is younger.
bool Terminate(const std::string& conninfo, const DeafStatement& statement) {
  try {
    PgSession session(conninfo);
    SocketWatch watch(session.socket());
    watch.Arm(kTerminateLimit);
    const Clock::duration age = Clock::System().Now() - statement.given_up + statement.ran / 2;
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(age).count();
    const Rows rows = RowsBuilder::Build(session.Run(
        Cat("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = ",
            statement.server_pid, " AND extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text = '",
            statement.server_started, "' AND state = 'active' AND backend_type = 'client backend' AND ",
            "pg_catalog.clock_timestamp() - query_start >= '", milliseconds, " milliseconds'::interval")));
    return rows.size() == 1 && rows.columns() == 1 && rows.cell(0, 0) == "t";
  } catch (const std::exception&) {
    return false;  // the whole server hangs, or takes no more connections
  }
}

}  // namespace rowkeeper::db
