#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rowkeeper {

/// The limits that errors name, in metadata "limit" and in messages: a limit has one name, which is its flag's without
/// the dashes. A new one has a flag of that name, or none and is fixed, and a row in the reference's table of limits;
/// tests walk both.
enum class Limit : uint8_t {
  // Of every call
  kQueueLimit,
  kQueueTarget,
  kPoolTimeout,
  kCallsPerCaller,
  kRunawayStatements,
  kMaxResponseSize,
  kMaxIdempotentResponse,
  kMemoryBudget,
  kMemoryShare,
  // Of lists and their filters
  kMaxSkip,
  kMaxFilterBytes,
  kMaxFilterTerms,
  kMaxFilterNesting,
  kMaxFilterValues,
  kMaxSearchBytes,
  kMaxSearchWords,
  // Of relations
  kMaxRelationDepth,
  kMaxRelations,
  kMaxRelatedRows,
  kMaxRelatedSize,
  // Of batches, bulk changes and queries
  kMaxBatchRows,
  kMaxBatchSize,
  kMaxAffected,
  kMaxQueryRows,
  // Of streams
  kMaxStreams,
  kStreamsPerCaller,
  kStreamIdleTimeout,
  // Of units of work
  kUnitShare,
  kUnitsPerCaller,
  kUnitCapacityWait,
  kUnitBusyWait,
  // Of units of work, fixed
  kUnitWaitingBegins,
  kUnitWaitingCalls,
  kUnitSavepoints,
};

/// Limits are numbered from 0 to one less than this.
inline constexpr size_t kLimitCount = static_cast<size_t>(Limit::kUnitSavepoints) + 1;

/// "max-batch-rows".
std::string_view LimitName(Limit limit);
/// The reverse of LimitName().
std::optional<Limit> LimitFromName(std::string_view name);
/// Whether no flag sets it.
bool IsFixed(Limit limit);

}  // namespace rowkeeper
