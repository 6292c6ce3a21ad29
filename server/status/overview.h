#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/observe/call_history.h"
#include "server/observe/counters.h"
#include "server/status/view.h"

namespace rowkeeper::status {

/// Why the server cannot be sent calls.
struct Obstacle {
  std::string reason;
  std::string message;
};

struct PoolState {
  int used = 0;
  int open = 0;
  int max_open = 0;
  /// Callers that wait for a connection.
  int waiting = 0;
  uint64_t timeouts_total = 0;
};

struct QueueState {
  int running = 0;
  int waiting = 0;
  uint64_t refused_total = 0;
};

/// A unit of work that is open.
struct OpenUnit {
  std::string id;
  std::string label;
  std::string caller;
  /// The method that runs in it; empty: it waits for its caller.
  std::string running;
  std::chrono::milliseconds age{0};
  /// How long it has waited for its caller; zero while a call runs.
  std::chrono::milliseconds idle{0};
  int64_t calls = 0;
};

struct UnitsState {
  int capacity = 0;
  size_t waiting_begins = 0;
  /// Oldest first.
  std::vector<OpenUnit> open;
};

/// A statement of the server that waits for a lock of PostgreSQL.
struct WaitingStatement {
  /// "planner.v1.Todo/Update"
  std::string statement;
  int pid = 0;
  std::string blocked_by;
  /// Who that is, as PostgreSQL says; may be empty.
  std::string blocker;
  std::string lock;
  std::chrono::milliseconds ran{0};
};

/// What became of one statement since the start.
struct StatementState {
  /// "planner.v1.Todo/List"
  std::string statement;
  /// Nodes of its plan; empty: not known.
  std::string plan;
  int64_t uses = 0;
  int64_t rows = 0;
  std::chrono::nanoseconds total{0};
  std::chrono::nanoseconds longest{0};
  int64_t query_id = 0;
};

/// Something about the schema, in words.
struct SchemaProblem {
  /// "planner.v1.Todo.title"
  std::string where;
  std::string what;
  std::string remedy;
};

struct SchemaState {
  /// Whether the database answers.
  bool reachable = false;
  int served = 0;
  int broken = 0;
  int unknown = 0;
  /// Why methods are not served.
  std::vector<SchemaProblem> problems;
  /// What is worth knowing.
  std::vector<SchemaProblem> advice;
  /// Which catalogue is served: the first of the process is 1.
  uint64_t generation = 1;
  /// Why what its files hold now is not served; empty: it is.
  std::string reload_problem;
  /// Of the directory of migrations; none: there is none, or it is not known.
  std::optional<int> pending_migrations;
};

/// Everything that the overview is made of, at one moment.
struct OverviewData {
  Clock::wall_time_point now;
  std::string version;
  /// What it listens on.
  std::string addresses;
  std::vector<Obstacle> obstacles;
  PoolState pool;
  QueueState queue;
  UnitsState units;
  size_t calls_in_flight = 0;
  uint64_t unread_responses = 0;
  uint64_t log_lines_dropped = 0;
  std::vector<WaitingStatement> waiting;
  /// Those that took the most time in all.
  std::vector<StatementState> statements;
  SchemaState schema;
  observe::CountersSnapshot counters;
  /// Newest first.
  std::vector<observe::RecentError> errors;
  /// Oldest first.
  std::vector<observe::CallSample> history;
};

/// The first page: how the server is, what hurts, what it does.
View MakeOverview(const OverviewData& data);

}  // namespace rowkeeper::status
