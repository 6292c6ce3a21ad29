#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "server/catalogue/entity.h"
#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

/// Every type that lists can be ordered by, nullable and not.
constexpr char kThings[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_BAD = 2; }
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string text = 2 [(rowkeeper.v1.column).sortable = true];
  optional string maybe_text = 3 [(rowkeeper.v1.column).sortable = true];
  int32 number = 4 [(rowkeeper.v1.column).sortable = true];
  optional int64 maybe_number = 5 [(rowkeeper.v1.column).sortable = true];
  double real = 6 [(rowkeeper.v1.column).sortable = true];
  optional float maybe_real = 7 [(rowkeeper.v1.column).sortable = true];
  optional google.protobuf.Timestamp maybe_time = 8 [(rowkeeper.v1.column).sortable = true];
  optional google.protobuf.Duration maybe_span = 9 [(rowkeeper.v1.column).sortable = true];
  optional google.type.Date maybe_day = 10 [(rowkeeper.v1.column).sortable = true];
  optional Mood maybe_mood = 11 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_NATIVE_ENUM, sortable: true}];
  optional string maybe_decimal = 12
      [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 9, scale: 2, sortable: true}];
  optional bool maybe_flag = 13 [(rowkeeper.v1.column).sortable = true];
  uint64 big = 14 [(rowkeeper.v1.column).sortable = true];
  google.protobuf.Timestamp created_at = 20 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service ThingRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Thing";
  rpc Create(Thing) returns (Thing);
  rpc List(ListRequest) returns (ListResponse);
  rpc SoftDelete(Key) returns (Thing);
}
message Key { int64 id = 1; }
message ListRequest { int32 page_size = 1; string page_token = 2; string order_by = 3; }
message ListResponse {
  repeated Thing things = 1;
  string next_page_token = 2;
  string previous_page_token = 3;
}
)";

/// Few different values, so that there are ties in every order.
constexpr char kFill[] = R"(
INSERT INTO things (text, maybe_text, number, maybe_number, real, maybe_real, maybe_time, maybe_span, maybe_day,
                    maybe_mood, maybe_decimal, maybe_flag, big, created_at)
SELECT (ARRAY['', 'a', 'A', 'ä', 'a b'])[1 + n % 5],
       (ARRAY[NULL, '', 'x', 'X', '😀'])[1 + n / 2 % 5],
       n % 4 - 2,
       nullif(n % 6, 0) * 9007199254740993 / 6,
       (ARRAY['NaN', '-Infinity', '0', '0.1', 'Infinity']::float8[])[1 + n / 3 % 5],
       (ARRAY[NULL, 'NaN', '-0', '0.1', '3e38']::real[])[1 + n / 4 % 5],
       (ARRAY[NULL, '2026-01-01 00:00:00.000001Z', '2026-01-01 00:00:00Z', '0001-01-01Z']::timestamptz[])[1 + n % 4],
       (ARRAY[NULL, '-1 second', '00:00:00.5', '100000 hours']::interval[])[1 + n / 5 % 4],
       (ARRAY[NULL, '2026-02-28', '1969-12-31']::date[])[1 + n / 2 % 3],
       (ARRAY[NULL, 'FINE', 'BAD']::mood[])[1 + n / 3 % 3],
       (ARRAY[NULL, 1.5, -1.5, 1.50, 1000]::numeric[])[1 + n / 2 % 5],
       (ARRAY[NULL, true, false])[1 + n % 3],
       CASE n % 3 WHEN 0 THEN 18446744073709551615 ELSE n % 3 END,
       timestamptz '2026-01-01Z' + n / 7 * interval '1 hour'
FROM generate_series(0, 59) AS n)";

class PagesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new InProcessServer(CompileProtoText(kThings));
    server_->database().Run(kFill);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE(server_->ok()); }

  static Json Page(const std::string& order, int size, const std::string& token) {
    return server_->MustCall("ThingRepository.List", {{"order_by", order}, {"page_size", size}, {"page_token", token}});
  }

  static std::vector<std::string> Ids(const Json& page) {
    std::vector<std::string> ids;
    for (const Json& thing : page.value("things", Json::array())) ids.push_back(thing.value("id", ""));
    return ids;
  }

  /// All pages, with `between` called after each.
  template <typename Between>
  static std::vector<std::string> Walk(const std::string& order, int size, const Between& between) {
    std::vector<std::string> ids;
    std::string token;
    for (int pages = 0; pages < 1000; ++pages) {
      const Json page = Page(order, size, token);
      for (const std::string& id : Ids(page)) ids.push_back(id);
      token = page.value("next_page_token", "");
      if (token.empty()) return ids;
      between();
    }
    ADD_FAILURE() << "no end of pages in order " << order;
    return ids;
  }

  /// All pages from the last to the first, each as it reads.
  static std::vector<std::string> WalkBack(const std::string& order, int size) {
    std::string token;
    std::string before;
    do {
      before = token;
      token = Page(order, size, token).value("next_page_token", "");
    } while (!token.empty());
    std::vector<std::string> ids;
    token = before;
    do {
      const Json page = Page(order, size, token);
      const std::vector<std::string> earlier = Ids(page);
      ids.insert(ids.begin(), earlier.begin(), earlier.end());
      token = page.value("previous_page_token", "");
    } while (!token.empty());
    return ids;
  }

  static std::vector<std::string> SortableFields() {
    std::vector<std::string> names;
    for (const catalogue::Column& column : server_->loaded().catalogue->entities()[0]->columns) {
      if (column.sortable) names.push_back(column.field->name());
    }
    return names;
  }

  static std::vector<std::string> Orders() {
    std::vector<std::string> orders = {""};
    for (const std::string& name : SortableFields()) {
      for (const char* direction : {"", " desc"}) orders.push_back(name + direction);
    }
    for (const char* mixed : {"maybe_text, maybe_number desc", "maybe_number desc, maybe_time, text desc",
                              "maybe_mood desc, maybe_flag desc, maybe_decimal desc", "number, maybe_day",
                              "maybe_real, maybe_span, id desc", "real desc, big"}) {
      orders.push_back(mixed);
    }
    return orders;
  }

  static inline InProcessServer* server_ = nullptr;
};

TEST_F(PagesTest, EverySortableFieldIsTried) { EXPECT_GE(SortableFields().size(), 15u); }

TEST_F(PagesTest, OfAnySizeTogetherAreTheWholeListInEveryOrder) {
  for (const std::string& order : Orders()) {
    SCOPED_TRACE(order);
    const std::vector<std::string> whole = Ids(Page(order, 1000, ""));
    EXPECT_GE(whole.size(), 60u);
    EXPECT_EQ(std::set<std::string>(whole.begin(), whole.end()).size(), whole.size());
    for (int size : {1, 7}) {
      EXPECT_EQ(Walk(order, size, [] {}), whole) << size;
      EXPECT_EQ(WalkBack(order, size), whole) << "backward " << size;
    }
  }
}

TEST_F(PagesTest, NoRowThatIsThereThroughoutIsRepeatedOrLostWhileOthersComeAndGo) {
  std::mt19937 random(7);
  for (const std::string& order : Orders()) {
    SCOPED_TRACE(order);
    const std::vector<std::string> before = Ids(Page(order, 1000, ""));
    std::set<std::string> gone;
    const auto change = [&] {
      server_->database().Run(Cat(kFill, " OFFSET ", random() % 60, " LIMIT 3"));
      const std::string& victim = before[random() % before.size()];
      if (gone.insert(victim).second) server_->MustCall("ThingRepository.SoftDelete", {{"id", victim}});
    };
    const std::vector<std::string> seen = Walk(order, 11, change);
    const std::set<std::string> distinct(seen.begin(), seen.end());
    EXPECT_EQ(distinct.size(), seen.size()) << "a row came twice";
    for (const std::string& id : before) {
      EXPECT_EQ(distinct.count(id) + gone.count(id) >= 1, true) << "lost " << id;
    }
    server_->database().Run("DELETE FROM things; ALTER TABLE things ALTER COLUMN id RESTART;");
    server_->database().Run(kFill);
  }
}

}  // namespace
}  // namespace rowkeeper::testing
