// How much work the filters of a request may ask for.
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::HasSubstr;

Plans BookPlans() {
  return Plans::OfText(R"(
message Book {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true}];
  string title = 2;
  repeated string tags = 3;
}
message In {
  optional string search = 1 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_SEARCH}];
  optional string like = 2 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_LIKE}];
  optional string prefix = 3 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_PREFIX}];
  repeated string titles = 4 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_IN, skip_empty: true}];
  repeated string others = 5 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_NOT_IN, skip_empty: true}];
  repeated string any_tags = 6 [(rowkeeper.v1.filter) = {field: "tags", op: FILTER_OPERATOR_OVERLAPS, skip_empty: true}];
  repeated string all_tags = 7 [(rowkeeper.v1.filter) = {field: "tags", op: FILTER_OPERATOR_CONTAINS, skip_empty: true}];
}
message Out { repeated Book books = 1; string next_page_token = 2; }
service BookRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Book";
  rpc List(In) returns (Out);
})");
}

class FilterWorkTest : public ::testing::Test {
 protected:
  /// The message of the refusal of one filter, "OK" when there is none.
  std::string Bind(const std::string& field, const std::string& text) {
    RequestBuilder builder(plans_.Find("List"));
    builder.Set(field, text);
    const absl::StatusOr<Call> call = builder.Bind(limits_);
    return call.ok() ? "OK" : std::string(call.status().message());
  }

  const Plans plans_ = BookPlans();
  PageLimits limits_;
};

TEST_F(FilterWorkTest, TextsToLookForHaveALengthInBytes) {
  limits_.filter.max_search_bytes = 10;
  for (const char* field : {"search", "like", "prefix"}) {
    EXPECT_EQ(Bind(field, "0123456789"), "OK") << field;
    EXPECT_THAT(Bind(field, "01234567890"),
                HasSubstr(Cat(field, ": has 11 bytes; at most 10 are looked for, the limit max-search-bytes")));
  }
}

TEST_F(FilterWorkTest, SearchesHaveANumberOfWords) {
  limits_.filter.max_search_words = 3;
  for (const char* text : {"a b c", " a  b c ", "\"a b\" -c", "a-b", "caf\u00e9 \u65e5\u672c c", "", "- - - - -"}) {
    EXPECT_EQ(Bind("search", text), "OK") << text;
  }
  for (const char* text : {"a b c d", "\"a b c d", "a.b.c.d", "a-b-c-d", "a-b c", "a or b or", "a\u3000b\u3000c\u3000d",
                           "a\u2014b\u00a0c\u3001d"}) {
    EXPECT_THAT(Bind("search", text), HasSubstr("search: has more than 3 words, the limit max-search-words")) << text;
  }
  EXPECT_EQ(Bind("like", "a b c d e"), "OK") << "a pattern has none";
}

TEST_F(FilterWorkTest, RepeatedFiltersHaveANumberOfValues) {
  limits_.filter.max_values = 3;
  for (const char* field : {"titles", "others", "any_tags", "all_tags"}) {
    EXPECT_EQ(Bind(field, R"({"a","b","c"})"), "OK") << field;
    EXPECT_EQ(Bind(field, R"({"a,b,c","d\",\"e,","f\\"})"), "OK") << field << ": commas within values";
    EXPECT_THAT(Bind(field, R"({"a","b","c","d"})"),
                HasSubstr(Cat(field, ": has more than 3 values, the limit max-filter-values")));
    EXPECT_THAT(Bind(field, R"({"\\","\"",",",""})"), HasSubstr("has more than 3 values")) << field;
  }
}

}  // namespace
}  // namespace rowkeeper::plan
