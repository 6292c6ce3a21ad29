#include "server/status/findings.h"

#include <algorithm>

#include "server/base/text.h"
#include "server/status/methods.h"
#include "server/status/number_text.h"

namespace rowkeeper::status {
namespace {

using std::chrono::milliseconds;

/// A unit that waits this long for its caller keeps its connection and locks for nothing.
constexpr milliseconds kLongIdle{3000};
/// "Now" for errors.
constexpr std::chrono::minutes kRecent{2};
/// Of one kind; the sections below have the others.
constexpr size_t kNamed = 3;

std::string TimeText(milliseconds time) {
  return ToText(Number{static_cast<double>(time.count()), Unit::kMilliseconds});
}

std::string Counted(int64_t count, std::string_view one, std::string_view many) {
  return Cat(count, " ", count == 1 ? one : many);
}

std::string NameOfUnit(const OpenUnit& unit) {
  return unit.label.empty() ? Cat("the unit of work ", unit.id) : Cat("the unit of work \"", unit.label, "\"");
}

void FindObstacles(const OverviewData& data, std::vector<Finding>* out) {
  for (const Obstacle& obstacle : data.obstacles) {
    out->push_back({Tone::kBad, Cat("The server is not ready (", obstacle.reason, "): ", obstacle.message), ""});
  }
}

void FindMisfits(const SchemaState& schema, std::vector<Finding>* out) {
  if (schema.broken == 0 && schema.problems.empty()) return;
  std::string what = Cat("The database does not fit: ", Counted(schema.broken, "method is", "methods are"),
                         " not served, ", schema.served, " are.");
  std::string remedy;
  const size_t named = std::min(schema.problems.size(), kNamed);
  for (size_t i = 0; i < named; ++i) {
    const SchemaProblem& problem = schema.problems[i];
    what += Cat(" ", problem.where, ": ", problem.what, ".");
    if (!problem.remedy.empty() && remedy.find(problem.remedy) == std::string::npos) {
      remedy += Cat(remedy.empty() ? "" : "\n", problem.remedy);
    }
  }
  if (schema.problems.size() > named) what += Cat(" ", schema.problems.size() - named, " more below.");
  out->push_back({Tone::kBad, what, remedy});
}

void FindReload(const SchemaState& schema, std::vector<Finding>* out) {
  if (schema.reload_problem.empty()) return;
  out->push_back({Tone::kWarning, Cat("The catalogue in the files is not served: ", schema.reload_problem),
                  "That which was served before goes on. `rowkeeper check` lists mistakes."});
}

void FindMigrations(const SchemaState& schema, std::vector<Finding>* out) {
  if (schema.pending_migrations.value_or(0) == 0) return;
  out->push_back({Tone::kWarning,
                  Cat("The database lacks ", Counted(*schema.pending_migrations, "migration", "migrations"), "."),
                  "Run `rowkeeper migrate status`, then `rowkeeper migrate up`."});
}

void FindLockWaits(const OverviewData& data, std::vector<Finding>* out) {
  for (size_t i = 0; i < std::min(data.waiting.size(), kNamed); ++i) {
    const WaitingStatement& wait = data.waiting[i];
    const bool many = wait.blocked_by.find(',') != std::string::npos;
    std::string what =
        Cat("The statement ", wait.statement.empty() ? "of a transaction" : wait.statement, " has run for ",
            TimeText(wait.ran), " and waits for a lock (", wait.lock, ") that PostgreSQL's ",
            many ? "processes " : "process ", wait.blocked_by, many ? " hold" : " holds");
    what += wait.blocker.empty() ? "." : Cat(": ", wait.blocker, ".");
    out->push_back({Tone::kBad, what,
                    Cat("End that transaction, or, if nobody needs it: SELECT pg_terminate_backend(",
                        wait.blocked_by.substr(0, wait.blocked_by.find(',')), ")")});
  }
}

bool AllConnectionsUsed(const PoolState& pool) { return pool.max_open > 0 && pool.used >= pool.max_open; }

void FindFullPool(const OverviewData& data, std::vector<Finding>* out) {
  const int waiting = data.queue.waiting + data.pool.waiting;
  if (!AllConnectionsUsed(data.pool) || waiting == 0) return;
  std::string what = Cat("All ", data.pool.max_open, " connections of the pool are in use, and ",
                         Counted(waiting, "call waits.", "calls wait."));
  const auto idle = std::count_if(data.units.open.begin(), data.units.open.end(),
                                  [](const OpenUnit& unit) { return unit.running.empty(); });
  std::string remedy =
      "Find out what holds them so long: slow statements, locks or units of work, all on this page. "
      "If all are needed, raise --pool-size.";
  if (idle > 0) {
    what += Cat(" ", Counted(idle, "connection is", "connections are"),
                " held by units of work that wait for their callers.");
    remedy = "Have those callers commit sooner, lower --unit-idle-limit or --unit-share, or raise --pool-size.";
  }
  out->push_back({Tone::kBad, what, remedy});
}

void FindSlowCallers(const OverviewData& data, std::vector<Finding>* out) {
  std::vector<const OpenUnit*> idle;
  for (const OpenUnit& unit : data.units.open) {
    if (unit.running.empty() && unit.idle >= kLongIdle) idle.push_back(&unit);
  }
  std::sort(idle.begin(), idle.end(), [](const OpenUnit* a, const OpenUnit* b) { return a->idle > b->idle; });
  for (size_t i = 0; i < std::min(idle.size(), kNamed); ++i) {
    const OpenUnit& unit = *idle[i];
    out->push_back({Tone::kWarning,
                    Cat("A slow caller: ", NameOfUnit(unit), " of ", unit.caller, " has waited ", TimeText(unit.idle),
                        " for its next call, after ", Counted(unit.calls, "call", "calls"), " in ", TimeText(unit.age),
                        ". It holds a connection and its locks meanwhile."),
                    "Look at what the caller does between its calls; --unit-idle-limit ends such units sooner, an "
                    "operator on the page "
                    "Running this one."});
  }
}

void FindMissingIndexes(const OverviewData& data, std::vector<Finding>* out) {
  std::vector<const StatementState*> slow;
  for (const StatementState& statement : data.statements) {
    if (LacksIndex(statement)) slow.push_back(&statement);
  }
  for (size_t i = 0; i < std::min(slow.size(), kNamed); ++i) {
    const StatementState& statement = *slow[i];
    const auto mean = std::chrono::duration_cast<milliseconds>(statement.total / statement.uses);
    out->push_back({Tone::kWarning,
                    Cat("No index: ", statement.statement, " reads a whole table each time and takes ", TimeText(mean),
                        " on average (", Counted(statement.uses, "use", "uses"), "). Its plan: ", statement.plan, "."),
                    "`rowkeeper check` with --database-url names the index to create."});
  }
}

void FindErrors(const OverviewData& data, std::vector<Finding>* out) {
  const auto since = data.now - kRecent;
  int server = 0, refused = 0;
  const observe::RecentError* example = nullptr;
  const observe::RecentError* limit = nullptr;
  for (const observe::RecentError& error : data.errors) {
    if (error.time < since) break;
    if (IsOneOf(error.code, {"INTERNAL", "UNKNOWN", "DATA_LOSS"})) {
      ++server;
      if (example == nullptr) example = &error;
    } else if (error.code == "RESOURCE_EXHAUSTED" && !error.limit.empty()) {
      ++refused;
      if (limit == nullptr) limit = &error;
    }
  }
  if (server > 0) {
    out->push_back({Tone::kBad,
                    Cat("In the last ", kRecent.count(), " minutes ", Counted(server, "call", "calls"),
                        " failed that should not, the last one of ", example->method, " with ", example->code, "."),
                    "The log has a line for each, with its log_id."});
  }
  if (refused > 0) {
    out->push_back({Tone::kWarning,
                    Cat("In the last ", kRecent.count(), " minutes limits refused ", Counted(refused, "call", "calls"),
                        ", the last one of ", limit->method, " by ", limit->limit, "."),
                    ""});
  }
}

void FindLosses(const OverviewData& data, std::vector<Finding>* out) {
  if (data.log_lines_dropped == 0) return;
  out->push_back(
      {Tone::kPlain, Cat(data.log_lines_dropped, " lines of the log were lost because they came too fast."), ""});
}

}  // namespace

std::vector<Finding> FindProblems(const OverviewData& data) {
  std::vector<Finding> findings;
  FindObstacles(data, &findings);
  FindMisfits(data.schema, &findings);
  FindLockWaits(data, &findings);
  FindFullPool(data, &findings);
  FindSlowCallers(data, &findings);
  FindMissingIndexes(data, &findings);
  FindErrors(data, &findings);
  FindReload(data.schema, &findings);
  FindMigrations(data.schema, &findings);
  FindLosses(data, &findings);
  const auto weight = [](const Finding& finding) { return finding.tone == Tone::kBad ? 0 : 1; };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return weight(a) < weight(b); });
  return findings;
}

Finding Summarise(const std::vector<Finding>& findings, const OverviewData& data) {
  const auto count = [&](Tone tone) {
    return std::count_if(findings.begin(), findings.end(), [&](const Finding& one) { return one.tone == tone; });
  };
  const auto problems = count(Tone::kBad), warnings = count(Tone::kWarning);
  if (!data.obstacles.empty()) return {Tone::kBad, "The server does not serve.", ""};
  const std::string_view serves = "The server serves";
  if (problems > 0) return {Tone::kBad, Cat(serves, ", but has ", Counted(problems, "problem", "problems"), "."), ""};
  if (warnings > 0) {
    return {Tone::kWarning, Cat(serves, ", with ", Counted(warnings, "thing", "things"), " to look at."), ""};
  }
  return {Tone::kGood, Cat(serves, ", and nothing is known to be wrong."), ""};
}

}  // namespace rowkeeper::status
