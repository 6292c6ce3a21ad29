#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kTicket[] = R"(
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
enum Grade { LOW = 0; HIGH = 1; }
message Ticket {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2 [(rowkeeper.v1.column).sortable = true];
  optional string notes = 3;
  State state = 4;
  Grade grade = 5;
  int32 count = 6 [(rowkeeper.v1.column).default_value = "5"];
  bool done = 7;
  google.protobuf.Timestamp due_at = 8;
  google.protobuf.Struct extra = 9;
  repeated int32 numbers = 10;
  bytes blob = 11;
  double weight = 12;
  string owner = 13 [(rowkeeper.v1.column).immutable = true];
  google.protobuf.Value anything = 14;
  repeated google.protobuf.Struct parts = 15;
  google.protobuf.Timestamp updated_at = 21 [(rowkeeper.v1.column).role = ROLE_UPDATED_AT];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
  int64 version = 23 [(rowkeeper.v1.column).role = ROLE_VERSION];
}
service TicketRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Ticket";
  rpc Create(CreateRequest) returns (Ticket);
  rpc Get(GetRequest) returns (Ticket);
  rpc List(ListRequest) returns (ListResponse);
  rpc Update(UpdateRequest) returns (Ticket);
  rpc Delete(DeleteRequest) returns (google.protobuf.Empty);
}
message CreateRequest { Ticket ticket = 1; }
message GetRequest { int64 id = 1; google.protobuf.FieldMask read_mask = 2; rowkeeper.v1.Deleted deleted = 3; }
message ListRequest {
  optional State state = 1;
  Grade grade = 2;
  string page_token = 3;
  int32 page_size = 4;
  string order_by = 5;
  repeated Grade grades = 6 [(rowkeeper.v1.filter) = {field: "grade", op: FILTER_OPERATOR_IN}];
  bool done = 7;
  rowkeeper.v1.Deleted deleted = 8;
}
message ListResponse { repeated Ticket tickets = 1; string next_page_token = 2; }
message UpdateRequest { Ticket ticket = 1; google.protobuf.FieldMask update_mask = 2; }
message DeleteRequest { int64 id = 1; int64 version = 2; }
)";

class CallTest : public ::testing::Test {
 protected:
  RequestBuilder Request(const std::string& method) {
    return RequestBuilder(plans_.Find("TicketRepository." + method));
  }
  RequestBuilder GoodCreate() {
    RequestBuilder request = Request("Create");
    return request.Set("ticket.state", "OPEN").Set("ticket.due_at", "2026-01-01 00:00:00+00").Set("ticket.owner", "me");
  }
  RequestBuilder GoodList() { return Request("List").Set("grades", "{LOW}"); }

  const Plans plans_ = Plans::OfText(kTicket);
};

TEST_F(CallTest, CreateLeavesDefaultsToTheDatabaseAndWritesZerosElsewhere) {
  const Call call = GoodCreate().MustBind();
  EXPECT_THAT(Written(call),
              ElementsAre("title", "notes", "state", "grade", "done", "due_at", "blob", "weight", "owner"));
  EXPECT_EQ(ArgumentText(call, "ticket.title"), "");
  EXPECT_EQ(ArgumentText(call, "ticket.notes"), "NULL");
  EXPECT_EQ(ArgumentText(call, "ticket.grade"), "LOW");
  EXPECT_EQ(ArgumentText(call, "ticket.done"), "f");
  EXPECT_EQ(ArgumentText(call, "ticket.blob"), "\\x");
  EXPECT_EQ(ArgumentText(call, "ticket.weight"), "0");
  EXPECT_THAT(Filters(call), IsEmpty());
  EXPECT_FALSE(call.variant.as<WriteVariant>().version_guard);
}

TEST_F(CallTest, CreateWritesWhatIsGivenInPlaceOfADefault) {
  const Call call =
      GoodCreate().Set("ticket.count", "7").Set("ticket.numbers", "{1,2}").Set("ticket.id", "9").MustBind();
  EXPECT_THAT(Written(call), ::testing::IsSupersetOf({"id", "count", "numbers"}));
  EXPECT_EQ(ArgumentText(call, "ticket.count"), "7");
}

TEST_F(CallTest, CreateWantsWhatHasNoZero) {
  EXPECT_EQ(Request("Create").Message(), "ticket.state: is required; ticket.due_at: is required");
}

TEST_F(CallTest, AFilterOnNothingIsRefusedUnlessZeroIsAValue) {
  EXPECT_EQ(Request("Get").Message(), "id: is required");
  EXPECT_EQ(Request("List").Message(), "grades: is required; give at least one value");
  const Call call = GoodList().MustBind();
  EXPECT_THAT(Filters(call), ElementsAre("grade", "grades", "done"));  // state is optional
  EXPECT_EQ(ArgumentText(call, "grade"), "LOW");
  EXPECT_EQ(ArgumentText(call, "done"), "f");
  EXPECT_THAT(Filters(GoodList().Set("state", "OPEN").MustBind()), ElementsAre("state", "grade", "grades", "done"));
}

TEST_F(CallTest, PageSizeIsCheckedAndCoerced) {
  const auto size = [this](int page_size) {
    RequestBuilder request = GoodList();
    request.request().as<ListRequest>().page_size = page_size;
    const auto call = request.Bind({/*default_page_size=*/20, /*max_page_size=*/100});
    return call.ok() ? Cat(std::get<ListBounds>(call->bounds).page_size) : std::string(call.status().message());
  };
  EXPECT_EQ(size(0), "20");
  EXPECT_EQ(size(1), "1");
  EXPECT_EQ(size(100), "100");
  EXPECT_EQ(size(2147483647), "100");
  EXPECT_EQ(size(-1), "page_size: must not be negative; 0 means the default of the server");
}

TEST_F(CallTest, AVersionGuardsWhenItIsNotZero) {
  const auto guard = [this](int64_t version) {
    RequestBuilder request = Request("Delete").Set("id", "1");
    request.request().as<WriteRequest>().version = version;
    const auto call = request.Bind();
    return call.ok() ? Cat(call->variant.as<WriteVariant>().version_guard ? "guard" : "none")
                     : std::string(call.status().message());
  };
  EXPECT_EQ(guard(0), "none");
  EXPECT_EQ(guard(3), "guard");
  EXPECT_EQ(guard(-3), "version: must not be negative; 0 means any version");
}

TEST_F(CallTest, AResponseWithoutRowsNeedsNoColumns) {
  EXPECT_THAT(Request("Delete").Set("id", "1").MustBind().variant.columns, IsEmpty());
  EXPECT_EQ(Request("Get").Set("id", "1").MustBind().variant.columns.size(), 18u);
}

TEST_F(CallTest, AllMistakesOfARequestAreToldAtOnce) {
  RequestBuilder request = Request("List");
  request.request().as<ListRequest>().page_size = -1;
  request.request().as<ListRequest>().order_by = "notes";
  EXPECT_EQ(
      request.Message(),
      "grades: is required; give at least one value; order_by: cannot order by \"notes\"; sortable fields are "
      "id, title, updated_at, deleted_at; it would be one with `sortable: true` at shop.v1.Ticket.notes in the proto; "
      "page_size: must not be negative; 0 means the default of the server");
}

TEST_F(CallTest, AnImmutableFieldIsComparedAndNotWritten) {
  const Call call = Request("Update")
                        .Set("ticket.id", "1")
                        .Set("ticket.owner", "me")
                        .Set("ticket.title", "t")
                        .UpdateMask({"owner", "title"})
                        .MustBind();
  EXPECT_THAT(Written(call), ElementsAre("title"));
  ASSERT_EQ(call.variant.as<WriteVariant>().unchanged.size(), 1u);
  EXPECT_EQ(call.plan->entity->columns[call.plan->values[call.variant.as<WriteVariant>().unchanged[0]].column].name,
            "owner");
}

TEST_F(CallTest, AStarLeavesAnImmutableFieldAloneThatIsNotGiven) {
  RequestBuilder request = Request("Update");
  request.Set("ticket.id", "1")
      .Set("ticket.state", "OPEN")
      .Set("ticket.due_at", "2026-01-01 00:00:00+00")
      .UpdateMask({"*"});
  const Call call = request.MustBind();
  EXPECT_THAT(call.variant.as<WriteVariant>().unchanged, IsEmpty());
  EXPECT_THAT(Written(call), ElementsAre("title", "notes", "state", "grade", "count", "done", "due_at", "extra",
                                         "numbers", "blob", "weight", "anything", "parts"));
  EXPECT_EQ(ArgumentText(call, "ticket.count"), "0");
  EXPECT_EQ(ArgumentText(call, "ticket.extra"), "{}");
  EXPECT_EQ(ArgumentText(call, "ticket.numbers"), "{}");
  EXPECT_EQ(ArgumentText(call, "ticket.anything"), "null");
  EXPECT_EQ(ArgumentText(call, "ticket.parts"), "[]");
  EXPECT_EQ(request.Set("ticket.owner", "me").MustBind().variant.as<WriteVariant>().unchanged.size(), 1u);
}

TEST_F(CallTest, AnUpdateOfWhatHasNoZeroNeedsAValue) {
  EXPECT_EQ(Request("Update").Set("ticket.id", "1").UpdateMask({"state", "due_at", "title"}).Message(),
            "ticket.state: is required; ticket.due_at: is required");
}

TEST_F(CallTest, EqualVariantsHaveEqualKeysAndOthersHaveNot) {
  std::vector<std::string> keys;
  for (const Deleted deleted : {Deleted::kExclude, Deleted::kInclude, Deleted::kOnly}) {
    for (const std::string order : {"", "title", "title desc", "id, title"}) {
      for (const bool filtered : {false, true}) {
        RequestBuilder request = GoodList();
        if (filtered) request.Set("state", "OPEN");
        PartOf<WithDeleted>(&request.request().family)->deleted = deleted;
        request.request().as<ListRequest>().order_by = order;
        const Call call = request.MustBind();
        EXPECT_EQ(call.variant.Key(), request.MustBind().variant.Key());
        keys.push_back(call.variant.Key());
      }
    }
  }
  for (const auto& mask : {std::vector<std::string>{"id"}, {"title"}, {"id", "title"}}) {
    keys.push_back(Request("Get").Set("id", "1").ReadMask(mask).MustBind().variant.Key());
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(keys[i], keys[j]) << i << " " << j;
  }
}

}  // namespace
}  // namespace rowkeeper::plan
