#include "server/embedded/supervisor.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/text.h"
#include "server/embedded/process.h"

namespace rowkeeper::embedded {
namespace {

using std::chrono::milliseconds;

// Time is real throughout: the operating system starts and ends processes in no other.

constexpr milliseconds kReadyPoll{20};
constexpr milliseconds kFirstPause{200};
constexpr milliseconds kLongestPause{10000};

}  // namespace

Supervisor::Supervisor(Options options) : options_(std::move(options)) {}

Supervisor::~Supervisor() { Stop(std::chrono::seconds(30)); }

absl::StatusOr<Supervisor::StartResult> Supervisor::Start(std::chrono::seconds timeout) {
  thread_ = std::thread([this] { Run(); });
  const auto deadline = Clock::System().Now() + timeout;
  for (;;) {
    pid_t child = 0;
    {
      absl::MutexLock lock(&mutex_);
      if (!spawn_status_.ok()) return spawn_status_;
      if (finished_) return StartResult::kEnded;
      child = child_;
    }
    if (child != 0 && options_.ready(child)) {
      absl::MutexLock lock(&mutex_);
      was_ready_ = true;
      return finished_ ? StartResult::kEnded : StartResult::kReady;
    }
    if (Clock::System().Now() >= deadline) return StartResult::kTimedOut;
    WaitForThread(kReadyPoll);
  }
}

void Supervisor::Stop(std::chrono::seconds timeout) {
  if (!thread_.joinable()) return;
  Signal(SIGINT);
  if (!WaitForThread(timeout)) {
    Signal(SIGQUIT);
    if (!WaitForThread(kQuitGrace)) Signal(SIGKILL);
  }
  thread_.join();
}

void Supervisor::Run() {
  milliseconds pause = kFirstPause;
  for (;;) {
    const auto born = Clock::System().Now();
    RunOnce();
    if (Clock::System().Now() - born > kLongestPause) pause = kFirstPause;
    if (!PauseBeforeRestart(pause)) break;
    pause = std::min(pause * 2, kLongestPause);
  }
  absl::MutexLock lock(&mutex_);
  finished_ = true;
}

bool Supervisor::RunOnce() {
  absl::StatusOr<pid_t> child = options_.spawn();
  if (!child.ok()) {
    SpawnFailed(child.status());
    return false;
  }
  {
    absl::MutexLock lock(&mutex_);
    child_ = *child;
    if (stopping_) kill(child_, SIGINT);
  }
  siginfo_t info;
  while (waitid(P_PID, *child, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  // Reaped only under the mutex: as long as child_ is set, its number cannot belong to anybody else.
  absl::MutexLock lock(&mutex_);
  waitpid(*child, nullptr, 0);
  child_ = 0;
  return true;
}

void Supervisor::SpawnFailed(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (!was_ready_) spawn_status_ = status;
    if (!was_ready_) return;
  }
  options_.log(Cat("PostgreSQL cannot be started again: ", status.ToString()));
}

bool Supervisor::PauseBeforeRestart(milliseconds pause) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_ || !was_ready_) return false;
  }
  options_.log(Cat("PostgreSQL ended unexpectedly; starting it again in ", pause.count(), " ms"));
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopping_), absl::Milliseconds(pause.count()));
}

void Supervisor::Signal(int signal_number) {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
  if (child_ != 0) kill(child_, signal_number);
}

bool Supervisor::WaitForThread(milliseconds timeout) {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&finished_), absl::Milliseconds(timeout.count()));
}

}  // namespace rowkeeper::embedded
