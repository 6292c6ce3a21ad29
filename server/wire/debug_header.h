#pragma once

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/exec/call_trace.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

inline constexpr std::string_view kDebugHeader = "rowkeeper-debug";

/// What a caller asks to be told in trailing metadata, and the most that the operator lets callers ask for.
enum class DebugLevel { kOff, kCost, kPlan };

/// "cost" or "plan", as the header says it. INVALID_HEADER for any other value.
absl::StatusOr<DebugLevel> ReadDebugLevel(std::string_view value);
/// "off", "cost" or "plan", as the operator says it; kOff for any other.
DebugLevel ToDebugLevel(std::string_view setting);

/// What the call is to be traced with; null when it did not ask. INVALID_HEADER when it asks for more than `most`.
absl::StatusOr<std::shared_ptr<exec::CallTrace>> StartTrace(DebugLevel asked, DebugLevel most, Clock* clock);

/// Puts what `trace` holds into the trailing metadata of `rpc`, which `status` will answer: rowkeeper-statements,
/// rowkeeper-rows, rowkeeper-database-ms, and rowkeeper-plan-bin with as much as fits beside an error's details.
void AddDebugTrailers(const exec::CallTrace& trace, const absl::Status& status, UnaryRpc* rpc);

}  // namespace rowkeeper::wire
