#include <gtest/gtest.h>

#include "server/sql/predicates.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

constexpr char kThing[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string t = 2 [(rowkeeper.v1.column).sortable = true];
  optional int32 n = 3 [(rowkeeper.v1.column).sortable = true];
  optional int32 m = 4 [(rowkeeper.v1.column).sortable = true];
}
)";

enum : int { kId, kT, kN, kM };

class CursorTest : public ::testing::Test {
 protected:
  /// Rows after a cursor; `nulls` has one letter for each term, 'N' for a NULL cell.
  std::string After(std::vector<catalogue::OrderTerm> order, const std::string& nulls) {
    plan::ListVariant variant;
    variant.order = std::move(order);
    for (char null : nulls) variant.cursor_nulls.push_back(null == 'N');
    ParameterList parameters;
    return CursorPredicate(*catalogue_->entities()[0], variant, &parameters);
  }

  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileProtoText(kThing);
};

constexpr bool kAsc = false;
constexpr bool kDesc = true;

TEST_F(CursorTest, AFirstPageHasNone) { EXPECT_EQ(After({{kId, kAsc}}, ""), ""); }

TEST_F(CursorTest, OneDirectionWithoutNullableColumnsComparesWholeRows) {
  EXPECT_EQ(After({{kId, kAsc}}, "-"), R"(("id") > ($1::bigint))");
  EXPECT_EQ(After({{kT, kAsc}, {kId, kAsc}}, "--"), R"(("t", "id") > ($1::text, $2::bigint))");
  EXPECT_EQ(After({{kT, kDesc}, {kId, kDesc}}, "--"), R"(("t", "id") < ($1::text, $2::bigint))");
}

TEST_F(CursorTest, MixedDirectionsCompareColumnByColumn) {
  EXPECT_EQ(After({{kT, kDesc}, {kId, kAsc}}, "--"),
            R"("t" <= $1::text AND (("t" < $1::text) OR ("t" = $1::text AND "id" > $2::bigint)))");
  EXPECT_EQ(After({{kT, kAsc}, {kId, kDesc}}, "--"),
            R"("t" >= $1::text AND (("t" > $1::text) OR ("t" = $1::text AND "id" < $2::bigint)))");
}

TEST_F(CursorTest, NullsComeLastWhenAscending) {
  EXPECT_EQ(After({{kN, kAsc}, {kId, kAsc}}, "--"),
            R"(((("n" > $1::integer OR "n" IS NULL)) OR ("n" = $1::integer AND "id" > $2::bigint)))");
  EXPECT_EQ(After({{kN, kAsc}, {kId, kAsc}}, "N-"), R"((("n" IS NULL AND "id" > $1::bigint)))");
}

TEST_F(CursorTest, NullsComeFirstWhenDescending) {
  EXPECT_EQ(After({{kN, kDesc}, {kId, kDesc}}, "--"),
            R"("n" <= $1::integer AND (("n" < $1::integer) OR ("n" = $1::integer AND "id" < $2::bigint)))");
  EXPECT_EQ(After({{kN, kDesc}, {kId, kDesc}}, "N-"), R"((("n" IS NOT NULL) OR ("n" IS NULL AND "id" < $1::bigint)))");
}

TEST_F(CursorTest, NullsComeWhereTheOrderPutsThem) {
  EXPECT_EQ(After({{kN, kAsc, true}, {kId, kAsc}}, "--"),
            R"("n" >= $1::integer AND (("n" > $1::integer) OR ("n" = $1::integer AND "id" > $2::bigint)))");
  EXPECT_EQ(After({{kN, kAsc, true}, {kId, kAsc}}, "N-"),
            R"((("n" IS NOT NULL) OR ("n" IS NULL AND "id" > $1::bigint)))");
  EXPECT_EQ(After({{kN, kDesc, true}, {kId, kDesc}}, "--"),
            R"(((("n" < $1::integer OR "n" IS NULL)) OR ("n" = $1::integer AND "id" < $2::bigint)))");
  EXPECT_EQ(After({{kN, kDesc, true}, {kId, kDesc}}, "N-"), R"((("n" IS NULL AND "id" < $1::bigint)))");
}

TEST_F(CursorTest, EveryMixOfTwoNullableColumns) {
  EXPECT_EQ(After({{kN, kAsc}, {kM, kDesc}, {kId, kDesc}}, "NN-"),
            R"((("n" IS NULL AND "m" IS NOT NULL) OR ("n" IS NULL AND "m" IS NULL AND "id" < $1::bigint)))");
  EXPECT_EQ(After({{kN, kDesc}, {kM, kAsc}, {kId, kAsc}}, "NN-"),
            R"((("n" IS NOT NULL) OR ("n" IS NULL AND "m" IS NULL AND "id" > $1::bigint)))");
  EXPECT_EQ(After({{kN, kAsc}, {kM, kAsc}, {kId, kAsc}}, "-N-"),
            R"(((("n" > $1::integer OR "n" IS NULL)) OR ("n" = $1::integer AND "m" IS NULL AND "id" > $2::bigint)))");
  EXPECT_EQ(After({{kN, kDesc}, {kM, kDesc}, {kId, kDesc}}, "N--"),
            R"((("n" IS NOT NULL) OR ("n" IS NULL AND "m" < $1::integer) OR )"
            R"(("n" IS NULL AND "m" = $1::integer AND "id" < $2::bigint)))");
}

TEST_F(CursorTest, NothingFollowsANullThatEndsTheOrder) { EXPECT_EQ(After({{kN, kAsc}}, "N"), "false"); }

}  // namespace
}  // namespace rowkeeper::sql
