#include "server/plan/page/order_by.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_join.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

class OrderByTest : public ::testing::Test {
 protected:
  /// The complete order as text, or the mistakes in it.
  std::string Resolve(const std::string& entity, const std::string& text) {
    FieldViolations violations;
    const catalogue::Entity& found = *plans_.catalogue().FindEntity("shop.v1." + entity);
    const auto order = ResolveOrder(found, text, "order_by", &violations);
    if (!violations.empty()) return std::string(violations.ToStatus().message());
    std::vector<std::string> terms;
    for (const auto& term : order)
      terms.push_back(found.columns[term.column].name + (term.descending ? " desc" : "") +
                      (!term.nulls_moved    ? ""
                       : term.nulls_first() ? " nulls first"
                                            : " nulls last"));
    return absl::StrJoin(terms, ", ");
  }

  const Plans plans_ = Plans::OfText(R"(
message Line {
  option (rowkeeper.v1.entity) = {};
  string order = 1 [(rowkeeper.v1.column).primary_key = true];
  int32 line = 2 [(rowkeeper.v1.column) = {primary_key: true, name: "line_no"}];
  optional string title = 3 [(rowkeeper.v1.column).sortable = true];
  string notes = 4;
}
message Post {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  google.protobuf.Timestamp created_at = 2 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];
}
message Ranked {
  option (rowkeeper.v1.entity) = {default_order_by: "rank, id desc"};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int32 rank = 2 [(rowkeeper.v1.column).sortable = true];
}
)");
};

TEST_F(OrderByTest, TheDefaultIsNewestFirstOrTheKeyOrWhatIsDeclared) {
  EXPECT_EQ(Resolve("Post", ""), "created_at desc, id desc");
  EXPECT_EQ(Resolve("Line", "  "), "order, line_no");
  EXPECT_EQ(Resolve("Ranked", ""), "rank, id desc");
}

TEST_F(OrderByTest, TheKeyCompletesEveryOrderInTheDirectionOfItsLastTerm) {
  EXPECT_EQ(Resolve("Line", "title"), "title, order, line_no");
  EXPECT_EQ(Resolve("Line", "title desc"), "title desc, order desc, line_no desc");
  EXPECT_EQ(Resolve("Line", "line desc, title"), "line_no desc, title, order");
  EXPECT_EQ(Resolve("Line", "order, line desc"), "order, line_no desc");
}

TEST_F(OrderByTest, NullsArePlacedWhereThatIsNotWhereTheyAreAnyway) {
  EXPECT_EQ(Resolve("Line", "title nulls first"), "title nulls first, order, line_no");
  EXPECT_EQ(Resolve("Line", "title asc NULLS Last"), "title, order, line_no");
  EXPECT_EQ(Resolve("Line", "title desc nulls last"), "title desc nulls last, order desc, line_no desc");
  EXPECT_EQ(Resolve("Line", "title desc nulls first"), "title desc, order desc, line_no desc");
  EXPECT_EQ(Resolve("Line", "order nulls first"), "order, line_no");
}

TEST_F(OrderByTest, SpacesAndCaseOfTheDirectionDoNotMatter) {
  EXPECT_EQ(Resolve("Line", " title\t DESC ,line  Asc "), "title desc, line_no, order");
}

TEST_F(OrderByTest, WhatIsNoOrderIsRefused) {
  const std::string hint =
      " is not an order; write \"field\" or \"field desc\", separated by commas, with "
      "\"nulls first\" or \"nulls last\" behind where rows without a value go";
  EXPECT_EQ(Resolve("Line", "title down"), "order_by: \"title down\"" + hint);
  EXPECT_EQ(Resolve("Line", "title desc desc"), "order_by: \"title desc desc\"" + hint);
  EXPECT_EQ(Resolve("Line", "title,"), "order_by: \"\"" + hint);
  EXPECT_EQ(Resolve("Line", ","), "order_by: \"\"" + hint + "; order_by: \"\"" + hint);
}

TEST_F(OrderByTest, OnlySortableFieldsByTheirProtoNames) {
  const std::string fields = "; sortable fields are order, line, title";
  EXPECT_EQ(Resolve("Line", "notes"), "order_by: cannot order by \"notes\"" + fields +
                                          "; it would be one with `sortable: true` at shop.v1.Line.notes in the proto");
  EXPECT_EQ(Resolve("Line", "line_no"), "order_by: cannot order by \"line_no\"" + fields);
  EXPECT_EQ(Resolve("Line", "title;drop"), "order_by: cannot order by \"title;drop\"" + fields);
  EXPECT_EQ(Resolve("Line", "Title"), "order_by: cannot order by \"Title\"" + fields);
}

TEST_F(OrderByTest, AFieldMayStandOnce) {
  EXPECT_EQ(Resolve("Line", "title, title desc"), "order_by: names \"title\" twice");
}

}  // namespace
}  // namespace rowkeeper::plan
