#include "server/status/running.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/status/html_page.h"
#include "server/status/json_page.h"

namespace rowkeeper::status {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

CallNow Waiting(milliseconds statement) {
  CallNow call;
  call.number = 12345678901;
  call.method = "planner.v1.TodoRepository.Update";
  call.place = CallNow::Place::kPostgres;
  call.statement = statement;
  call.backend = 17;
  call.waits_for = LockHolder{"18", "psql, user ada"};
  return call;
}

TEST(RunningViewTest, NothingIsGood) {
  const View view = MakeRunningView({});
  EXPECT_EQ(view.verdict.tone, Tone::kGood);
  EXPECT_EQ(view.verdict.what, "0 calls run, 0 units of work are open; none waits for a lock.");
  EXPECT_THAT(RenderHtml(view, {}), HasSubstr("No call runs."));
}

TEST(RunningViewTest, ALockWaitIsWorthKnowingAndALongOneIsBad) {
  RunningData data;
  data.calls = {Waiting(milliseconds(600))};
  EXPECT_EQ(MakeRunningView(data).verdict.tone, Tone::kWarning);
  data.calls.push_back(Waiting(milliseconds(3000)));
  EXPECT_EQ(MakeRunningView(data).verdict.tone, Tone::kBad);
  EXPECT_THAT(MakeRunningView(data).verdict.what, HasSubstr("2 calls wait for a lock"));
}

TEST(RunningViewTest, ANumberIsWholeAndAHolderIsNamed) {
  RunningData data;
  data.calls = {Waiting(milliseconds(600))};
  const Json call = Json::parse(RenderJson(MakeRunningView(data)))["calls"]["list"][0];
  EXPECT_EQ(call["call"], "12345678901");
  EXPECT_EQ(call["waits_for"], "process 18: psql, user ada");
  EXPECT_EQ(call["rows"], nullptr);
  EXPECT_EQ(call["place"], "at PostgreSQL");
  EXPECT_THAT(RenderHtml(MakeRunningView(data), {}), HasSubstr("12345678901"));
}

TEST(RunningViewTest, WhatIsLeftOutIsCounted) {
  RunningData data;
  data.calls = {Waiting(milliseconds(1))};
  data.calls_left_out = 41;
  const View view = MakeRunningView(data);
  EXPECT_THAT(view.verdict.what, HasSubstr("42 calls run"));
  EXPECT_EQ(Json::parse(RenderJson(view))["calls"]["list_left_out"], 41);
  EXPECT_THAT(RenderHtml(view, {}), HasSubstr("41 more are left out"));
}

TEST(RunningViewTest, WhoHasTheTokenHasAButtonForEachCallThatIsNotAnswered) {
  RunningData data;
  data.calls = {Waiting(milliseconds(600))};
  EXPECT_THAT(RenderHtml(MakeRunningView(data), {}), Not(HasSubstr("<button")));
  data.ends = RunningData::Ends::kTokenHolders;
  const std::string button = "name=\"call\" value=\"12345678901\"";
  EXPECT_THAT(RenderHtml(MakeRunningView(data), {}), HasSubstr(button));
  data.calls[0].place = CallNow::Place::kAnswered;
  const std::string html = RenderHtml(MakeRunningView(data), {});
  EXPECT_THAT(html, Not(HasSubstr(button)));
  EXPECT_THAT(html, HasSubstr("answered; its caller has not taken all of it"));
}

TEST(RunningViewTest, ProgramsReadTheSameWhetherThereAreButtonsOrNot) {
  RunningData data;
  data.calls = {Waiting(milliseconds(600))};
  data.units.resize(1);
  const std::string without = RenderJson(MakeRunningView(data));
  data.ends = RunningData::Ends::kTokenHolders;
  EXPECT_EQ(RenderJson(MakeRunningView(data)), without);
  EXPECT_EQ(Json::parse(without).size(), 4U) << "made, verdict, calls, units";
}

TEST(RunningViewTest, AUnitThatBlocksOthersStandsOut) {
  RunningData data;
  UnitNow unit;
  unit.id = "0123456789ab";
  unit.label = "<b>tea</b>";
  unit.idle = milliseconds(5000);
  unit.blocks = 2;
  data.units = {unit};
  const std::string html = RenderHtml(MakeRunningView(data), {});
  EXPECT_THAT(html, HasSubstr("<td class=\"number bad\">2</td>"));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

}  // namespace
}  // namespace rowkeeper::status
