#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/wire/debug_header.h"
#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

inline constexpr std::string_view kUnitOfWorkHeader = "rowkeeper-unit-of-work";
inline constexpr std::string_view kSequenceHeader = "rowkeeper-sequence";

/// Whose rows a call is about, of a proxy alone. Who sent it was judged when the caller was identified: see Callers.
inline constexpr std::string_view kTenantHeader = "rowkeeper-tenant";

/// Without the prefix: callers know the name from elsewhere.
inline constexpr std::string_view kIdempotencyHeader = "idempotency-key";
inline constexpr size_t kMaxIdempotencyKeyBytes = 255;

/// What the `rowkeeper-*` headers of a call say, and idempotency-key.
struct RowkeeperHeaders {
  /// The handle, as it came; the registry of units judges it.
  std::optional<std::string> unit_of_work;
  /// At least 1.
  std::optional<uint64_t> sequence;
  /// What the header rowkeeper-debug asks for.
  DebugLevel debug = DebugLevel::kOff;
  /// 1 to kMaxIdempotencyKeyBytes of printable ASCII.
  std::optional<std::string> idempotency_key;
};

/// From fields of which others than these are ignored. Errors, as of all functions here: INVALID_ARGUMENT
/// INVALID_HEADER for a header of that prefix which this server does not know (it asks for something that would be left
/// undone), for one that is there twice, and for a malformed number or key.
absl::StatusOr<RowkeeperHeaders> ReadHeaders(const std::vector<HeaderField>& fields);
absl::StatusOr<RowkeeperHeaders> ReadHeaders(const UnaryRpc& rpc);

/// The headers `rowkeeper-*` of a call (a UnaryRpc or StreamRpc), but for that of the tenant where it was heeded.
template <typename Rpc>
std::vector<HeaderField> OwnHeaders(const Rpc& rpc) {
  std::vector<HeaderField> fields = rpc.HeadersStartingWith("rowkeeper-");
  // Of callers without an identity nobody has judged it.
  if (fields.empty() || rpc.identity() == nullptr) return fields;
  const auto heeded = [](const HeaderField& field) { return field.first == kTenantHeader; };
  fields.erase(std::remove_if(fields.begin(), fields.end(), heeded), fields.end());
  return fields;
}

/// For a method that works alone or inside a unit: a sequence number goes with a unit only.
absl::StatusOr<RowkeeperHeaders> ReadRepositoryHeaders(const UnaryRpc& rpc);

/// For a method that belongs to no unit: refuses both headers, saying `why`.
absl::Status RefuseUnitHeaders(const RowkeeperHeaders& headers, std::string_view why);

}  // namespace rowkeeper::wire
