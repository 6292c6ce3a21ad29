#pragma once

#include <string>
#include <vector>

#include "server/base/clock.h"

namespace rowkeeper::db {

/// A statement that neither ended nor heard that it was cancelled, and whose connection was given up: code that catches
/// the cancellation, or that does not look for it.
struct RunawayStatement {
  /// The process of PostgreSQL that runs it, as it says itself.
  int server_pid = 0;
  /// SessionFacts::server_started: the connection that ends it may lead to another server.
  std::string server_started;
  /// How long it had run when its connection was given up.
  Clock::duration ran{0};
  /// When that was.
  Clock::time_point given_up;
};

/// Has PostgreSQL end the process, over a connection of its own that `conninfo` leads to; waits for a few seconds at
/// most. False when there is no such statement any more: the process is gone, idle, or runs a statement that began
/// later, another client's. Throws nothing. A process that does not look for requests at all goes on even so.
bool Terminate(const std::string& conninfo, const RunawayStatement& statement);

/// kUnknown: nobody answered.
enum class Fate { kRuns, kIsOver, kUnknown };

/// Whether their processes run them still, in the order of `statements`: asked in the same way, all at once.
std::vector<Fate> FatesOf(const std::string& conninfo, const std::vector<RunawayStatement>& statements);

}  // namespace rowkeeper::db
