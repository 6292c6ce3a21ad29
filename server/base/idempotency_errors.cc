#include "server/base/idempotency_errors.h"

#include "server/base/error_builder.h"
#include "server/base/text.h"

namespace rowkeeper {

absl::Status IdempotencyKeyReused(std::string_view key) {
  return ErrorBuilder(
             Reason::kIdempotencyKeyReused,
             "header idempotency-key: the key was used before for another method or another request; repeat a call "
             "exactly as it was, and send a new key with each new call")
      .With("key", key)
      .Build();
}

absl::Status ResponseTooLargeToKeep(size_t bytes, size_t limit_bytes) {
  return ErrorBuilder(Reason::kResponseTooLarge,
                      Cat("the response has ", bytes, " bytes and the server keeps at most ", limit_bytes,
                          "; nothing was changed: the response to a call with an idempotency key is kept, up to "
                          "--max-idempotent-response of the server; ask for fewer rows or fields, or send no key"))
      .WithLimit(Limit::kMaxIdempotentResponse, Cat(limit_bytes, " bytes"))
      .Build();
}

absl::Status IdempotencyKeyOfAnotherRelease(std::string_view key) {
  return ErrorBuilder(Reason::kIdempotencyKeyOtherRelease,
                      "header idempotency-key: another release of the server executed a call with this key, and this "
                      "one cannot read the response that it stored; nothing was executed now: read the rows, and send "
                      "a new key with a new call")
      .With("key", key)
      .Build();
}

}  // namespace rowkeeper
