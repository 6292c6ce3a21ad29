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

constexpr char kOpenPolicyFile[] = "[methods]\n\"*\" = [\"everyone\"]\n[features]\n\"*\" = [\"everyone\"]\n";

class ReloadWithAPolicyFileTest : public ReloadTest {
 protected:
  ReloadWithAPolicyFileTest() : ReloadTest(Options()), first_(Compile(WithCost(""))) {
    ItemVersion version = WithCost("");
    version.fields += "\n  optional string bonus = 13;";
    second_ = Compile(version);
  }

  static std::string File() { return FieldIssuer().path("policy.toml"); }
  static InProcessServer::Options Options() {
    ReplaceTestFile(File(), kOpenPolicyFile);
    InProcessServer::Options options = SmallMessages();
    FieldIssuer().Configure(&options.serve.identity);
    options.serve.identity.policy_file = File();
    return options;
  }

  const SharedCatalogue first_;
  SharedCatalogue second_;
};

/// The catalogue that the unit began with can take no file that names a field which it lacks.
TEST_F(ReloadWithAPolicyFileTest, AnOpenUnitHeedsAFileThatIsNewer) {
  ASSERT_TRUE(first_ != nullptr && second_ != nullptr);
  server_.database().Run("DROP TABLE items");
  CreateSchema(*second_->catalogue, &server_.database());
  server_.database().Run("INSERT INTO items (id, name, cost) VALUES (1, 'one', 's3cret')");
  Serve(first_);
  const auto get = [&](const CallOptions& as) {
    const auto answer = Call(first_, "ItemRepository.GetById", {{"id", 1}}, as);
    return answer.ok() ? answer->dump() : ReasonOf(answer);
  };
  const CallOptions staff = FieldIssuer().As("bob");
  const Unit unit(&server_, {{"idle_limit", "60s"}, {"total_limit", "600s"}}, staff);
  EXPECT_THAT(get(unit.Inside()), ::testing::HasSubstr("s3cret"));
  Serve(second_);
  ReplaceTestFile(File(), Cat(kOpenPolicyFile,
                              "[fields]\n\"shop.v1.Item.bonus\" = {read = []}\n\"shop.v1.Item.cost\" = {read = "
                              "[\"role:hr\"]}\n"));
  EXPECT_TRUE(Eventually([&] { return get(staff).find("s3cret") == std::string::npos; }));
  EXPECT_THAT(get(unit.Inside()), ::testing::HasSubstr("one"));
  EXPECT_THAT(get(unit.Inside()), ::testing::Not(::testing::HasSubstr("s3cret")));
  EXPECT_TRUE(unit.Rollback().ok());
}

}  // namespace
}  // namespace rowkeeper::testing
