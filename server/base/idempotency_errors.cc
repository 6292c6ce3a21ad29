#include "server/base/idempotency_errors.h"

#include "server/base/error_parts.h"

namespace rowkeeper {

absl::Status IdempotencyKeyReused(std::string_view key) {
  return error_parts::Error(
      Reason::kIdempotencyKeyReused,
      "header idempotency-key: the key was used before for another method or another request; repeat a call exactly "
      "as it was, and send a new key with each new call",
      {{"key", key}});
}

absl::Status IdempotencyKeyOfAnotherRelease(std::string_view key) {
  return error_parts::Error(
      Reason::kIdempotencyKeyOtherRelease,
      "header idempotency-key: another release of the server executed a call with this key, and this one cannot read "
      "the response that it stored; nothing was executed now: read the rows, and send a new key with a new call",
      {{"key", key}});
}

}  // namespace rowkeeper
