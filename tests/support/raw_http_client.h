#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>

#include "server/base/file_descriptor.h"
#include "server/base/listen_address.h"
#include "server/base/text.h"

namespace rowkeeper::testing {

/// A connection that sends what it is told to, byte for byte.
class RawClient {
 public:
  explicit RawClient(const ListenAddress& address) : socket_(Connect(address)) {}

  /// False when the server has closed the connection.
  bool Send(std::string_view bytes) {
    return send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// All that comes until the server closes the connection, or nothing comes for 10 s.
  std::string ReadAll() {
    std::string all;
    char buffer[4096];
    for (;;) {
      pollfd polled{socket_.get(), POLLIN, 0};
      if (poll(&polled, 1, 10000) <= 0) return all + "(silence)";
      const ssize_t count = recv(socket_.get(), buffer, sizeof(buffer), 0);
      if (count <= 0) return all;
      all.append(buffer, static_cast<size_t>(count));
    }
  }
  std::string Ask(std::string_view request) {
    Send(request);
    return ReadAll();
  }
  bool IsClosed() {
    pollfd polled{socket_.get(), POLLRDHUP, 0};
    return poll(&polled, 1, 0) > 0;
  }

 private:
  static FileDescriptor Connect(const ListenAddress& address) {
    FileDescriptor socket(::socket(address.is_unix() ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage peer{};
    if (address.is_unix()) {
      auto& name = reinterpret_cast<sockaddr_un&>(peer);
      name.sun_family = AF_UNIX;
      address.unix_path().copy(name.sun_path, sizeof(name.sun_path) - 1);
    } else {
      auto& name = reinterpret_cast<sockaddr_in&>(peer);
      name.sin_family = AF_INET;
      // All addresses, or a name: over loopback.
      if (inet_pton(AF_INET, address.host().c_str(), &name.sin_addr) != 1 || name.sin_addr.s_addr == INADDR_ANY) {
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      }
      name.sin_port = htons(static_cast<uint16_t>(std::stoi(address.port())));
    }
    const socklen_t size = address.is_unix() ? sizeof(sockaddr_un) : sizeof(sockaddr_in);
    EXPECT_EQ(connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), size), 0);
    return socket;
  }

  FileDescriptor socket_;
};

inline std::string HttpRequest(std::string_view path) {
  return Cat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

}  // namespace rowkeeper::testing
