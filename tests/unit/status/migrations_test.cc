#include "server/status/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/status/html_page.h"
#include "server/status/json_page.h"

namespace rowkeeper::status {
namespace {

using Json = nlohmann::json;
using State = MigrationRow::State;
using ::testing::HasSubstr;

MigrationsData Of(std::vector<MigrationRow> rows) { return {{}, "migrations", std::move(rows)}; }
Json JsonOf(const MigrationsData& data) { return Json::parse(RenderJson(MakeMigrationsView(data))); }

TEST(MigrationsTest, EachHasVersionNameAndStateTheNewestFirst) {
  const MigrationsData data = Of({{"20260101000000", "begin", State::kApplied, false, "2026-01-02 03:04:05"},
                                  {"20260201000000", "go_on", State::kPending, false, ""}});
  const Json json = JsonOf(data);
  EXPECT_EQ(json["migrations"]["list"], Json::parse(R"([
    {"version": "20260201000000", "name": "go_on", "state": "pending", "applied_at": ""},
    {"version": "20260101000000", "name": "begin", "state": "applied", "applied_at": "2026-01-02 03:04:05"}])"));
  EXPECT_EQ(json["migrations"]["values"], Json::parse(R"({"directory": "migrations", "pending": 1})"));
  EXPECT_EQ(json["verdict"]["what"], "1 migration is pending.");
  const std::string html = RenderHtml(MakeMigrationsView(data), {});
  EXPECT_THAT(html, HasSubstr("<td class=\"warning\">pending</td>"));
  EXPECT_THAT(html, HasSubstr("go_on"));
}

TEST(MigrationsTest, WhatStopsMigrateUpIsAProblem) {
  for (const State state : {State::kEdited, State::kOutOfOrder, State::kMissing}) {
    const Json json = JsonOf(Of({{"1", "a", state, false, ""}, {"2", "b", State::kApplied, false, ""}}));
    EXPECT_EQ(json["verdict"]["tone"], "problem");
    EXPECT_NE(json["migrations"]["list"][1]["state"], "applied");
  }
  const Json json = JsonOf(Of({{"1", "a", State::kPending, true, ""}, {"2", "b", State::kMissing, false, ""}}));
  EXPECT_EQ(json["verdict"]["what"], "2 migrations need a decision.");
  EXPECT_EQ(json["migrations"]["list"][1]["state"], "begun, not finished");
}

TEST(MigrationsTest, WhatIsNotKnownIsNotSaidToBeGood) {
  const auto what = [](const MigrationsData& data) { return JsonOf(data)["verdict"]["what"].get<std::string>(); };
  EXPECT_EQ(what({}), "The server was given no directory of migrations.");
  EXPECT_EQ(what({{}, "migrations", {}}), "It is not known which migrations the database has.");
  EXPECT_EQ(JsonOf({{}, "migrations", {}})["migrations"]["values"]["pending"], nullptr);
  EXPECT_EQ(what(Of({})), "There are no migrations.");
  EXPECT_EQ(what(Of({{"1", "a", State::kPending, false, ""}})), "The database's history has none of these migrations.");
  EXPECT_EQ(what(Of({{"1", "a", State::kApplied, false, ""}})), "The database has all migrations.");
}

}  // namespace
}  // namespace rowkeeper::status
