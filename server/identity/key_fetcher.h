#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::identity {

/// What became of a fetch of keys.
enum class FetchOutcome : uint8_t {
  kFetched,      ///< there are other keys
  kUnchanged,    ///< the keys are those of before
  kUnreachable,  ///< no answer, or not all of it in time
  kUntrusted,    ///< no TLS, or a certificate that does not pass
  kRefused,      ///< an answer that is neither 200 nor 304
  kTooLarge,     ///< more than 1 MiB
  kUnusable,     ///< no set of keys, or one without a key to use
};
inline constexpr size_t kFetchOutcomes = static_cast<size_t>(FetchOutcome::kUnusable) + 1;
/// "unreachable": for metrics.
std::string_view FetchOutcomeName(FetchOutcome outcome);

struct FetchAnswer {
  FetchOutcome outcome = FetchOutcome::kUnreachable;
  /// Of kFetched: what came; not looked at yet.
  std::string text;
  /// Of kFetched; empty where the server gave none.
  std::string etag;
  /// Of kFetched and kUnchanged: for how long the server says that the answer holds; nullopt where it does not.
  std::optional<std::chrono::seconds> fresh;
  /// Of the others, for the log: in a few words what is wrong.
  std::string problem;
};

/// Fetches a set of keys. For one thread, except for Cancel.
class KeyFetcher {
 public:
  virtual ~KeyFetcher() = default;

  /// Blocks for seconds. `etag`: of the answer whose keys are in use; empty: there is none.
  virtual FetchAnswer Fetch(const std::string& etag) = 0;
  /// Ends the fetch that runs, if any, and all to come: they are kUnreachable. Does not wait. Thread-safe.
  virtual void Cancel() = 0;
};

}  // namespace rowkeeper::identity
