#include "clock.h"

#include <thread>

namespace rowkeeper::client::internal {
namespace {

class SystemClock final : public Clock {
 public:
  time_point Now() const override { return std::chrono::steady_clock::now(); }
  wall_time_point WallNow() const override { return std::chrono::system_clock::now(); }
  void SleepFor(std::chrono::nanoseconds time) override { std::this_thread::sleep_for(time); }
};

}  // namespace

Clock& Clock::System() {
  static SystemClock* const clock = new SystemClock;  // for units that live until the process ends
  return *clock;
}

}  // namespace rowkeeper::client::internal
