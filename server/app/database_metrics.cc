#include "server/app/database_metrics.h"

#include <string_view>
#include <utility>

#include "server/app/metric_lines.h"

namespace rowkeeper::app {
namespace {

using observe::Exposition;

constexpr std::string_view kPoolName = "main";

void AddUnmerged(const exec::ExecutorStats& stats, Exposition* out) {
  using Count = std::pair<std::string_view, uint64_t>;
  const exec::ExecutorStats::Unmerged& calls = stats.unmerged_calls;
  for (const auto& [reason, value] : {Count("failed", calls.failed), Count("in_vain", calls.in_vain),
                                      Count("left", calls.left), Count("refused", calls.refused)}) {
    AddCounter(out, "rowkeeper_unmerged_calls_total", "Calls that were to run together and ran alone, by reason", value,
               {{"reason", reason}});
  }
  const exec::MergeLanes::Halvings& halvings = stats.merge_halvings;
  for (const auto& [reason, value] : {Count("failed", halvings.failed), Count("in_vain", halvings.in_vain),
                                      Count("large", halvings.large), Count("slow", halvings.slow)}) {
    AddCounter(out, "rowkeeper_merge_halvings_total", "Statements after which half as many calls were merged", value,
               {{"reason", reason}});
  }
}

}  // namespace

void AddPool(const db::Pool& pool, Exposition* out) {
  const db::PoolStats stats = pool.stats();
  constexpr std::string_view kConnections = "rowkeeper_pool_connections";
  constexpr std::string_view kConnectionsHelp = "Open connections of the pool, idle and in use";
  AddGauge(out, kConnections, kConnectionsHelp, stats.idle, {{"state", "idle"}});
  AddGauge(out, kConnections, kConnectionsHelp, stats.leased, {{"state", "used"}});
  AddGauge(out, "rowkeeper_pool_open_connections",
           "Open connections of the pool, those included that are being checked", stats.open);
  AddGauge(out, "db_client_connection_max", "Connections that the pool may open: --pool-size and --max-overflow",
           stats.max_open, {{"db_client_connection_pool_name", kPoolName}});
  AddGauge(out, "db_client_connection_idle_max", "Connections that the pool keeps open: --pool-size", stats.max_idle,
           {{"db_client_connection_pool_name", kPoolName}});
  AddGauge(out, "db_client_connection_pending_requests", "Callers that wait for a connection of the pool",
           stats.waiting, {{"db_client_connection_pool_name", kPoolName}});
  AddCounter(out, "db_client_connection_timeouts_total", "Callers that waited for a connection in vain",
             stats.timeouts_total, {{"db_client_connection_pool_name", kPoolName}});
  AddDurations(out, "db_client_connection_wait_time_seconds", "Time to get a connection from the pool", pool.waits(),
               {{"db_client_connection_pool_name", kPoolName}});
  AddDurations(out, "db_client_connection_use_time_seconds", "Time from getting a connection to giving it back",
               pool.uses(), {{"db_client_connection_pool_name", kPoolName}});
  AddDurations(out, "db_client_connection_create_time_seconds", "Time to open a connection and set its session up",
               pool.connects(), {{"db_client_connection_pool_name", kPoolName}});
  AddCounter(out, "rowkeeper_pool_connects_total", "Connections that the pool opened", stats.opened_total);
  AddCounter(out, "rowkeeper_pool_connect_failures_total", "Connections that the pool could not open",
             stats.failed_total);
  AddCounter(out, "rowkeeper_pool_broken_total", "Connections that the pool found lost", stats.broken_total);
  AddCounter(out, "rowkeeper_pool_recycled_total", "Connections that were replaced for their age",
             stats.recycled_total);
}

void AddSessions(const db::SessionCounters& sessions, Exposition* out) {
  constexpr std::string_view kName = "rowkeeper_sessions_total";
  constexpr std::string_view kHelp = "Sessions of PostgreSQL that were set up, by the pooler before the database";
  AddCounter(out, kName, kHelp, sessions.direct.value(), {{"pooler", "none"}});
  AddCounter(out, kName, kHelp, sessions.behind_session_pooler.value(), {{"pooler", "session"}});
  AddCounter(out, kName, kHelp, sessions.behind_transaction_pooler.value(), {{"pooler", "transaction"}});
  AddCounter(out, "rowkeeper_session_failures_total", "Sessions that could not be had", sessions.failed.value());
  AddCounter(out, "rowkeeper_sessions_lost_total", "Sessions lost while they were in use", sessions.lost.value());
  AddCounter(out, "rowkeeper_prepared_statements_total", "Statements prepared in a session", sessions.prepared.value());
  AddCounter(out, "rowkeeper_stale_statements_total", "Prepared statements that had to be prepared anew",
             sessions.stale.value());
  AddCounter(out, "rowkeeper_renamed_statements_total",
             "Statements that were written anew because a table or column that they named was renamed",
             sessions.renamed.value());
  AddCounter(out, "rowkeeper_answers_stopped_total",
             "Statements that were stopped while their rows were read, because these were too large",
             sessions.stopped.value());
  AddCounter(out, "rowkeeper_statements_terminated_total",
             "Statements that ignored their cancellation, and whose process of PostgreSQL was ended",
             sessions.terminated.value());
  AddGauge(out, "rowkeeper_runaway_statements", "Statements that PostgreSQL executes although their process was ended",
           sessions.runaways.running());
  AddCounter(out, "rowkeeper_statements_left_total",
             "Statements that were given up and may run on, for a pooler hides which process runs them",
             sessions.left.value());
}

void AddExecutor(const exec::Executor& executor, Exposition* out) {
  const exec::ExecutorStats stats = executor.stats();
  AddGauge(out, "rowkeeper_queue_waiting", "Calls and jobs that wait for a worker", stats.queued);
  AddGauge(out, "rowkeeper_queue_running", "Calls and jobs that workers run", stats.running);
  AddDurations(out, "rowkeeper_queue_wait_seconds", "Time that calls and jobs waited for a worker", executor.waits());
  AddCounter(out, "rowkeeper_queue_refused_total", "Calls and jobs refused because of the queue", stats.refused_total);
  AddCounter(out, "rowkeeper_retries_total", "Calls and jobs run again after a conflict or a lost connection",
             stats.retried_total);
  AddCounter(out, "rowkeeper_conflict_retries_total",
             "Calls and jobs run again after a serialization failure or deadlock", stats.conflicts_retried_total);
  AddCounter(out, "rowkeeper_merged_calls_total", "Calls answered by a statement that answered others, too",
             stats.merged_calls_total);
  AddCounter(out, "rowkeeper_merged_statements_total", "Statements that answered several calls",
             stats.merged_statements_total);
  AddUnmerged(stats, out);
}

void AddStatements(const exec::StatementCache& statements, Exposition* out) {
  AddGauge(out, "rowkeeper_statements", "Statements that are kept rendered", static_cast<double>(statements.size()));
  AddCounter(out, "rowkeeper_statements_not_kept_total", "Statements that were rendered and are beyond what is kept",
             statements.refused());
}

}  // namespace rowkeeper::app
