#include "server/base/limits.h"

namespace rowkeeper {
namespace {

enum class Set : uint8_t { kByFlag, kNever };

struct LimitEntry {
  Limit limit;
  std::string_view name;
  Set set;
};

/// In the order of the enum.
constexpr LimitEntry kLimits[] = {
    {Limit::kQueueLimit, "queue-limit", Set::kByFlag},
    {Limit::kQueueTarget, "queue-target", Set::kByFlag},
    {Limit::kPoolTimeout, "pool-timeout", Set::kByFlag},
    {Limit::kCallsPerCaller, "calls-per-caller", Set::kByFlag},
    {Limit::kRunawayStatements, "runaway-statements", Set::kNever},
    {Limit::kMaxResponseSize, "max-response-size", Set::kByFlag},
    {Limit::kMaxIdempotentResponse, "max-idempotent-response", Set::kByFlag},
    {Limit::kMemoryBudget, "memory-budget", Set::kByFlag},
    {Limit::kMemoryShare, "memory-share", Set::kNever},
    {Limit::kMaxSkip, "max-skip", Set::kByFlag},
    {Limit::kMaxFilterBytes, "max-filter-bytes", Set::kByFlag},
    {Limit::kMaxFilterTerms, "max-filter-terms", Set::kByFlag},
    {Limit::kMaxFilterNesting, "max-filter-nesting", Set::kByFlag},
    {Limit::kMaxFilterValues, "max-filter-values", Set::kByFlag},
    {Limit::kMaxSearchBytes, "max-search-bytes", Set::kByFlag},
    {Limit::kMaxSearchWords, "max-search-words", Set::kByFlag},
    {Limit::kMaxRelationDepth, "max-relation-depth", Set::kByFlag},
    {Limit::kMaxRelations, "max-relations", Set::kByFlag},
    {Limit::kMaxRelatedRows, "max-related-rows", Set::kByFlag},
    {Limit::kMaxRelatedSize, "max-related-size", Set::kByFlag},
    {Limit::kMaxBatchRows, "max-batch-rows", Set::kByFlag},
    {Limit::kMaxBatchSize, "max-batch-size", Set::kByFlag},
    {Limit::kMaxAffected, "max-affected", Set::kByFlag},
    {Limit::kMaxQueryRows, "max-query-rows", Set::kByFlag},
    {Limit::kMaxStreams, "max-streams", Set::kByFlag},
    {Limit::kStreamsPerCaller, "streams-per-caller", Set::kByFlag},
    {Limit::kStreamIdleTimeout, "stream-idle-timeout", Set::kByFlag},
    {Limit::kUnitShare, "unit-share", Set::kByFlag},
    {Limit::kUnitsPerCaller, "units-per-caller", Set::kByFlag},
    {Limit::kUnitCapacityWait, "unit-capacity-wait", Set::kByFlag},
    {Limit::kUnitBusyWait, "unit-busy-wait", Set::kByFlag},
    {Limit::kUnitWaitingBegins, "unit-waiting-begins", Set::kNever},
    {Limit::kUnitWaitingCalls, "unit-waiting-calls", Set::kNever},
    {Limit::kUnitSavepoints, "unit-savepoints", Set::kNever},
};

constexpr bool HasEveryLimit() {
  size_t number = 0;
  for (const LimitEntry& entry : kLimits) {
    if (static_cast<size_t>(entry.limit) != number++) return false;
  }
  return number == kLimitCount;
}
static_assert(HasEveryLimit(), "one entry for each limit, in the order of the enum");

const LimitEntry& LimitEntryOf(Limit limit) { return kLimits[static_cast<size_t>(limit)]; }

}  // namespace

std::string_view LimitName(Limit limit) { return LimitEntryOf(limit).name; }

std::optional<Limit> LimitFromName(std::string_view name) {
  for (const LimitEntry& entry : kLimits) {
    if (entry.name == name) return entry.limit;
  }
  return std::nullopt;
}

bool IsFixed(Limit limit) { return LimitEntryOf(limit).set == Set::kNever; }

}  // namespace rowkeeper
