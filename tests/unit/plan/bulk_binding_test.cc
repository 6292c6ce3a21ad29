#include "server/plan/bulk/bulk.h"

#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTicket[] = R"(
message Ticket {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2;
  optional string notes = 3;
  google.protobuf.Timestamp due_at = 4;
  string owner = 5 [(rowkeeper.v1.column).immutable = true];
  google.protobuf.Timestamp updated_at = 21 [(rowkeeper.v1.column).role = ROLE_UPDATED_AT];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service TicketRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Ticket";
  rpc UpdateWhere(UpdateRequest) returns (Out);
  rpc DeleteWhere(DeleteRequest) returns (Out);
  rpc Purge(PurgeRequest) returns (Out);
}
message UpdateRequest {
  Ticket ticket = 1;
  google.protobuf.FieldMask update_mask = 2;
  optional string owner = 3;
  optional string title_prefix = 4 [(rowkeeper.v1.filter) = {field: "title", op: FILTER_OPERATOR_PREFIX}];
  int32 max_affected = 5;
}
message DeleteRequest { string owner = 1; }
message PurgeRequest {
  google.protobuf.Duration older_than = 1;
  int64 most = 2 [(rowkeeper.v1.bind) = BINDING_MAX_AFFECTED];
}
message Out { int64 affected = 1; }
)";

class BulkBindingTest : public ::testing::Test {
 protected:
  RequestBuilder Request(const std::string& method) {
    return RequestBuilder(plans_.Find("TicketRepository." + method));
  }
  RequestBuilder GoodUpdate() { return Request("UpdateWhere").Set("owner", "me").UpdateMask({"title"}); }
  RequestBuilder Purge(const std::string& age) {
    RequestBuilder request = Request("Purge");
    request.request().as<BulkRequest>().older_than = age;
    return request;
  }

  const Plans plans_ = Plans::OfText(kTicket);
};

TEST_F(BulkBindingTest, AnUpdateWritesWhatTheMaskNames) {
  const Call call = GoodUpdate().UpdateMask({"title", "notes"}).MustBind();
  EXPECT_THAT(Written(call), ElementsAre("title", "notes"));
  EXPECT_THAT(Filters(call), ElementsAre("owner"));
  EXPECT_EQ(ArgumentText(call, "ticket.title"), "");
  EXPECT_EQ(ArgumentText(call, "ticket.notes"), "NULL");
}

TEST_F(BulkBindingTest, AStarIsEverythingThatCanChange) {
  const Call call = GoodUpdate().UpdateMask({"*"}).Set("ticket.due_at", "2026-01-01 00:00:00+00").MustBind();
  EXPECT_THAT(Written(call), ElementsAre("title", "notes", "due_at"));
  EXPECT_EQ(GoodUpdate().UpdateMask({"*"}).Message(), "ticket.due_at: is required");
}

TEST_F(BulkBindingTest, AMaskIsRequired) {
  EXPECT_THAT(GoodUpdate().UpdateMask({}).Message(), HasSubstr("update_mask: is required"));
}

TEST_F(BulkBindingTest, KeysAndImmutableFieldsAreRefused) {
  EXPECT_EQ(GoodUpdate().UpdateMask({"id", "title"}).Message(),
            "update_mask: path \"id\" is of the key, so it cannot change; leave it out");
  EXPECT_EQ(GoodUpdate().UpdateMask({"owner"}).Message(),
            "update_mask: path \"owner\" is immutable, so it cannot change; leave it out");
  RequestBuilder everything = GoodUpdate().UpdateMask({"*"}).Set("ticket.due_at", "2026-01-01 00:00:00+00");
  EXPECT_EQ(everything.Set("ticket.id", "7").Message(),
            "ticket.id: is of the key, so it cannot change; leave it empty");
}

TEST_F(BulkBindingTest, OutputOnlyFieldsAreIgnoredButNotAlone) {
  EXPECT_THAT(Written(GoodUpdate().UpdateMask({"title", "version"}).MustBind()), ElementsAre("title"));
  EXPECT_EQ(GoodUpdate().UpdateMask({"version", "updated_at"}).Message(),
            "update_mask: names no field that a caller may write");
}

TEST_F(BulkBindingTest, WithoutAFilterEveryFilterFieldIsNamed) {
  const auto call = Request("UpdateWhere").UpdateMask({"title"}).Bind();
  EXPECT_EQ(call.status().message(),
            "owner: set at least one filter; without a filter every row would change; title_prefix: or this one");
}

TEST_F(BulkBindingTest, ARequiredFilterStandsForItsZero) {
  EXPECT_EQ(Request("DeleteWhere").Message(), "owner: is required");
  EXPECT_THAT(Filters(Request("DeleteWhere").Set("owner", "").MustBind()), ElementsAre("owner"));
}

TEST_F(BulkBindingTest, APurgeNeedsAnAge) {
  EXPECT_EQ(Request("Purge").Message(), "older_than: is required; 0 seconds means all deleted rows");
  EXPECT_EQ(Purge("-1.000000 seconds").Message(), "older_than: must not be negative; 0 seconds means all deleted rows");
  EXPECT_EQ(Purge("-0.500000 seconds").Message(), "older_than: must not be negative; 0 seconds means all deleted rows");
  EXPECT_EQ(Purge("31557600001.000000 seconds").Message(),
            "older_than: is longer than 31557600000 seconds (1000 years)");
  EXPECT_EQ(Purge("0.000000 seconds").Message(), "OK");
  EXPECT_EQ(Purge("31557600000.000000 seconds").Message(), "OK");
}

TEST_F(BulkBindingTest, TheLimitOfTheServerHoldsWhereTheRequestSaysNothing) {
  const BulkLimits limits{100, 7};
  Call call = GoodUpdate().MustBind();
  EXPECT_TRUE(LimitBulk(limits, &call).ok());
  EXPECT_EQ(std::get<BulkBounds>(call.bounds).max_affected, 100);
  EXPECT_EQ(std::get<BulkBounds>(call.bounds).statement_rows, 7);
  call.request.as<BulkRequest>().max_affected = 0;
  EXPECT_TRUE(LimitBulk(limits, &call).ok());
  EXPECT_EQ(std::get<BulkBounds>(call.bounds).max_affected, 100);
  call.request.as<BulkRequest>().max_affected = 3;
  EXPECT_TRUE(LimitBulk(limits, &call).ok());
  EXPECT_EQ(std::get<BulkBounds>(call.bounds).max_affected, 3);
}

TEST_F(BulkBindingTest, MoreThanTheServerAllowsIsRefused) {
  RequestBuilder request = Purge("0.000000 seconds");
  request.request().as<BulkRequest>().max_affected = 101;
  Call call = request.MustBind();
  EXPECT_EQ(
      LimitBulk({100, 7}, &call).message(),
      "most: is 101; at most 100 rows are allowed in one call; make several calls, or raise --max-affected on the "
      "server");
  request.request().as<BulkRequest>().max_affected = -1;
  EXPECT_EQ(request.Message(), "most: must not be negative; 0 means the limit of the server");
}

}  // namespace
}  // namespace rowkeeper::plan
