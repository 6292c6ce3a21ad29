#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "tests/pg/server/many_calls.h"
#include "tests/pg/server/query_fixture.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::testing {

/// A server with a pool of four, a method whose calls take 50 ms in the database, and one whose calls take hardly any
/// time there, for callers over TCP and over a unix socket, who are two to it.
class NapServer {
 public:
  static constexpr char kMethod[] = "ProductRepository.Nap";
  static constexpr char kQuick[] = "ProductRepository.Quick";

  explicit NapServer(InProcessServer::Options options = InProcessServer::Options())
      : server_(Query("Nap(None) returns (Napped)", "SELECT 1 AS n FROM pg_sleep(0.05)") +
                    Query("Quick(None) returns (Napped)", "SELECT 1 AS n"),
                "message Napped { int32 n = 1; }", WithFour(std::move(options), directory_.path())) {}

  InProcessServer* operator->() { return &*server_; }
  InProcessServer* get() { return &*server_; }
  std::string tcp() { return server_->addresses().front(); }
  std::string unix_socket() { return server_->addresses().back(); }

 private:
  static InProcessServer::Options WithFour(InProcessServer::Options options, const std::string& directory) {
    options.pool.pool_size = 4;
    options.pool.max_overflow = 0;
    options.serve.listen.push_back("unix:" + directory + "/s");
    return options;
  }

  const TemporaryDirectory directory_;
  QueryServer server_;
};

/// Calls in a closed loop, as many as `in_flight` at once, for `time`: how many a second are answered well.
inline double MeasurePeak(NapServer* server, int in_flight, std::chrono::milliseconds time,
                          const std::string& method = NapServer::kMethod) {
  ManyCalls calls(server->get(), server->tcp(), 1);
  const auto end = std::chrono::steady_clock::now() + time;
  size_t started = 0;
  while (std::chrono::steady_clock::now() < end) {
    for (; started < calls.answered() + static_cast<size_t>(in_flight); ++started) calls.Start(method, "");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return calls.outcomes()["OK"] / std::chrono::duration<double>(time).count();
}

}  // namespace rowkeeper::testing
