// A catalogue that is reloaded while serving has lists for fields, and the one before had none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/reload_fixture.h"

namespace rowkeeper::testing {
namespace {

const PolicyIssuer& FieldIssuer() {
  static const auto* const issuer = new PolicyIssuer();
  return *issuer;
}

ItemVersion WithCost(const std::string& options) {
  ItemVersion version = FirstVersion();
  version.fields = Cat("  string cost = 12 [(rowkeeper.v1.column) = {max_length: 20", options, "}];");
  return version;
}

class ReloadWithFieldListsTest : public ReloadTest {
 protected:
  ReloadWithFieldListsTest()
      : ReloadTest(Options()), open_(Compile(WithCost(""))), closed_(Compile(WithCost(R"(, read: "role:hr")"))) {}

  static InProcessServer::Options Options() {
    InProcessServer::Options options = SmallMessages();
    FieldIssuer().Configure(&options.serve.identity);
    return options;
  }

  void SetUp() override {
    ReloadTest::SetUp();
    ASSERT_TRUE(open_ != nullptr && closed_ != nullptr);
    server_.database().Run("DROP TABLE items");
    CreateSchema(*open_->catalogue, &server_.database());
    server_.database().Run("INSERT INTO items (id, name, cost) VALUES (1, 'one', 's3cret')");
    Serve(open_);
    ASSERT_THAT(Get(Staff()), ::testing::HasSubstr("s3cret"));
  }

  static CallOptions Staff() { return FieldIssuer().As("bob"); }
  static CallOptions Hr() { return FieldIssuer().As("alice", {"hr"}); }
  std::string Get(const CallOptions& as) {
    const auto answer = Call(open_, "ItemRepository.GetById", {{"id", 1}}, as);
    return answer.ok() ? answer->dump() : ReasonOf(answer);
  }

  const SharedCatalogue open_;
  const SharedCatalogue closed_;
};

TEST_F(ReloadWithFieldListsTest, TheyHoldFromThenOn) {
  Serve(closed_);
  EXPECT_THAT(Get(Staff()), ::testing::HasSubstr("one"));
  EXPECT_THAT(Get(Staff()), ::testing::Not(::testing::HasSubstr("s3cret")));
  EXPECT_THAT(Get(Hr()), ::testing::HasSubstr("s3cret"));
  Serve(open_);
  EXPECT_THAT(Get(Staff()), ::testing::HasSubstr("s3cret"));
}

/// A unit goes on with the catalogue that it began with, but for that.
TEST_F(ReloadWithFieldListsTest, AnOpenUnitThatBeganBeforeHeedsThem) {
  const Unit unit(&server_, Json::object(), Staff());
  EXPECT_THAT(Get(unit.Inside()), ::testing::HasSubstr("s3cret"));
  Serve(closed_);
  EXPECT_THAT(Get(unit.Inside()), ::testing::HasSubstr("one"));
  EXPECT_THAT(Get(unit.Inside()), ::testing::Not(::testing::HasSubstr("s3cret")));
  EXPECT_TRUE(unit.Rollback().ok());
}

}  // namespace
}  // namespace rowkeeper::testing
