#pragma once

#include <cstdint>
#include <optional>

namespace rowkeeper::net {

/// Counts the bytes that a socket has received, without reading them. Of TCP the kernel counts. Of a unix socket it
/// tells only what waits to be read: what is read before anybody looks is not counted. For one thread.
class ByteMeter {
 public:
  enum class Kind { kTcp, kUnix };
  explicit ByteMeter(Kind kind) : kind_(kind) {}

  /// Something has arrived at `socket` since the last time.
  void NoteArrival(int socket);
  /// Since the connection was opened; none when the socket does not tell.
  std::optional<uint64_t> BytesOf(int socket) const;

 private:
  Kind kind_;
  uint64_t seen_ = 0;
};

}  // namespace rowkeeper::net
