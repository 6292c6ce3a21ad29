#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace rowkeeper::testing {

/// Those who harm on purpose: one thread for each kind of abuse of a server of the catalogue of tests/rolling, each
/// from an IPv4 address of its own (127.0.0.2 and up), again and again until Stop.
class Abusers {
 public:
  /// `address` is "127.0.0.1:PORT".
  explicit Abusers(const std::string& address);
  ~Abusers() { Stop(); }
  void Stop();
  /// How often each has done its worst.
  std::map<std::string, int> times() const;

 private:
  struct Abuser {
    std::string name;
    std::atomic<int> times{0};
    std::thread thread;
  };
  std::atomic<bool> stop_{false};
  std::vector<std::unique_ptr<Abuser>> abusers_;
};

}  // namespace rowkeeper::testing
