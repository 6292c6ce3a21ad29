#include "server/base/load_errors.h"

#include <algorithm>

#include "server/base/error_builder.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

using std::chrono::milliseconds;

/// By then the calls that are before this one are gone.
milliseconds RetryAfter(milliseconds wait) { return std::clamp(wait, milliseconds(100), milliseconds(10000)); }

}  // namespace

absl::Status DeadlineUnreachable(milliseconds needed, milliseconds left) {
  return ErrorBuilder(Reason::kDeadlineUnreachable,
                      Cat("the server is busy: calls are answered after about ", needed.count(),
                          " ms now, and the deadline of this one is in ", left.count(),
                          " ms; nothing was done: try again later, or allow more time"))
      .WithRetry(RetryAfter(needed))
      .Build();
}

absl::Status Overloaded(Limit limit, milliseconds value, milliseconds wait) {
  return ErrorBuilder(Reason::kOverloaded,
                      Cat("the server is overloaded: calls of this caller wait about ", wait.count(),
                          " ms for a connection (", LimitName(limit), " is ", value.count(),
                          " ms); nothing was done: try again later, or make fewer calls at once"))
      .WithLimit(limit, Cat(value.count(), " ms"))
      .WithRetry(RetryAfter(wait))
      .Build();
}

}  // namespace rowkeeper
