#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/file_descriptor.h"

namespace rowkeeper {

/// Where a server listens: "host:port" ("127.0.0.1:50051", "[::1]:0", "0.0.0.0:50051") or "unix:/path". Port 0 lets the
/// system choose.
struct ListenAddress {
  std::string text;
  bool is_unix() const { return text.rfind("unix:", 0) == 0; }
  /// The socket's path; empty unless is_unix().
  std::string unix_path() const { return is_unix() ? text.substr(5) : std::string(); }
  std::string host() const;
  std::string port() const;
  /// `text` with the port that the system chose.
  std::string WithPort(int port) const;
};

/// Errors: INVALID_ARGUMENT, saying how an address is written.
absl::Status ParseListenAddress(std::string_view text, ListenAddress* address);

struct Listener {
  FileDescriptor socket;
  /// With the port that the system chose.
  ListenAddress address;
};

/// Listens on the address. Removes the socket file that a crashed server left behind, when nobody answers on it.
/// Errors: FAILED_PRECONDITION, reason CANNOT_LISTEN, naming the address and what to do.
absl::StatusOr<Listener> Listen(const ListenAddress& address);

/// Listens on every address that the host's name stands for, all on one port: "localhost" may be 127.0.0.1 and ::1. The
/// hosts 0.0.0.0 and [::] both stand for all addresses of the machine. At least one listener. Errors: those of
/// Listen.
absl::StatusOr<std::vector<Listener>> ListenOnAll(const ListenAddress& address);

/// Whether only processes of this machine can connect: to a unix socket, 127.0.0.0/8 or ::1.
bool IsOfThisMachine(const Listener& listener);

}  // namespace rowkeeper
