// When a server whose keys of tokens are at a URL begins to answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "absl/synchronization/notification.h"
#include "server/app/server_process.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "tests/support/eventually.h"
#include "tests/support/https_server.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

TEST(FetchedKeysTest, NoCallIsAnsweredBeforeTheFirstFetchHasEnded) {
  const TestSigningKey key(TestSigningKey::Kind::kEd25519, "one");
  absl::Notification go_on;
  HttpsServer issuer({}, [&](const std::string& /*request*/, HttpsServer::Connection* client) {
    go_on.WaitForNotification();
    client->Write(HttpAnswer("200 OK", "", JwkSet({key.Jwk()})));
  });
  InProcessServer::Options options;
  options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
  options.time = InProcessServer::Options::Time::kStill;  // so that nobody grows tired of waiting for the keys
  options.serve.identity.jwt_keys = Cat("http://localhost:", issuer.port(), "/keys");
  options.serve.identity.jwt_issuer = kTestIssuer;
  options.serve.identity.jwt_audiences = {kTestAudience};
  InProcessServer server(CompileExample("planner/v1"), options);
  TestClaims claims;
  claims.expires =
      std::chrono::duration_cast<std::chrono::seconds>(server.clock().WallNow().time_since_epoch()).count();
  claims.expires += 3600;
  CallOptions as_alice;
  as_alice.headers.emplace_back("authorization", Cat("Bearer ", key.Token(ToJson(claims))));
  auto call =
      std::async(std::launch::async, [&] { return server.Call("ProfileRepository.List", Json::object(), as_alice); });
  EXPECT_TRUE(Eventually([&] { return server.process().serving().reachable; }));
  const auto answered = [&call] { return call.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
  EXPECT_FALSE(Within(std::chrono::milliseconds(200), answered));
  go_on.Notify();
  const std::string reason = ErrorReason(call.get().status());
  // On a machine that is very busy the fetch may have been given up meanwhile.
  const std::string metrics = server.MetricsText();
  if (reason != "SCHEMA_MISMATCH") {
    EXPECT_EQ(reason, "SERVER_STARTING");
    EXPECT_THAT(metrics, HasSubstr("rowkeeper_token_key_fetches_total{result=\"unreachable\"} 1"));
  }
}

}  // namespace
}  // namespace rowkeeper::testing
