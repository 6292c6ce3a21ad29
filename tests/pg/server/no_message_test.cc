#include "tests/pg/server/server_fixture.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

/// As of a caller who is gone between the headers of a call and its message, for which gRPC begins the call all the
/// same. A request of no bytes is a good one for many methods.
class NoMessageTest : public PlannerTest {
 protected:
  static grpc::StatusCode CodeOf(const std::string& path) {
    return wire::CallWithoutMessage(server().channel(), path).error_code();
  }
};

TEST_F(NoMessageTest, NoMethodIsExecuted) {
  NewProfile();
  const std::string rows = "SELECT md5(string_agg(p::text, ' ' ORDER BY id)) FROM profiles p";
  const std::string before = server().database().Value(rows);
  int methods = 0;
  for (const auto& plan : server().loaded().plans) {
    if (plan->method->client_streaming()) continue;  // who sends no messages imports none
    EXPECT_EQ(CodeOf(plan->path), grpc::StatusCode::INVALID_ARGUMENT) << plan->path;
    ++methods;
  }
  EXPECT_GT(methods, 50);
  EXPECT_EQ(server().database().Value(rows), before);
}

TEST_F(NoMessageTest, NoUnitOfWorkBegins) {
  for (const char* const method : {"Begin", "Commit", "Rollback", "Run", "List"}) {
    EXPECT_EQ(CodeOf(Cat("/rowkeeper.v1.UnitOfWork/", method)), grpc::StatusCode::INVALID_ARGUMENT) << method;
  }
  EXPECT_EQ(MustCall("UnitOfWork.List", Json::object()), Json::object());
}

}  // namespace
}  // namespace rowkeeper::testing
