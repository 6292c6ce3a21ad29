#include "backoff.h"

#include <algorithm>
#include <random>
#include <utility>

#include "rowkeeper/client/error_details.h"
#include "times.h"

namespace rowkeeper::client::internal {

double Random() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

Backoff::Backoff(const BackoffOptions& options, std::function<double()> random)
    : options_(options), random_(std::move(random)), limit_(options.initial) {}

std::chrono::nanoseconds Backoff::Next(const absl::Status& error) {
  limit_ = std::clamp(limit_, Milliseconds(0), Milliseconds(Clamped(options_.longest)));
  const auto jitter = std::chrono::duration_cast<std::chrono::nanoseconds>(limit_ * random_());
  limit_ *= std::clamp(options_.factor, 1.0, 1e6);
  return DetailsOf(error).retry_delay.value_or(std::chrono::nanoseconds(0)) + jitter;
}

}  // namespace rowkeeper::client::internal
