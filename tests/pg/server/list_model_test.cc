#include <algorithm>
#include <map>

#include "tests/pg/server/list_model.h"
#include "tests/pg/server/unit_fixture.h"

/// Filter expressions, orders, pages of both directions, skips and counts on random rows: every answer is compared with
/// the same question put to a plain model in memory.
namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class ListModelTest : public ::testing::Test {
 protected:
  static constexpr int kItemCount = 120;
  using Ids = std::vector<std::string>;

  static void SetUpTestSuite() {
    server_ = new InProcessServer(CompileProtoText(kListModelCatalogue));
    if (!server_->ok()) return;
    Random random(41);
    for (int i = 0; i < kItemCount; ++i) {
      Json item = RandomListItem(&random);
      item["id"] = std::stoi(server_->MustCall("ItemRepository.Create", item)["id"].get<std::string>());
      item["gone"] = Below(4, &random) == 0;
      if (item["gone"]) server_->MustCall("ItemRepository.SoftDelete", {{"id", item["id"]}});
      model().push_back(item);
    }
    server_->database().Run("ANALYZE items");
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE(server_ != nullptr && server_->ok()); }

  static std::vector<Json>& model() {
    static auto* const items = new std::vector<Json>;
    return *items;
  }

  static bool IsVisible(const Json& item, const std::string& deleted) {
    return deleted == "DELETED_INCLUDE" || item["gone"] == (deleted == "DELETED_ONLY");
  }

  static Ids Expected(const std::string& deleted, const Expression& expression, const Order& order) {
    std::vector<Json> items;
    for (const Json& item : model()) {
      if (IsVisible(item, deleted) && expression.holds(item)) items.push_back(item);
    }
    std::sort(items.begin(), items.end(), order.before);
    Ids ids;
    for (const Json& item : items) ids.push_back(std::to_string(item["id"].get<int>()));
    return ids;
  }

  static Json List(const Json& request) { return server_->MustCall("ItemRepository.List", request); }

  static Ids IdsOf(const Json& page) {
    Ids ids;
    for (const Json& item : page.value("items", Json::array())) ids.push_back(item["id"].get<std::string>());
    return ids;
  }

  static std::string RandomVisibility(Random* random) {
    static const char* const kModes[] = {"DELETED_EXCLUDE", "DELETED_INCLUDE", "DELETED_ONLY"};
    return kModes[Below(3, random)];
  }

  /// All ids from this page to the end; `*last` is the last page.
  static Ids Forward(Json request, Json* last) {
    Ids all;
    while (true) {
      *last = List(request);
      for (const std::string& id : IdsOf(*last)) all.push_back(id);
      request.erase("skip");
      request["page_token"] = last->value("next_page_token", "");
      if (request["page_token"] == "") return all;
    }
  }

  /// All ids of the pages before `page`.
  static Ids Backward(Json request, Json page) {
    Ids all;
    request.erase("skip");
    while (page.value("previous_page_token", "") != "") {
      request["page_token"] = page["previous_page_token"];
      page = List(request);
      const Ids ids = IdsOf(page);
      all.insert(all.begin(), ids.begin(), ids.end());
    }
    return all;
  }

  static inline InProcessServer* server_ = nullptr;
};

TEST_F(ListModelTest, AnyExpressionAnswersAsTheModel) {
  Random random(3);
  size_t found = 0;
  size_t missed = 0;
  for (int i = 0; i < 600; ++i) {
    const Expression expression = RandomExpression(1 + Below(6, &random), &random);
    const Order order = RandomOrder(&random);
    const std::string deleted = RandomVisibility(&random);
    const Json request = {
        {"filter", expression.text}, {"deleted", deleted}, {"order_by", order.text}, {"page_size", 1000}};
    const Ids expected = Expected(deleted, expression, order);
    found += expected.size();
    missed += model().size() - expected.size();
    ASSERT_EQ(IdsOf(List(request)), expected) << request;
    const Json count = server_->MustCall("ItemRepository.Count", {{"filter", expression.text}, {"deleted", deleted}});
    ASSERT_EQ(count.value("total_size", "0"), std::to_string(expected.size())) << request;
  }
  EXPECT_GT(found, 1000U);
  EXPECT_GT(missed, 1000U);
}

TEST_F(ListModelTest, PagesOfBothDirectionsAreThoseOfTheModelInAnyOrder) {
  Random random(5);
  for (int i = 0; i < 200; ++i) {
    const Expression expression = RandomExpression(1 + Below(3, &random), &random);
    const Order order = RandomOrder(&random);
    const std::string deleted = RandomVisibility(&random);
    Json request = {{"filter", expression.text},
                    {"deleted", deleted},
                    {"order_by", order.text},
                    {"page_size", 1 + Below(9, &random)}};
    if (Coin(&random)) request["count"] = "COUNT_MODE_EXACT";
    const Ids expected = Expected(deleted, expression, order);
    Json last;
    ASSERT_EQ(Forward(request, &last), expected) << request;
    if (request.contains("count")) {
      ASSERT_EQ(last.value("total_size", ""), std::to_string(expected.size())) << request;
    } else {
      ASSERT_FALSE(last.contains("total_size"));
    }
    Ids before = Backward(request, last);
    const Ids at_end = IdsOf(last);
    before.insert(before.end(), at_end.begin(), at_end.end());
    ASSERT_EQ(before, expected) << "backward " << request;
    // There and back again: the page after the one before is this one.
    if (last.value("previous_page_token", "") == "") continue;
    request["page_token"] = last["previous_page_token"];
    request["page_token"] = List(request)["next_page_token"];
    ASSERT_EQ(IdsOf(List(request)), at_end) << request;
  }
}

TEST_F(ListModelTest, ASkipLeavesOutRowsAndPagesGoOnFromThereInBothDirections) {
  Random random(7);
  for (int i = 0; i < 80; ++i) {
    const Expression expression = RandomExpression(1, &random);
    const Order order = RandomOrder(&random);
    const Ids expected = Expected("DELETED_INCLUDE", expression, order);
    const int skip = Below(static_cast<int>(expected.size()) + 5, &random);
    Json request = {{"filter", expression.text},
                    {"deleted", "DELETED_INCLUDE"},
                    {"order_by", order.text},
                    {"skip", skip},
                    {"page_size", 1 + Below(9, &random)}};
    const size_t left_out = std::min<size_t>(skip, expected.size());
    const Json first = List(request);
    Json last;
    ASSERT_EQ(Forward(request, &last), Ids(expected.begin() + left_out, expected.end())) << request;
    ASSERT_EQ(Backward(request, first), Ids(expected.begin(), expected.begin() + left_out)) << request;
  }
}

TEST_F(ListModelTest, ASkipBesideATokenCountsFromTheToken) {
  Json request = {{"order_by", "id"}, {"page_size", 3}, {"deleted", "DELETED_INCLUDE"}};
  const Order by_id = {"id", [](const Json& a, const Json& b) { return a["id"] < b["id"]; }};
  const Ids all = Expected("DELETED_INCLUDE", {"", [](const Json&) { return true; }}, by_id);
  request["page_token"] = List(request)["next_page_token"];
  request["skip"] = 4;
  const Json page = List(request);
  EXPECT_EQ(IdsOf(page), Ids(all.begin() + 7, all.begin() + 10));
  request["page_token"] = page["previous_page_token"];
  request["skip"] = 2;
  EXPECT_EQ(IdsOf(List(request)), Ids(all.begin() + 2, all.begin() + 5));
}

TEST_F(ListModelTest, TheFirstPageHasNoneBeforeItAndOneBeyondTheEndLeadsBack) {
  Json request = {{"order_by", "id"}, {"page_size", 5}};
  EXPECT_FALSE(List(request).contains("previous_page_token"));
  request["skip"] = 5000;
  const Json beyond = List(request);
  EXPECT_FALSE(beyond.contains("items"));
  EXPECT_FALSE(beyond.contains("next_page_token"));
  request.erase("skip");
  request["page_token"] = beyond["previous_page_token"];
  const Json last = List(request);
  EXPECT_EQ(IdsOf(last).size(), 5U);
  EXPECT_FALSE(last.contains("next_page_token"));
}

TEST_F(ListModelTest, APageBeforeRowsThatAreGoneIsEmptyAndLeadsOnWithoutALoss) {
  Json request = {{"order_by", "id"}, {"page_size", 2}};
  Ids ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(server_->MustCall("ItemRepository.Create", {{"title", "passing"}, {"rank", 77}})["id"]);
  }
  request["filter"] = "rank = 77";
  const Json first = List(request);
  request["page_token"] = first["next_page_token"];
  const Json second = List(request);
  ASSERT_EQ(IdsOf(second), Ids(ids.begin() + 2, ids.end()));
  for (int i = 0; i < 2; ++i) server_->MustCall("ItemRepository.Delete", {{"id", ids[i]}});
  request["page_token"] = second["previous_page_token"];
  const Json empty = List(request);
  EXPECT_FALSE(empty.contains("items"));
  EXPECT_FALSE(empty.contains("previous_page_token"));
  request["page_token"] = empty["next_page_token"];
  EXPECT_EQ(IdsOf(List(request)), Ids(ids.begin() + 2, ids.end()));
  for (int i = 2; i < 4; ++i) server_->MustCall("ItemRepository.Delete", {{"id", ids[i]}});
}

TEST_F(ListModelTest, CountsHonourFiltersAndDeletedRowsAndEstimatesAskThePlanner) {
  const auto count = [](const Json& request) {
    return std::stoi(server_->MustCall("ItemRepository.Count", request).value("total_size", "0"));
  };
  EXPECT_EQ(count({{"deleted", "DELETED_INCLUDE"}}), kItemCount);
  EXPECT_EQ(count(Json::object()) + count({{"deleted", "DELETED_ONLY"}}), kItemCount);
  int ranked = 0;
  for (const Json& item : model()) ranked += item["rank"] == 2 && !item["gone"];
  EXPECT_EQ(count({{"rank", 2}}), ranked);
  EXPECT_EQ(count({{"rank", 2}, {"filter", "rank = 3"}}), 0);
  const int estimate = count({{"deleted", "DELETED_INCLUDE"}, {"count", "COUNT_MODE_ESTIMATED"}});
  EXPECT_NEAR(estimate, kItemCount, 20);
  const Json page = List({{"count", "COUNT_MODE_ESTIMATED"},
                          {"page_size", 1},
                          {"deleted", "DELETED_INCLUDE"},
                          {"filter", "rank = 1 OR title:tea"}});
  EXPECT_GT(std::stoi(page.value("total_size", "0")), 0);
  EXPECT_EQ(Summary(server_->Call("ItemRepository.Count", {{"count", "COUNT_MODE_NONE"}})),
            "INVALID_ARGUMENT INVALID_FIELD [count]");
}

TEST_F(ListModelTest, AUnitOfWorkSeesItsOwnRowsInPagesAndCounts) {
  const Unit unit(server_);
  unit.MustCall("ItemRepository.Create", {{"title", "mine"}, {"rank", 99}});
  const Json request = {{"filter", "rank = 99"}, {"count", "COUNT_MODE_EXACT"}};
  const Json inside = unit.MustCall("ItemRepository.List", request);
  EXPECT_EQ(inside.value("total_size", ""), "1");
  EXPECT_EQ(IdsOf(inside).size(), 1U);
  EXPECT_EQ(List(request).value("total_size", ""), "0");
  EXPECT_EQ(unit.MustCall("ItemRepository.Count", {{"filter", "rank = 99"}}).value("total_size", ""), "1");
  EXPECT_TRUE(unit.Rollback().ok());
}

TEST_F(ListModelTest, EqualityOfAListOfBoundedTextsIsThatOfTheWholeList) {
  for (const Json& item : model()) {
    if (item["tags"].empty() || item["gone"]) continue;
    const Json page = List({{"tags_equal", item["tags"]}, {"page_size", 1000}});
    for (const Json& found : page["items"]) EXPECT_EQ(found["tags"], item["tags"]);
    const Ids ids = IdsOf(page);
    EXPECT_NE(std::find(ids.begin(), ids.end(), std::to_string(item["id"].get<int>())), ids.end());
  }
}

TEST_F(ListModelTest, WhatCallersWriteNeverBecomesSql) {
  const std::vector<std::string> attacks = {"'; DROP TABLE items; --",
                                            "\" OR 1=1 --",
                                            "$1",
                                            "\\'; --x",
                                            "x' OR 'a'='a",
                                            "%' OR true --",
                                            "{\"a\":1}",
                                            "1); DELETE FROM items; --",
                                            "items.id",
                                            "pg_sleep(10)",
                                            "\xF0\x9F\x98\x80"};
  Random random(1);
  for (const std::string& attack : attacks) {
    for (const char* field : {"title = ", "note = ", "title:", "title != ", "tags:", "labels:", "labels.a = ",
                              "labels.box.color = ", "counts:"}) {
      const auto answer = server_->Call("ItemRepository.List", {{"filter", field + Quoted(attack, &random)}});
      ASSERT_TRUE(answer.ok()) << field << attack << answer.status();
      if (std::string(field) != "title != ") {
        EXPECT_FALSE(answer->contains("items")) << field << attack;
      }
    }
    EXPECT_FALSE(List({{"filter", Cat("labels.", Quoted(attack, &random), " = 1")}}).contains("items"));
    EXPECT_FALSE(List({{"filter", Cat("labels.x.", Quoted(attack, &random), ":*")}}).contains("items"));
    for (const char* field : {"filter", "order_by", "page_token", "read_mask"}) {
      if (field == std::string("read_mask") && attack.find_first_of("()") != attack.npos) continue;  // not ProtoJSON
      EXPECT_EQ(server_->Call("ItemRepository.List", {{field, attack}}).status().code(),
                absl::StatusCode::kInvalidArgument)
          << field << " " << attack;
    }
    EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"filter", attack + " = 1"}})),
              "INVALID_ARGUMENT INVALID_FIELD [filter]");
    EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"filter", "rank = " + Quoted(attack, &random)}})),
              "INVALID_ARGUMENT INVALID_FIELD [filter]");
  }
  EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"filter", "secret = hidden"}})),
            "INVALID_ARGUMENT INVALID_FIELD [filter]");
  EXPECT_THAT(std::string(server_->Call("ItemRepository.Count", {{"filter", "deleted_at = null"}}).status().message()),
              HasSubstr("\"deleted_at\" is no field to filter by"));
  EXPECT_EQ(server_->database().Value("SELECT count(*) FROM items"), std::to_string(kItemCount));
}

TEST_F(ListModelTest, LongAndDeepExpressionsAreRefusedOrServed) {
  std::string many = "rank = 0";
  for (int i = 1; i < 100; ++i) many += Cat(" OR rank = ", i);
  EXPECT_TRUE(server_->Call("ItemRepository.List", {{"filter", many}}).ok());
  EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"filter", many + " OR rank = 100"}})),
            "INVALID_ARGUMENT INVALID_FIELD [filter]");
  const std::string deep = std::string(20, '(') + "rank = 0" + std::string(20, ')');
  EXPECT_TRUE(server_->Call("ItemRepository.List", {{"filter", deep}}).ok());
  EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"filter", "(" + deep + ")"}})),
            "INVALID_ARGUMENT INVALID_FIELD [filter]");
  EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"filter", std::string(16000, '(')}})),
            "INVALID_ARGUMENT INVALID_FIELD [filter]");
  EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"filter", std::string(17000, ' ')}})),
            "INVALID_ARGUMENT INVALID_FIELD [filter]");
  EXPECT_EQ(Summary(server_->Call("ItemRepository.List", {{"skip", 10001}})), "INVALID_ARGUMENT INVALID_FIELD [skip]");
}

}  // namespace
}  // namespace rowkeeper::testing
