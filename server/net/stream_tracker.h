#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace rowkeeper::net {

/// What became of the streams of a connection since it was opened; each call is one.
struct StreamCounts {
  uint64_t started = 0;
  /// Ended by the server's trailers, whatever their status.
  uint64_t succeeded = 0;
  /// Reset by the client, or lost.
  uint64_t failed = 0;
  /// Messages that arrived whole.
  uint64_t messages = 0;
  /// Messages that were sent.
  uint64_t sent = 0;

  /// Whose memory is still held: streams that were reset are among them for a while.
  uint64_t open() const { return Less(started, succeeded + failed); }
  /// At least so many sent no whole message and got no answer, whatever became of them since. Negative where calls sent
  /// several messages, or one and were answered.
  int64_t barren() const { return static_cast<int64_t>(started - succeeded - messages); }

 private:
  static uint64_t Less(uint64_t from, uint64_t less) { return from > less ? from - less : 0; }
};

/// What whoever serves connections knows of their streams. Connections have the numbers that the caller gave them.
/// Called on the acceptor's thread.
class StreamTracker {
 public:
  virtual ~StreamTracker() = default;
  /// The connection is about to be served. `peer` is Peer::name.
  virtual void Opening(uint64_t connection, const std::string& peer) = 0;
  /// It was given to whoever serves it.
  virtual void Opened(uint64_t connection) = 0;
  /// None while it is not known, and when nothing of the connection is left. A connection that was closed is known as
  /// long as it has streams.
  virtual std::optional<StreamCounts> CountsOf(uint64_t connection) = 0;
  virtual void Forget(uint64_t connection) = 0;
};

}  // namespace rowkeeper::net
