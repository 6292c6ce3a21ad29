#include "server/app/migration_plan_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowkeeper::app {
namespace {

using schema::Direction;
using schema::PlannedBlock;
using schema::PlannedStatement;
using schema::TableLock;
using schema::WayBack;
using ::testing::HasSubstr;
using ::testing::Not;

PlannedBlock AlterTable() {
  PlannedBlock block;
  PlannedStatement statement;
  statement.line = 3;
  statement.text = "ALTER TABLE a ADD n int";
  statement.effects = {{"a", TableLock::kAccessExclusive, false, true}};
  block.statements = {statement};
  return block;
}

TEST(MigrationPlanText, SaysWhoWaitsAndHowMuchIsDone) {
  PlannedBlock block = AlterTable();
  block.others = 1;
  EXPECT_EQ(
      DescribePlan(block, Direction::kUp),
      "  in one transaction; can be taken back\n  line 3: ALTER TABLE a ADD n int\n    locks \"a\" ACCESS EXCLUSIVE: "
      "readers and writers wait; writes the whole table anew\n  1 more statement touches nothing that is there\n");
}

TEST(MigrationPlanText, SaysWhatStaysLostHoweverItIsTakenBack) {
  PlannedBlock block = AlterTable();
  EXPECT_THAT(DescribePlan(block, Direction::kUp), Not(HasSubstr("stays lost")));
  block.statements[0].loses = {"column \"a\".\"n\""};
  EXPECT_THAT(DescribePlan(block, Direction::kUp), HasSubstr("can be taken back; what it loses stays lost\n"));
  block.way_back = WayBack::kLosesData;
  block.lost_on_the_way_back = {"table \"b\""};
  EXPECT_THAT(DescribePlan(block, Direction::kDown),
              HasSubstr("applying it again loses table \"b\"; what it loses stays lost\n"));
  block.way_back = WayBack::kNone;
  EXPECT_THAT(DescribePlan(block, Direction::kUp), HasSubstr("cannot be taken back: the down block does nothing\n"));
}

}  // namespace
}  // namespace rowkeeper::app
