#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/pg/server/list_model.h"

/// Pages that are read while other clients write: a row that is there throughout, unchanged in what it is sorted and
/// filtered by, is seen exactly once, in either direction.
namespace rowkeeper::testing {
namespace {

class ListWritersTest : public ::testing::Test {
 protected:
  static constexpr int kLasting = 120;
  using Ids = std::vector<std::string>;

  static void SetUpTestSuite() { server_ = new InProcessServer(CompileProtoText(kListModelCatalogue)); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  void SetUp() override {
    ASSERT_TRUE(server_->ok());
    server_->database().Run("DELETE FROM items");
    Random random(11);
    for (int i = 0; i < kLasting; ++i) {
      Json item = RandomListItem(&random);
      item["flag"] = true;
      const std::string id = server_->MustCall("ItemRepository.Create", item)["id"];
      item["id"] = std::stoi(id);
      lasting_.push_back(item);
    }
    for (int i = 0; i < 2; ++i) writers_.emplace_back([this, i] { Write(i); });
  }

  void TearDown() override {
    stop_ = true;
    for (std::thread& writer : writers_) writer.join();
    EXPECT_GT(writes_, 100);
  }

  /// Rows come, move through the order and go, among those that stay; of those only what is not sorted by changes.
  void Write(int seed) {
    Random random(100 + seed);
    std::vector<Json> own;
    while (!stop_) {
      ++writes_;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // else rows come faster than a walk by id reads them
      const int what = Below(10, &random);
      if (own.size() < 20) {
        Json item = RandomListItem(&random);
        item["flag"] = false;
        item["id"] = server_->MustCall("ItemRepository.Create", item)["id"];
        own.push_back(item);
      } else if (what < 6) {
        Json item = RandomListItem(&random);
        item["id"] = own[Below(static_cast<int>(own.size()), &random)]["id"];
        server_->MustCall("ItemRepository.Update", {{"item", item}, {"update_mask", "rank,due,weight,at,title"}});
      } else if (what < 8) {
        const int victim = Below(static_cast<int>(own.size()), &random);
        server_->MustCall(what == 6 ? "ItemRepository.Delete" : "ItemRepository.SoftDelete",
                          {{"id", own[victim]["id"]}});
        own.erase(own.begin() + victim);
      } else {
        const Json& item = lasting_[Below(kLasting, &random)];
        server_->MustCall("ItemRepository.Update", {{"item", {{"id", item["id"]}, {"secret", std::to_string(writes_)}}},
                                                    {"update_mask", "secret"}});
      }
    }
  }

  Ids Expected(const Order& order, const std::function<bool(const Json&)>& holds) const {
    std::vector<Json> items;
    std::copy_if(lasting_.begin(), lasting_.end(), std::back_inserter(items), holds);
    std::sort(items.begin(), items.end(), order.before);
    Ids ids;
    for (const Json& item : items) ids.push_back(std::to_string(item["id"].get<int>()));
    return ids;
  }

  /// The rows that last, as they come; all others must not come twice in one walk unless they move.
  static Ids Lasting(const Json& page) {
    Ids ids;
    for (const Json& item : page.value("items", Json::array())) {
      if (item.value("flag", false)) ids.push_back(item["id"].get<std::string>());
    }
    return ids;
  }

  static Ids Forward(Json request, Json* last) {
    Ids all;
    do {
      *last = server_->MustCall("ItemRepository.List", request);
      for (const std::string& id : Lasting(*last)) all.push_back(id);
      request["page_token"] = last->value("next_page_token", "");
    } while (request["page_token"] != "");
    return all;
  }

  static Ids Backward(Json request, Json page) {
    Ids all = Lasting(page);
    while (page.value("previous_page_token", "") != "") {
      request["page_token"] = page["previous_page_token"];
      page = server_->MustCall("ItemRepository.List", request);
      const Ids ids = Lasting(page);
      all.insert(all.begin(), ids.begin(), ids.end());
    }
    return all;
  }

  static inline InProcessServer* server_ = nullptr;
  std::vector<Json> lasting_;
  std::vector<std::thread> writers_;
  std::atomic<bool> stop_{false};
  std::atomic<int> writes_{0};
};

TEST_F(ListWritersTest, PagesNeitherRepeatNorLoseARowThatWasThereThroughout) {
  Random random(13);
  for (int i = 0; i < 40; ++i) {
    const Order order = RandomOrder(&random);
    const Json request = {{"order_by", order.text}, {"page_size", 3 + Below(10, &random)}};
    const Ids expected = Expected(order, [](const Json&) { return true; });
    Json last;
    ASSERT_EQ(Forward(request, &last), expected) << request;
    ASSERT_EQ(Backward(request, last), expected) << "backward " << request;
  }
}

TEST_F(ListWritersTest, NorDoPagesOfAFilterExpression) {
  Random random(17);
  for (int i = 0; i < 40; ++i) {
    const Order order = RandomOrder(&random);
    const Expression expression = RandomExpression(2, &random);
    const Json request = {{"order_by", order.text}, {"page_size", 2 + Below(10, &random)}, {"filter", expression.text}};
    const Ids expected = Expected(order, expression.holds);
    Json last;
    ASSERT_EQ(Forward(request, &last), expected) << request;
    ASSERT_EQ(Backward(request, last), expected) << "backward " << request;
  }
}

}  // namespace
}  // namespace rowkeeper::testing
