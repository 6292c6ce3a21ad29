#include "server/wire/unit_of_work_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/ids.h"
#include "server/wire/unit_of_work_messages.h"

namespace rowkeeper::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

uow::UnitInfo UnitBegun(int seconds, std::string id, std::string caller = "alice") {
  uow::UnitInfo unit;
  unit.begin_time = uow::UnitInfo::Time(std::chrono::seconds(seconds));
  unit.id = std::move(id);
  unit.caller = std::move(caller);
  return unit;
}

class UnitListTest : public ::testing::Test {
 protected:
  UnitListTest() {
    place_.tokens = &tokens_;
    place_.pages.default_page_size = 2;
    place_.pages.max_page_size = 3;
    place_.server = "10.0.0.7:50051";
  }

  /// The ids on one page; its token is next_.
  std::vector<std::string> Page(const v1::ListRequest& request, const std::vector<uow::UnitInfo>& units) {
    const absl::StatusOr<v1::ListResponse> response = ListUnits(request, units, place_);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> ids;
    if (!response.ok()) return ids;
    for (const v1::UnitOfWorkInfo& unit : response->units_of_work()) ids.push_back(unit.id());
    next_ = response->next_page_token();
    return ids;
  }
  std::string Refusal(const v1::ListRequest& request) const {
    return ListUnits(request, units_, place_).status().ToString();
  }
  static v1::ListRequest Request(int page_size, const std::string& token = "", const std::string& caller = "") {
    v1::ListRequest request;
    request.set_page_size(page_size);
    request.set_page_token(token);
    request.set_caller(caller);
    return request;
  }

  const plan::PageTokens tokens_{plan::PageTokens::RandomKey()};
  UnitListPlace place_;
  /// In no order; two began at the same moment.
  const std::vector<uow::UnitInfo> units_ = {UnitBegun(30, "d"), UnitBegun(10, "b", "bob"), UnitBegun(10, "a"),
                                             UnitBegun(20, "c"), UnitBegun(-5, "z", "bob")};
  std::string next_;
};

TEST_F(UnitListTest, ShowsNoUnitsThatTheCallerMayNotSee) {
  place_.shown_caller = "bob";
  EXPECT_THAT(Page(Request(3), units_), ElementsAre("z", "b"));
  EXPECT_EQ(next_, "") << "others make no further page";
  EXPECT_THAT(Page(Request(3, "", "alice"), units_), IsEmpty());
  EXPECT_THAT(Page(Request(3, "", "bob"), units_), ElementsAre("z", "b"));
  EXPECT_THAT(Page(Request(1), units_), ElementsAre("z"));
  EXPECT_THAT(Page(Request(1, next_), units_), ElementsAre("b"));
}

TEST_F(UnitListTest, PagesFollowEachOtherOldestFirst) {
  EXPECT_THAT(Page(Request(0), units_), ElementsAre("z", "a"));
  EXPECT_THAT(Page(Request(0, next_), units_), ElementsAre("b", "c")) << "between two that began together";
  EXPECT_THAT(Page(Request(0, next_), units_), ElementsAre("d"));
  EXPECT_EQ(next_, "");
}

TEST_F(UnitListTest, APageThatTakesTheLastUnitHasNoToken) {
  EXPECT_THAT(Page(Request(2), {units_[0], units_[1]}), ElementsAre("b", "d"));
  EXPECT_EQ(next_, "");
  EXPECT_THAT(Page(Request(1), {}), IsEmpty());
  EXPECT_EQ(next_, "");
}

TEST_F(UnitListTest, MoreThanTheLimitIsTheLimit) {
  EXPECT_THAT(Page(Request(1000), units_), ElementsAre("z", "a", "b"));
  EXPECT_THAT(Page(Request(1, next_), units_), ElementsAre("c")) << "the size may change from page to page";
}

TEST_F(UnitListTest, UnitsThatEndOrBeginBetweenPagesMoveNoOther) {
  EXPECT_THAT(Page(Request(2), units_), ElementsAre("z", "a"));
  const std::vector<uow::UnitInfo> later = {units_[0], units_[1], units_[3], UnitBegun(40, "e")};
  EXPECT_THAT(Page(Request(3, next_), later), ElementsAre("b", "c", "d"));
  EXPECT_THAT(Page(Request(3, next_), later), ElementsAre("e"));
}

TEST_F(UnitListTest, ACallersUnitsHavePagesOfTheirOwn) {
  EXPECT_THAT(Page(Request(1, "", "bob"), units_), ElementsAre("z"));
  EXPECT_THAT(Page(Request(1, next_, "bob"), units_), ElementsAre("b"));
  EXPECT_EQ(next_, "");
}

TEST_F(UnitListTest, ATokenOfAnotherCallerServerOrListIsRefused) {
  Page(Request(1), units_);
  const std::string token = next_;
  const std::string refused = "page_token: is not a token of this request";
  EXPECT_THAT(Refusal(Request(1, token, "bob")), HasSubstr(refused));
  EXPECT_THAT(Refusal(Request(1, tokens_.Seal({"10", "a"}, "planner.v1.TodoRepository.List"))), HasSubstr(refused));
  EXPECT_THAT(Refusal(Request(1, "token")), HasSubstr(refused));
  place_.server = "10.0.0.8:50051";
  EXPECT_THAT(Refusal(Request(1, token)), HasSubstr(refused));
}

TEST_F(UnitListTest, ATokenOfAnotherReleaseIsCalledThat) {
  Page(Request(1), units_);
  std::string bytes;
  ASSERT_TRUE(Base64UrlDecode(next_, &bytes));
  ++bytes[2];  // the version
  EXPECT_THAT(Refusal(Request(1, Base64UrlEncode(bytes))),
              HasSubstr("page_token: was made by another release of the server; leave it empty"));
}

TEST_F(UnitListTest, ANegativeSizeIsRefused) {
  EXPECT_THAT(Refusal(Request(-1)), HasSubstr("page_size: must not be negative"));
}

}  // namespace
}  // namespace rowkeeper::wire
