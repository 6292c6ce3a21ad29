#include "server/app/signals.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace rowkeeper::app {
namespace {

sigset_t AwaitedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

void SetUpSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);
}

void BlockStopSignals() {
  const sigset_t signals = AwaitedSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void ExitAfter(std::chrono::milliseconds limit, int exit_code) {
  std::thread([limit, exit_code] {
    std::this_thread::sleep_for(limit);  // real time, for whoever waits for the process to end
    std::fputs("rowkeeper: the database does not answer; ending without it\n", stderr);
    std::_Exit(exit_code);
  }).detach();
}

void WaitForStopSignal(const std::function<void()>& on_hangup) {
  const sigset_t signals = AwaitedSignals();
  while (true) {
    int received = 0;
    if (sigwait(&signals, &received) != 0) continue;
    if (received != SIGHUP) return;
    on_hangup();
  }
}

void ExitOnNextStopSignal(int exit_code) {
  std::thread([exit_code] {
    WaitForStopSignal([] {});  // what SIGHUP changes is of no use any more
    std::_Exit(exit_code);
  }).detach();
}

}  // namespace rowkeeper::app
