#include "server/exec/waiting_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace rowkeeper::exec {
namespace {

using ::testing::ElementsAre;

struct Named : WaitingLine::Waiter {
  std::string name;
};

class WaitingLineTest : public ::testing::Test {
 protected:
  std::shared_ptr<Named> Add(WaitingLine* line, std::string_view group, const std::string& name) {
    auto waiter = std::make_shared<Named>();
    waiter->group = group;
    waiter->name = name;
    line->Add(waiter);
    return waiter;
  }

  /// All that may run now, in order; they run from then on.
  static std::vector<std::string> Take(WaitingLine* line) {
    std::vector<std::string> names;
    while (const auto next = line->Next()) names.push_back(static_cast<const Named&>(*next).name);
    return names;
  }
};

TEST_F(WaitingLineTest, ServesInOrderWhileThereAreWorkers) {
  WaitingLine line(20);
  for (const char* name : {"1", "2", "3"}) Add(&line, "a", name);
  Add(&line, "b", "4");
  EXPECT_EQ(line.size(), 4);
  EXPECT_THAT(Take(&line), ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(line.size(), 0);
  EXPECT_EQ(line.running(), 4);
}

TEST_F(WaitingLineTest, LeavesAQuarterToOtherGroups) {
  WaitingLine line(8);
  for (int i = 0; i < 20; ++i) Add(&line, "locked", "locked");
  Add(&line, "other", "other");
  const std::vector<std::string> taken = Take(&line);
  EXPECT_EQ(taken.size(), 7u);
  EXPECT_EQ(taken.back(), "other");
  EXPECT_FALSE(line.HasNext());
  EXPECT_EQ(line.size(), 14);
}

TEST_F(WaitingLineTest, LeavesSomethingHoweverManyGroupsWait) {
  WaitingLine line(30);
  const std::vector<std::string> locked = {"a", "b", "c", "d"};
  for (int i = 0; i < 50; ++i) {
    for (const std::string& group : locked) Add(&line, group, group);
  }
  Take(&line);
  EXPECT_LT(line.running(), 30);
  Add(&line, "other", "other");
  EXPECT_THAT(Take(&line), ElementsAre("other"));
}

TEST_F(WaitingLineTest, OfFewWorkersTakesAll) {
  for (const int workers : {1, 2, 3}) {
    WaitingLine line(workers);
    for (int i = 0; i < 5; ++i) Add(&line, "a", "a");
    EXPECT_EQ(Take(&line).size(), static_cast<size_t>(workers));
  }
}

TEST_F(WaitingLineTest, ServesThosePassedOverFirstWhenWorkersAreFreeAgain) {
  WaitingLine line(4);
  std::vector<std::shared_ptr<Named>> waiters;
  for (const char* name : {"1", "2", "3", "4", "5"}) waiters.push_back(Add(&line, "a", name));
  EXPECT_THAT(Take(&line), ElementsAre("1", "2", "3"));
  Add(&line, "a", "6");
  EXPECT_FALSE(line.HasNext());
  line.Ended(*waiters[0]);
  EXPECT_TRUE(line.HasNext());
  EXPECT_THAT(Take(&line), ElementsAre("4"));
  line.Ended(*waiters[1]);
  line.Ended(*waiters[2]);
  EXPECT_THAT(Take(&line), ElementsAre("5", "6"));
}

TEST_F(WaitingLineTest, LetsGoWhoDoesNotWantToWaitAnyMore) {
  WaitingLine line(4);
  std::vector<std::shared_ptr<Named>> waiters;
  for (const char* name : {"1", "2", "3", "4", "5", "6"}) waiters.push_back(Add(&line, "a", name));
  EXPECT_THAT(Take(&line), ElementsAre("1", "2", "3"));
  EXPECT_FALSE(line.Remove(waiters[0].get()));
  EXPECT_TRUE(line.Remove(waiters[3].get()));  // was passed over
  EXPECT_FALSE(line.Remove(waiters[3].get()));
  Add(&line, "b", "7");
  const auto removed = line.RemoveIf([](const WaitingLine::Waiter& waiter) {
    const std::string& name = static_cast<const Named&>(waiter).name;
    return name == "5" || name == "7";
  });
  EXPECT_EQ(removed.size(), 2u);
  EXPECT_EQ(line.size(), 1);
  line.Ended(*waiters[0]);
  EXPECT_THAT(Take(&line), ElementsAre("6"));
}

}  // namespace
}  // namespace rowkeeper::exec
