#include "tests/support/eventually.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace rowkeeper::testing {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(1);
/// Who asks another process so often for long takes its time away.
constexpr absl::Duration kLongerPause = absl::Milliseconds(5);
constexpr int kShortPauses = 50;

}  // namespace

bool Within(Clock::duration limit, const std::function<bool()>& happened) {
  Clock& clock = Clock::System();
  const Clock::time_point end = Later(clock.Now(), limit);
  for (int looks = 0; !happened(); ++looks) {
    if (clock.Now() >= end) return false;
    absl::SleepFor(looks < kShortPauses ? kPause : kLongerPause);
  }
  return true;
}

}  // namespace rowkeeper::testing
