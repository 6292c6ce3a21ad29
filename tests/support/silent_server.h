#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "server/base/text.h"

namespace rowkeeper::testing {

/// A database that accepts connections and never says a word, so that whoever connects waits until Release.
class SilentServer {
 public:
  SilentServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
    listen(listener_, 64);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Accept(); });
  }
  ~SilentServer() {
    Release();
    stop_ = true;
    thread_.join();
    close(listener_);
  }

  std::string url() const { return Cat("postgresql://nobody@127.0.0.1:", port_, "/none?sslmode=disable"); }
  /// Hangs up on everybody, now and from now on.
  void Release() { released_ = true; }

 private:
  void Accept() {
    std::vector<int> held;
    while (!stop_) {
      pollfd ready{listener_, POLLIN, 0};
      if (poll(&ready, 1, 2) > 0) held.push_back(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
      if (!released_) continue;
      for (int socket : held) close(socket);
      held.clear();
    }
    for (int socket : held) close(socket);
  }

  const int listener_;
  int port_ = 0;
  std::atomic<bool> released_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace rowkeeper::testing
