#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

#include "server/base/clock.h"

namespace rowkeeper::db {

/// Shuts a socket down when its peer takes too long: whoever waits for the peer, in a library that cannot be told when
/// to give up, then sees the connection lost. One thread of the process looks after all of them, every kPeriod; Arm and
/// Disarm do not wake it and cost about 0.1 us, so that every statement can afford them. Time is real: the library
/// waits for it in the kernel. Arm and Disarm from one thread at a time, Shorten from any.
class SocketWatch {
 public:
  /// How much later than its limit a socket is shut down, at most.
  static constexpr std::chrono::milliseconds kPeriod{100};

  /// Watches nothing yet. `socket` may be closed before this dies: it keeps a descriptor of its own. Throws
  /// std::system_error when it can have none.
  explicit SocketWatch(int socket) : SocketWatch(socket, {}) {}
  /// `warn` is called on the watchdog's thread when a limit of Warn() has passed. It must not wait.
  SocketWatch(int socket, std::function<void()> warn);
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  /// The socket is to be shut down in `limit` from now, unless Disarm or Arm is called before; 0: is not.
  void Arm(std::chrono::milliseconds limit);
  /// The limit of a socket that is armed now becomes `limit` from now, if that is sooner. Its owner makes sure that
  /// what is armed is what the caller means.
  void Shorten(std::chrono::milliseconds limit);
  /// Calls `warn` once, in `limit` from now, unless Disarm or Warn is called before; 0: does not.
  void Warn(std::chrono::milliseconds limit);
  /// True when the limit had passed: the socket is shut down by now, or in a moment. No warning is under way then.
  bool Disarm();
  /// Whether any limit has passed so far.
  bool expired() const { return due_.load(std::memory_order_acquire) == kExpired; }

 private:
  friend class SocketWatchdog;

  static constexpr int64_t kOff = INT64_MAX;
  static constexpr int64_t kExpired = INT64_MIN;

  /// On the watchdog's thread. Claims an expired limit first, so that the answer to a later statement is not hit.
  void ShutDownIfDue(int64_t now);
  /// On the watchdog's thread.
  void WarnIfDue(int64_t now);
  void EndWarning();

  /// Ticks of the clock, kOff or, for good, kExpired.
  std::atomic<int64_t> due_{kOff};
  /// Ticks of the clock, kOff or, while the watchdog warns, kExpired.
  std::atomic<int64_t> warning_due_{kOff};
  const std::function<void()> warn_;
  const int socket_;
};

}  // namespace rowkeeper::db
