#include "server/plan/page/pages.h"

#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Plans NotePlans() {
  return Plans::OfText(R"(
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  optional int32 rank = 2 [(rowkeeper.v1.column).sortable = true];
}
message In {
  string page_token = 1;
  int32 skip = 2;
  string order_by = 3;
  int32 page_size = 4;
  rowkeeper.v1.CountMode count = 5;
}
message Out {
  repeated Note notes = 1;
  string next_page_token = 2;
  string previous_page_token = 3;
  int64 total_size = 4;
}
message CountIn { rowkeeper.v1.CountMode count = 1; }
message CountOut { int64 total_size = 1; }
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc List(In) returns (Out);
  rpc Count(CountIn) returns (CountOut);
})");
}

const ListBounds& BoundsOf(const Call& call) { return std::get<ListBounds>(call.bounds); }

class PagesTest : public ::testing::Test {
 protected:
  Call After(const std::string& token) {
    builder_.request().as<ListRequest>().page_token = token;
    return builder_.MustBind();
  }

  const Plans plans_ = NotePlans();
  RequestBuilder builder_{plans_.Find("List")};
};

TEST_F(PagesTest, TokensOfEveryPlaceSayWhereTheirPageLies) {
  const Call first = builder_.MustBind();
  EXPECT_TRUE(BoundsOf(first).first_page);
  const Call after = After(PageToken(first, TestTokens(), PagePlace::kAfter, {"7"}));
  EXPECT_THAT(BoundsOf(after).cursor, ElementsAre("7"));
  EXPECT_FALSE(after.variant.as<ListVariant>().backward);
  EXPECT_FALSE(BoundsOf(after).first_page);
  const Call before = After(PageToken(first, TestTokens(), PagePlace::kBefore, {"7"}));
  EXPECT_THAT(BoundsOf(before).cursor, ElementsAre("7"));
  EXPECT_TRUE(before.variant.as<ListVariant>().backward);
  const Call last = After(PageToken(first, TestTokens(), PagePlace::kLast));
  EXPECT_TRUE(BoundsOf(last).cursor.empty());
  EXPECT_TRUE(last.variant.as<ListVariant>().backward);
  const Call again = After(PageToken(after, TestTokens(), PagePlace::kFirst));
  EXPECT_TRUE(BoundsOf(again).cursor.empty());
  EXPECT_FALSE(again.variant.as<ListVariant>().backward);
  EXPECT_TRUE(BoundsOf(again).first_page);
}

TEST_F(PagesTest, TokensOfBothDirectionsAreBoundToTheOrder) {
  builder_.request().as<ListRequest>().order_by = "rank desc nulls last";
  const Call call = builder_.MustBind();
  builder_.request().as<ListRequest>().page_token =
      PageToken(call, TestTokens(), PagePlace::kBefore, {std::nullopt, "7"});
  EXPECT_THAT(builder_.MustBind().variant.as<ListVariant>().cursor_nulls, ElementsAre(true, false));
  builder_.request().as<ListRequest>().order_by = "rank desc";
  EXPECT_THAT(builder_.Message(), HasSubstr("page_token: is not a token of this request"));
}

TEST_F(PagesTest, VariantsOfBothDirectionsHaveDifferentKeys) {
  const Call first = builder_.MustBind();
  EXPECT_NE(After(PageToken(first, TestTokens(), PagePlace::kAfter, {"7"})).variant.Key(),
            After(PageToken(first, TestTokens(), PagePlace::kBefore, {"7"})).variant.Key());
}

TEST_F(PagesTest, AReversedOrderPutsEverythingTheOtherWayRound) {
  const auto reversed = Reversed({{1, false, false}, {0, true, true}});
  EXPECT_TRUE(reversed[0].descending);
  EXPECT_TRUE(reversed[0].nulls_first());
  EXPECT_FALSE(reversed[1].descending);
  EXPECT_TRUE(reversed[1].nulls_first());
}

TEST_F(PagesTest, SkipsAreNeitherNegativeNorTooLong) {
  builder_.request().as<ListRequest>().skip = -1;
  EXPECT_THAT(builder_.Message(), HasSubstr("skip: must not be negative; 0 leaves out nothing"));
  builder_.request().as<ListRequest>().skip = 10001;
  EXPECT_THAT(builder_.Message(), HasSubstr("skip: leaves out more than 10000 rows, the limit max-skip"));
  builder_.request().as<ListRequest>().skip = 10000;
  const Call call = builder_.MustBind();
  EXPECT_TRUE(call.variant.as<ListVariant>().skip);
  EXPECT_FALSE(BoundsOf(call).first_page);
}

TEST_F(PagesTest, ACountThatCountsNothingIsRefused) {
  RequestBuilder count(plans_.Find("Count"));
  EXPECT_EQ(count.Message(), "OK");
  count.request().as<ListRequest>().count = CountMode::kEstimated;
  EXPECT_EQ(count.Message(), "OK");
  count.request().as<ListRequest>().count = CountMode::kNone;
  EXPECT_THAT(count.Message(), HasSubstr("count: is COUNT_MODE_NONE, and this method does nothing but count"));
}

}  // namespace
}  // namespace rowkeeper::plan
