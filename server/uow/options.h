#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/observe/call_context.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::uow {

/// Longest label of a unit and longest name of a savepoint.
inline constexpr size_t kMaxLabelBytes = 200;
inline constexpr size_t kMaxSavepointBytes = 100;

/// Deferrable goes with serializable and read only.
inline bool DeferrableFits(const sql::TransactionMode& mode) {
  return !mode.deferrable || (mode.read_only && mode.isolation == sql::TransactionMode::Isolation::kSerializable);
}

/// Limits of a server's units of work. Every refusal because of one is counted.
struct UnitOptions {
  /// Where callers reach this server, "10.0.0.7:50051"; part of every handle. At most 255 bytes.
  std::string server;
  /// Keys that handles are sealed with: servers that share one tell callers where a unit of another one is. The first
  /// seals, each of them opens. None: a key of its own.
  std::vector<std::array<unsigned char, 32>> handle_keys;
  /// Units that may be open at once; each holds a connection. 0: none.
  int capacity = 15;
  /// Units that one caller may have open. Range 1 to capacity; no caller has more than its share, either: see
  /// base/share.h. 0: no limit but capacity.
  int per_caller = 10;
  std::chrono::milliseconds idle_limit{10000};
  std::chrono::milliseconds max_idle_limit{60000};
  std::chrono::milliseconds total_limit{60000};
  std::chrono::milliseconds max_total_limit{600000};
  /// Longest wait of Begin for a slot.
  std::chrono::milliseconds capacity_wait{1000};
  std::chrono::milliseconds max_capacity_wait{30000};
  /// Begins that may wait for a slot; more are refused at once.
  int waiting_begins = 1000;
  /// Longest wait of a call while another call of its unit runs.
  std::chrono::milliseconds busy_wait{1000};
  /// Calls that may wait for one unit; more are refused at once.
  int waiting_calls = 16;
  /// Open savepoints of one unit; PostgreSQL gets slow with more.
  int savepoints = 64;
  /// How much later than the lease PostgreSQL itself ends a unit, should this server be unable to.
  std::chrono::milliseconds backstop{5000};
  /// How long the outcome of a COMMIT whose connection was lost is looked for.
  std::chrono::milliseconds in_doubt_limit{30000};
  /// Ended units are remembered so long, and so many of those that were rolled back and so many of the others. When
  /// there are more, whoever has the most loses the oldest of them.
  std::chrono::milliseconds remember{600000};
  int remembered = 100000;
  /// Results kept for calls that are sent again, of one unit: how many, and how many bytes unless it is one alone.
  int kept_results = 16;
  size_t kept_result_bytes = 1 << 20;
};

/// What a caller asks of Begin; unset limits take the server's defaults.
struct BeginOptions {
  sql::TransactionMode mode;
  std::optional<std::chrono::milliseconds> idle_limit;
  std::optional<std::chrono::milliseconds> total_limit;
  std::optional<std::chrono::milliseconds> capacity_wait;
  std::string label;
  /// The catalogue that the unit's calls are planned by, whatever that is: it is kept as long as the unit is open, for
  /// UnitsOfWork::CatalogueOf. May be null.
  std::shared_ptr<const void> catalogue = nullptr;
  /// As of UnitsOfWork::Reference, while the unit is begun.
  observe::CallContext* call = nullptr;
};

}  // namespace rowkeeper::uow
