#include "server/status/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/status/json_page.h"

namespace rowkeeper::status {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

OverviewData Healthy() {
  OverviewData data;
  data.now = Clock::wall_time_point(std::chrono::hours(24 * 365 * 50));
  data.pool = {3, 5, 30, 0, 0};
  data.units.capacity = 15;
  data.schema.reachable = true;
  data.schema.served = 40;
  return data;
}

auto Says(Tone tone, const std::string& what, const std::string& remedy) {
  return AllOf(Field(&Finding::tone, tone), Field(&Finding::what, HasSubstr(what)),
               Field(&Finding::remedy, HasSubstr(remedy)));
}

OpenUnit UnitThatWaits(milliseconds idle) {
  OpenUnit unit;
  unit.id = "u1";
  unit.label = "tea set";
  unit.caller = "ada";
  unit.age = milliseconds(9000);
  unit.idle = idle;
  unit.calls = 2;
  return unit;
}

TEST(FindingsTest, AHealthyServerHasNone) {
  const OverviewData data = Healthy();
  EXPECT_THAT(FindProblems(data), IsEmpty());
  EXPECT_EQ(Summarise({}, data).tone, Tone::kGood);
}

TEST(FindingsTest, ALockWaitNamesWhoWaitsAndWhoHolds) {
  OverviewData data = Healthy();
  data.waiting = {{"planner.v1.Profile/Update", 11, "8123", "psql, user ada, idle in transaction, since 40 s",
                   "transactionid", milliseconds(3000)}};
  EXPECT_THAT(FindProblems(data),
              ElementsAre(Says(Tone::kBad, "planner.v1.Profile/Update has run for 3 s", "pg_terminate_backend(8123)")));
  EXPECT_THAT(FindProblems(data)[0].what, HasSubstr("8123 holds: psql, user ada, idle in transaction, since 40 s"));
}

TEST(FindingsTest, AFullPoolIsOneOnlyIfSomebodyWaits) {
  OverviewData data = Healthy();
  data.pool.used = 30;
  EXPECT_THAT(FindProblems(data), IsEmpty());
  data.queue.waiting = 7;
  EXPECT_THAT(FindProblems(data), ElementsAre(Says(Tone::kBad, "All 30 connections", "--pool-size")));
  data.units.open = {UnitThatWaits(milliseconds(100))};
  EXPECT_THAT(FindProblems(data),
              ElementsAre(Says(Tone::kBad, "1 connection is held by units of work", "--unit-idle-limit")));
}

TEST(FindingsTest, AUnitThatWaitsLongForItsCallerIsNamed) {
  OverviewData data = Healthy();
  data.units.open = {UnitThatWaits(milliseconds(2900))};
  EXPECT_THAT(FindProblems(data), IsEmpty());
  data.units.open = {UnitThatWaits(milliseconds(3100))};
  EXPECT_THAT(FindProblems(data), ElementsAre(Says(Tone::kWarning, "\"tea set\" of ada has waited 3.1 s", "caller")));
  data.units.open[0].running = "planner.v1.TodoRepository.Create";
  EXPECT_THAT(FindProblems(data), IsEmpty());
}

TEST(FindingsTest, AScanOfAWholeTableCountsOnlyIfItIsSlow) {
  OverviewData data = Healthy();
  StatementState statement;
  statement.statement = "planner.v1.Todo/List";
  statement.plan = "Limit > Seq Scan on public.todos";
  statement.uses = 10;
  statement.total = milliseconds(50);
  data.statements = {statement};
  EXPECT_THAT(FindProblems(data), IsEmpty()) << "a small table";
  data.statements[0].total = milliseconds(500);
  EXPECT_THAT(FindProblems(data), ElementsAre(Says(Tone::kWarning, "No index: planner.v1.Todo/List", "check")));
  data.statements[0].plan = "Index Scan using pk_todos on public.todos";
  EXPECT_THAT(FindProblems(data), IsEmpty());
}

TEST(FindingsTest, AMisfitComesWithItsRemedy) {
  OverviewData data = Healthy();
  data.schema.broken = 12;
  data.schema.problems = {{"planner.v1.Todo", "table \"todos\" does not exist", "run `rowkeeper migrate up`"}};
  EXPECT_THAT(FindProblems(data), ElementsAre(Says(Tone::kBad, "12 methods are not served", "migrate up")));
  EXPECT_THAT(FindProblems(data)[0].what, HasSubstr("planner.v1.Todo: table \"todos\" does not exist."));
}

TEST(FindingsTest, WhatIsBadComesFirst) {
  OverviewData data = Healthy();
  data.schema.pending_migrations = 2;
  data.errors = {{data.now, "planner.v1.TodoRepository.List", "INTERNAL", "", ""}};
  EXPECT_THAT(FindProblems(data), ElementsAre(Says(Tone::kBad, "TodoRepository.List with INTERNAL", "log_id"),
                                              Says(Tone::kWarning, "2 migrations", "migrate up")));
  EXPECT_EQ(Summarise(FindProblems(data), data).what, "The server serves, but has 1 problem.");
}

TEST(FindingsTest, OldErrorsAreHistory) {
  OverviewData data = Healthy();
  data.errors = {{data.now - std::chrono::minutes(3), "m", "INTERNAL", "", ""}};
  EXPECT_THAT(FindProblems(data), IsEmpty());
}

TEST(FindingsTest, AServerThatIsNotReadySaysWhy) {
  OverviewData data = Healthy();
  data.obstacles = {{"DATABASE_UNAVAILABLE", "the database cannot be reached"}};
  EXPECT_THAT(FindProblems(data), ElementsAre(Says(Tone::kBad, "DATABASE_UNAVAILABLE", "")));
  EXPECT_EQ(Summarise(FindProblems(data), data).what, "The server does not serve.");
}

TEST(OverviewTest, AllSectionsAreThereAlsoWhenThereIsNothingToSay) {
  const std::string json = RenderJson(MakeOverview(Healthy()));
  for (const char* section : {"findings", "now", "last_hour", "locks", "units", "errors", "schema", "about"}) {
    EXPECT_THAT(json, HasSubstr(std::string("\"") + section + "\": {"));
  }
}

}  // namespace
}  // namespace rowkeeper::status
