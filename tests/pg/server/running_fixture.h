#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>

#include "server/app/server_process.h"
#include "server/base/listen_address.h"
#include "server/base/text.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/raw_http_client.h"

namespace rowkeeper::testing {

inline constexpr char kAdminToken[] = "a word that only operators know";

/// A planner server with an admin listener, whose statements wait for locks as long as a slow machine needs.
class RunningTest : public PlannerTest {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.serve.admin_listen = "127.0.0.1:0";
    options.serve.admin_token = kAdminToken;
    options.connection.lock_timeout_ms = 600000;
    options.connection.statement_timeout_ms = 600000;
    options.serve.queue_target_s = 600;
    options.serve.units.max_idle_limit_s = 600;
    options.serve.units.total_limit_s = 600;
    StartServer(options);
  }

  static std::string Ask(const std::string& request) {
    ListenAddress address;
    EXPECT_TRUE(ParseListenAddress(server().process().admin_address(), &address).ok());
    return RawClient(address).Ask(request);
  }
  static std::string Page(std::string_view path) { return Ask(HttpRequest(path)); }
  static Json Running() {
    const std::string answer = Page("/status/running.json");
    const size_t body = answer.find("\r\n\r\n");
    EXPECT_NE(body, std::string::npos) << answer;
    return Json::parse(answer.substr(body + 4));
  }
  /// Of those of `method`, one that `fits`; none when there is none within the limit.
  static std::optional<Json> AwaitCall(const std::string& method, const std::function<bool(const Json&)>& fits) {
    std::optional<Json> found;
    (void)rowkeeper::testing::Eventually([&] {
      const Json running = Running();
      for (const Json& call : running["calls"]["list"]) {
        if (call.value("method", "") == method && fits(call)) found = call;
      }
      return found.has_value();
    });
    EXPECT_TRUE(found.has_value()) << method << ": " << Running();
    return found;
  }
  /// A call whose answer is waited for when the result is gone, whatever the test comes to.
  static std::future<absl::StatusOr<Json>> Start(const std::string& method, const Json& request,
                                                 const CallOptions& options = {}) {
    return std::async(std::launch::async, [=, options = options]() mutable {
      options.timeout = std::max<std::chrono::milliseconds>(options.timeout, std::chrono::minutes(5));
      return Call(method, request, options);
    });
  }
  static std::string NumberOf(const std::optional<Json>& call) { return call ? call->value("call", "") : ""; }
  /// Empty when it is not open.
  static Json UnitOf(const std::string& id) {
    const Json running = Running();
    for (const Json& unit : running["units"]["list"]) {
      if (unit.value("unit", "") == id) return unit;
    }
    return Json::object();
  }
  static Json NewTitle(const Json& todo) {
    return {{"todo", {{"id", todo["id"]}, {"title", "changed"}}}, {"update_mask", "title"}};
  }
};

/// For a unit that a slow machine does not end.
inline Json LongLease(const std::string& label) {
  return {{"label", label}, {"idle_limit", "600s"}, {"total_limit", "600s"}};
}

}  // namespace rowkeeper::testing
