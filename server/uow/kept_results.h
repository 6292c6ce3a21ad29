#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace rowkeeper::uow {

/// The results of a unit's last calls by their sequence numbers, so that a call that is sent again need not run again.
/// Not thread-safe.
class KeptResults {
 public:
  struct Limits {
    int count = 0;
    size_t bytes = 0;
  };
  using Result = absl::StatusOr<std::string>;

  explicit KeptResults(Limits limits) : limits_(limits) {}

  /// What a call with this number is answered without running it; nullopt when it is to run.
  std::optional<Result> Answer(uint64_t sequence, uint64_t fingerprint) const;
  /// A call with this number was executed.
  void Keep(uint64_t sequence, uint64_t fingerprint, const Result& result);
  void Clear();

 private:
  struct Kept {
    uint64_t sequence = 0;
    uint64_t fingerprint = 0;
    Result result;
  };

  const Limits limits_;
  std::deque<Kept> kept_;
  size_t bytes_ = 0;
  std::optional<uint64_t> last_;
};

}  // namespace rowkeeper::uow
