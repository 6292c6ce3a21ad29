#include "server/db/runaway_statement.h"

#include <chrono>
#include <cstdlib>
#include <exception>

#include "server/base/text.h"
#include "server/db/pg_session.h"
#include "server/db/rows_builder.h"
#include "server/db/socket_watch.h"

namespace rowkeeper::db {
namespace {

constexpr std::chrono::seconds kAskLimit{3};

/// "(0, 4711, '1700000000.5', '1500 milliseconds'::interval)": a statement is known by its age, for no two clocks
/// agree. Whatever else the process runs began after the connection was given up, and is younger.
std::string ValuesOf(size_t place, const RunawayStatement& statement) {
  const Clock::duration age = Clock::System().Now() - statement.given_up + statement.ran / 2;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(age).count();
  return Cat("(", place, ", ", statement.server_pid, ", '", statement.server_started, "', '", milliseconds,
             " milliseconds'::interval)");
}

/// `question` about "pid" of those that run, beside their places. Throws.
Rows Ask(const std::string& question, const std::string& conninfo, const std::vector<RunawayStatement>& statements) {
  PgSession session(conninfo);
  SocketWatch watch(session.socket());
  watch.Arm(kAskLimit);
  std::string values;
  for (size_t i = 0; i < statements.size(); ++i) values += Cat(i == 0 ? "" : ", ", ValuesOf(i, statements[i]));
  return RowsBuilder::Build(session.Run(
      Cat("SELECT place, ", question, " FROM (VALUES ", values,
          ") AS runaway (place, of, server_started, age) JOIN pg_catalog.pg_stat_activity ON pid = of WHERE "
          "extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text = server_started AND state = 'active' AND "
          "backend_type = 'client backend' AND pg_catalog.clock_timestamp() - query_start >= age")));
}

}  // namespace

bool Terminate(const std::string& conninfo, const RunawayStatement& statement) {
  try {
    const Rows rows = Ask("pg_catalog.pg_terminate_backend(pid)", conninfo, {statement});
    return rows.size() == 1 && rows.columns() == 2 && rows.cell(0, 1) == "t";
  } catch (const std::exception&) {
    return false;  // the whole server hangs, or takes no more connections
  }
}

std::vector<Fate> FatesOf(const std::string& conninfo, const std::vector<RunawayStatement>& statements) {
  if (statements.empty()) return {};
  try {
    const Rows rows = Ask("pid", conninfo, statements);
    std::vector<Fate> fates(statements.size(), Fate::kIsOver);
    for (int i = 0; i < rows.size(); ++i) {
      fates.at(static_cast<size_t>(std::atoi(std::string(rows.cell(i, 0)).c_str()))) = Fate::kRuns;
    }
    return fates;
  } catch (const std::exception&) {
    return std::vector<Fate>(statements.size(), Fate::kUnknown);
  }
}

}  // namespace rowkeeper::db
