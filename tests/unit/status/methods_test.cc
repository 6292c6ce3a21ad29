#include "server/status/methods.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/status/json_page.h"

namespace rowkeeper::status {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

StatementState Statement(const std::string& name, const std::string& plan, milliseconds total) {
  StatementState statement;
  statement.statement = name;
  statement.plan = plan;
  statement.uses = 10;
  statement.rows = 30;
  statement.total = total;
  statement.longest = total;
  statement.query_id = 9175023929875546997;
  return statement;
}

TEST(MethodsTest, MethodsAreInTheOrderOfTheirTime) {
  observe::Counters counters;
  for (int i = 0; i < 4; ++i) counters.Method("p.R.Get")->Record(absl::StatusCode::kOk, milliseconds(10));
  counters.Method("p.R.Get")->Record(absl::StatusCode::kNotFound, milliseconds(10));
  counters.Method("p.R.List")->Record(absl::StatusCode::kOk, milliseconds(150));
  const Json json = Json::parse(RenderJson(MakeMethodsView({{}, ReadMethodUses(counters), {}})));
  const Json& list = json["methods"]["list"];
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["method"], "p.R.List");
  EXPECT_NEAR(list[0]["share_percent"].get<double>(), 75, 1e-6);
  EXPECT_EQ(list[1]["calls"], 5);
  EXPECT_EQ(list[1]["errors"], 1);
  EXPECT_EQ(list[1]["total_ms"], 50);
  EXPECT_EQ(list[1]["mean_ms"], 10);
}

TEST(MethodsTest, StatementsSayWhetherTheyLackAnIndex) {
  MethodsData data;
  data.statements = {Statement("p.A/List", "Limit > Seq Scan on public.a", milliseconds(500)),
                     Statement("p.B/List", "Seq Scan on public.b", milliseconds(5)),
                     Statement("p.C/Get", "Index Scan using pk_c on public.c", milliseconds(4)),
                     Statement("p.D/Get", "", milliseconds(3))};
  const Json json = Json::parse(RenderJson(MakeMethodsView(data)));
  const Json& list = json["statements"]["list"];
  EXPECT_EQ(list[0]["index"], "no index");
  EXPECT_EQ(list[1]["index"], "reads the whole table, quickly");
  EXPECT_EQ(list[2]["index"], "by index");
  EXPECT_EQ(list[3]["index"], nullptr);
  EXPECT_EQ(list[0]["query_id"], "9175023929875546997") << "as text, for JSON's readers lose digits";
  EXPECT_EQ(list[0]["mean_ms"], 50);
  EXPECT_EQ(list[0]["rows"], 30);
  EXPECT_EQ(json["verdict"]["what"], "1 statement is slow because an index is missing.");
}

}  // namespace
}  // namespace rowkeeper::status
