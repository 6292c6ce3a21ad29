#include "server/wire/pipeline/claimed.h"

#include <optional>
#include <string>
#include <utility>

#include "server/base/idempotency_errors.h"

namespace rowkeeper::wire {

Work Claimed(const KeptResponses* kept, exec::IdempotencyKey key, const std::shared_ptr<Exchange>& exchange,
             Work work) {
  return [kept, key = std::move(key), exchange, work = std::move(work)](
             db::Connection& connection, db::Cancellation* cancellation) -> absl::StatusOr<std::string> {
    exchange->NoteOrigin(Exchange::Origin::kMade);
    absl::StatusOr<std::optional<std::string>> stored = kept->keys.Claim(key, connection, cancellation);
    if (!stored.ok()) return stored.status();
    if (stored->has_value()) {
      exchange->NoteOrigin(Exchange::Origin::kReplayed);
      kept->counters->replayed.Add();
      return **std::move(stored);
    }
    kept->counters->claimed.Add();
    absl::StatusOr<std::string> response = work(connection, cancellation);
    if (!response.ok()) return response;
    if (response->size() > kept->max_bytes) return ResponseTooLargeToKeep(response->size(), kept->max_bytes);
    if (absl::Status status = kept->keys.Store(key, *response, connection, cancellation); !status.ok()) return status;
    kept->counters->stored_bytes.Add(response->size());
    return response;
  };
}

}  // namespace rowkeeper::wire
