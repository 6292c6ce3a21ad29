#include "tests/pg/uow/uow_fixture.h"

namespace rowkeeper::uow {
namespace {

class RememberedTest : public UowTest {
 protected:
  void SetUp() override {
    UowTest::SetUp();
    UnitOptions options = FastOptions();
    options.remembered = 20;
    Start(options);
  }

  std::string CommitOne(const std::string& caller) {
    const std::string handle = Begin({}, caller);
    EXPECT_EQ(Reason(Commit(handle, caller)), "OK");
    return handle;
  }
  std::string RollBackOne(const std::string& caller) {
    const std::string handle = Begin({}, caller);
    EXPECT_TRUE(Rollback(handle, caller).ok());
    return handle;
  }
};

TEST_F(RememberedTest, ACallerWithManyUnitsErasesItsOwnOutcomesAndNoOthers) {
  const std::string kept = CommitOne("bob");
  std::vector<std::string> many;
  for (int i = 0; i < 30; ++i) many.push_back(CommitOne("alice"));
  EXPECT_EQ(Reason(Commit(kept, "bob")), "OK");
  EXPECT_EQ(Reason(Commit(many.front())), "UNIT_OF_WORK_NOT_FOUND") << "20 in all";
  EXPECT_EQ(Reason(Commit(many.back())), "OK");
}

TEST_F(RememberedTest, UnitsThatWereRolledBackEraseNoOutcome) {
  const std::string kept = CommitOne("alice");
  std::string last;
  for (int i = 0; i < 30; ++i) last = RollBackOne("alice");
  EXPECT_EQ(Reason(Commit(kept)), "OK");
  EXPECT_EQ(Reason(Commit(last)), "UNIT_OF_WORK_ENDED");
}

TEST_F(RememberedTest, OutcomesAreForgottenInTheirTime) {
  UnitOptions options = FastOptions();
  options.remember = std::chrono::seconds(3);
  Start(options);
  const std::string handle = CommitOne("alice");
  Advance(std::chrono::milliseconds(2990));
  EXPECT_EQ(Reason(Commit(handle)), "OK");
  Advance(std::chrono::seconds(1));  // once a second the old ones are looked for
  EXPECT_EQ(Reason(Commit(handle)), "UNIT_OF_WORK_NOT_FOUND");
}

}  // namespace
}  // namespace rowkeeper::uow
