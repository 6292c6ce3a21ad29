#include "server/status/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/base/text.h"
#include "server/status/html_page.h"
#include "server/status/json_page.h"
#include "server/status/style.h"

namespace rowkeeper::status {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHostile[] = "</td><script>alert(1)</script>\" onload=\"alert(2)";

/// Every kind of block, with `text` wherever something foreign can be.
View ViewWith(const std::string& text) {
  View view;
  view.path = "/status";
  view.title = "Status";
  view.verdict = {Tone::kBad, text, text};
  Table table{"rows", text, {{"name", "Name"}, {"code", "Code"}, {"count", "Count"}}, {}, "", 0};
  table.rows = {{{text}, {Code{text}}, {Number{5}}}, {{std::monostate()}, {Moment{}}, {Number{kNoValue}}}};
  Chart chart;
  chart.key = "chart";
  chart.caption = text;
  chart.steps = 4;
  chart.series = {{"a", text, {1, kNoValue, 3}}};
  view.sections.push_back(
      {"all",
       text,
       {Findings{"findings", {{Tone::kWarning, text, text}}, "", 0}, Facts{"facts", {{"fact", text, {text}}}}, chart,
        table, Drawing{text, {text, text}, {{0, 1}, {1, 1}}}}});
  return view;
}

TEST(ViewTest, NothingForeignIsMarkup) {
  const std::string html = RenderHtml(ViewWith(kHostile), {{"/status", kHostile}});
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\" onload")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)"));
}

/// What the policy forbids would not work anyway.
TEST(ViewTest, PagesHaveNoScriptsAndNoStylesOfTheirOwn) {
  const std::string html = RenderHtml(ViewWith("x"), {});
  for (const char* forbidden : {"<script", "<style", " style=", "javascript:", " onclick", "<iframe", "http"}) {
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  }
  EXPECT_THAT(html, HasSubstr(Cat("href=\"", kStylePath, "\"")));
  EXPECT_THAT(std::string(kPolicy), Not(HasSubstr("unsafe")));
}

TEST(ViewTest, JsonSaysAllThatHtmlSays) {
  const Json json = Json::parse(RenderJson(ViewWith("text")));
  EXPECT_EQ(json["verdict"], Json({{"tone", "problem"}, {"what", "text"}, {"remedy", "text"}}));
  const Json& all = json["all"];
  EXPECT_EQ(all["findings"], Json::parse(R"([{"tone": "warning", "what": "text", "remedy": "text"}])"));
  EXPECT_EQ(all["facts"], Json::parse(R"({"fact": "text"})"));
  EXPECT_EQ(all["chart"], Json::parse(R"({"step_seconds": 10, "a": [1, null, 3]})"));
  EXPECT_EQ(all["rows"], Json::parse(R"([{"name": "text", "code": "text", "count": 5},
                                         {"name": null, "code": "1970-01-01T00:00:00Z", "count": null}])"));
}

TEST(ViewTest, ChartsSayInWordsWhatTheyShow) {
  const std::string html = RenderHtml(ViewWith("Calls"), {});
  EXPECT_THAT(html, HasSubstr("role=\"img\" aria-label=\"Calls; Calls: now 3, highest 3\""));
  EXPECT_THAT(html, HasSubstr("M200.0 80.0L200.0 80.0M600.0 40.0L600.0 40.0")) << "two dots with a gap between them";
}

TEST(ViewTest, TheWholeIsBounded) {
  View view = ViewWith("x");
  auto& table = std::get<Table>(view.sections[0].blocks[3]);
  const std::vector<Cell> row = {{std::string(6000, '"')}, {Code{std::string(6000, '<')}}, {Number{1}}};
  table.rows.assign(1000, row);
  Bound(&view);
  EXPECT_LE(table.rows.size(), 200u);
  EXPECT_EQ(table.rows.size() + table.left_out, 1000u);
  EXPECT_LT(RenderHtml(view, {}).size(), size_t{1} << 20);
  EXPECT_LT(RenderJson(view).size(), size_t{1} << 20);
  EXPECT_THAT(RenderHtml(view, {}), HasSubstr(Cat(table.left_out, " more are left out")));
  EXPECT_EQ(Json::parse(RenderJson(view))["all"]["rows_left_out"], table.left_out);
}

TEST(ViewTest, SmallTablesAreKeptWhole) {
  View view = ViewWith("x");
  Bound(&view);
  EXPECT_EQ(RenderJson(view), RenderJson(ViewWith("x")));
}

}  // namespace
}  // namespace rowkeeper::status
