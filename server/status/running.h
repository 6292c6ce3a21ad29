#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/status/view.h"

namespace rowkeeper::status {

/// Whom a statement waits for, as PostgreSQL said a moment ago.
struct LockHolder {
  /// "8123" or "8123,8124".
  std::string processes;
  /// Who that is: a call or a unit of work of this server, or what PostgreSQL knows of a session.
  std::string who;
};

/// A call that is not over.
struct CallNow {
  /// A name of it, which no other call gets.
  uint64_t number = 0;
  /// "planner.v1.TodoRepository.Update"
  std::string method;
  std::string caller;
  std::chrono::milliseconds running{0};
  enum class Place : uint8_t {
    /// In the queue, for a connection, or for other calls of its unit of work.
    kWaiting,
    kServer,
    kPostgres,
    /// A stream whose caller is to send or to read.
    kCaller,
    /// Its caller has not taken all of the answer.
    kAnswered,
  } place = Place::kServer;
  /// Its statement serves other calls, too.
  bool with_others = false;
  /// Of its statement; none: none runs.
  std::optional<std::chrono::milliseconds> statement;
  /// PostgreSQL's process; 0: none, or it is not known.
  int backend = 0;
  std::optional<LockHolder> waits_for;
  /// That a stream has sent or stored; negative: it counts none.
  int64_t rows = -1;
  /// Id of its unit of work; may be empty.
  std::string unit;
  std::string request_id;
  std::string trace_id;
};

/// A unit of work that is open.
struct UnitNow {
  std::string id;
  std::string label;
  std::string caller;
  std::chrono::milliseconds age{0};
  /// How long it has waited for its caller; none: a call runs.
  std::optional<std::chrono::milliseconds> idle;
  /// Until it ends if nothing comes; for one in which a call runs, at the latest.
  std::chrono::milliseconds left{0};
  int64_t calls = 0;
  /// The method that runs in it; may be empty.
  std::string running;
  /// PostgreSQL's process; 0: not known.
  int backend = 0;
  std::optional<LockHolder> waits_for;
  /// Statements of this server that wait for it.
  size_t blocks = 0;
};

struct RunningData {
  Clock::wall_time_point now;
  /// Longest first.
  std::vector<CallNow> calls;
  size_t calls_left_out = 0;
  /// Oldest first.
  std::vector<UnitNow> units;
  /// Whether whoever has the admin token may end them.
  enum class Ends : uint8_t { kNobody, kTokenHolders } ends = Ends::kNobody;
  /// What became of a form that was sent; said in place of the verdict.
  std::optional<Finding> outcome;
};

/// Names of the fields of the page's form, and where it is sent.
inline constexpr char kRunningPath[] = "/status/running";
inline constexpr char kTokenField[] = "token";
inline constexpr char kCallField[] = "call";
inline constexpr char kUnitField[] = "unit";

/// What runs at this moment: calls and units of work, those first that are there for the longest time, and whom each
/// waits for.
View MakeRunningView(const RunningData& data);

}  // namespace rowkeeper::status
