#include "server/base/reason.h"
#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Tasks belong to tenants; plans, to which they refer, to nobody.
constexpr char kTenants[] = R"(
message Plan {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2 [(rowkeeper.v1.column).unique = true];
  repeated Task tasks = 3;
}
message Task {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string tenant_id = 2 [(rowkeeper.v1.column) = {role: ROLE_TENANT, type: COLUMN_TYPE_UUID}];
  int64 plan_id = 3 [(rowkeeper.v1.column).references = "shop.v1.Plan"];
}
message Id { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message PlanId { int64 id = 1; }
message TaskId { string id = 1; }
message Tasks { repeated Task tasks = 1; string next_page_token = 2; int64 total_size = 3; }
message Count { rowkeeper.v1.CountMode count = 1; string page_token = 2; int32 page_size = 3; }
message Total { int64 total = 1; }
message None {}
)";

Plans Compile(const std::string& entity, const std::string& rpc) {
  return Plans::OfText(absl::StrCat(kTenants, "service Repository {\n  option (rowkeeper.v1.repository).entity = ",
                                    "\"shop.v1.", entity, "\";\n  rpc ", rpc, "\n}\n"));
}

std::string ReasonOfCall(RequestBuilder* builder, const std::string& tenant) {
  builder->request().tenant = tenant;
  const absl::Status status = builder->Bind().status();
  return status.ok() ? "OK" : std::string(ReasonName(*ReasonOf(status)));
}

TEST(TenantBindingTest, ACallAboutRowsOfTenantsNeedsOne) {
  const Plans plans = Compile("Task", "GetById(TaskId) returns (Task);");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  RequestBuilder builder(plans.Find("GetById"));
  builder.Set("id", "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(ReasonOfCall(&builder, ""), "TENANT_REQUIRED");
  EXPECT_EQ(ReasonOfCall(&builder, "acme"), "TENANT_REQUIRED") << "no row's tenant is that, for it is no UUID";
  EXPECT_EQ(ReasonOfCall(&builder, "00000000-0000-4000-8000-00000000000g"), "TENANT_REQUIRED");
  EXPECT_EQ(ReasonOfCall(&builder, "0b52c1f0-0000-4000-8000-00000000000A"), "OK");
}

TEST(TenantBindingTest, RowsOfNobodyAreForAllUntilRelationsAreAskedFor) {
  const Plans plans = Compile("Plan", "GetById(Id) returns (Plan);");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  RequestBuilder builder(plans.Find("GetById"));
  builder.Set("id", "1");
  EXPECT_EQ(ReasonOfCall(&builder, ""), "OK");
  builder.ReadMask({"title", "tasks"});
  EXPECT_EQ(ReasonOfCall(&builder, ""), "TENANT_REQUIRED");
  EXPECT_EQ(ReasonOfCall(&builder, "0b52c1f0-0000-4000-8000-000000000000"), "OK");
}

TEST(TenantBindingTest, ATextThatNoRowCouldHaveIsNoTenant) {
  const Plans plans = Plans::OfText(R"(
message Task {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string tenant = 2 [(rowkeeper.v1.column) = {role: ROLE_TENANT, max_length: 6}];
}
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string tenant = 2 [(rowkeeper.v1.column) = {role: ROLE_TENANT, max_length: 4}];
}
message Id { int64 id = 1; }
service Repository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Task";
  rpc GetById(Id) returns (Task);
})");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  RequestBuilder builder(plans.Find("GetById"));
  builder.Set("id", "1");
  for (const char* tenant : {"acme", "a me", "ämeä"}) EXPECT_EQ(ReasonOfCall(&builder, tenant), "OK") << tenant;
  for (const char* tenant : {"acme ", " acm", "acm\t", "acme5", " "}) {
    EXPECT_EQ(ReasonOfCall(&builder, tenant), "TENANT_REQUIRED") << tenant;
  }
}

TEST(TenantBindingTest, AnEstimateIsCounted) {
  const Plans plans = Compile("Task", "List(Count) returns (Tasks);");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  RequestBuilder builder(plans.Find("List"));
  builder.request().tenant = "0b52c1f0-0000-4000-8000-000000000000";
  builder.request().as<ListRequest>().count = CountMode::kEstimated;
  EXPECT_EQ(builder.MustBind().request.as<ListRequest>().count, CountMode::kExact);
}

TEST(TenantMistakes, NobodyDeletesRowsThatRowsOfAllTenantsReferTo) {
  EXPECT_THAT(Compile("Plan", "Delete(PlanId) returns (google.protobuf.Empty);").Mistakes(),
              ElementsAre(HasSubstr("rows of tenants refer to rows of shop.v1.Plan")));
  EXPECT_THAT(Compile("Task", "Delete(TaskId) returns (google.protobuf.Empty);").Mistakes(), IsEmpty());
}

TEST(TenantMistakes, WhoChangesRowsOfNobodyHasToBeSaid) {
  EXPECT_THAT(Compile("Plan", "Create(Plan) returns (Plan);").Mistakes(),
              ElementsAre(HasSubstr("rows of shop.v1.Plan belong to no tenant")));
  EXPECT_THAT(Compile("Plan", "Create(Plan) returns (Plan) { option (rowkeeper.v1.method).allow = \"role:editor\"; }")
                  .Mistakes(),
              IsEmpty());
  EXPECT_THAT(Compile("Task", "Create(Task) returns (Task);").Mistakes(), IsEmpty());
}

TEST(TenantMistakes, TheCallersTenantIsOneParameterOfAQuery) {
  const Plans plans =
      Compile("Plan",
              "Open(None) returns (Total) { option (rowkeeper.v1.method).sql = \"SELECT count(*) AS total FROM tasks "
              "WHERE tenant_id = :caller.tenant AND tenant_id = :caller.tenant\"; }");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  RequestBuilder builder(plans.Find("Open"));
  EXPECT_EQ(ReasonOfCall(&builder, ""), "TENANT_REQUIRED");
  EXPECT_EQ(ReasonOfCall(&builder, "0b52c1f0-0000-4000-8000-000000000000"), "OK");
}

TEST(TenantMistakes, WithoutTenantsThereIsNoTenantOfTheCaller) {
  EXPECT_THAT(Plans::OfText(R"(
message Word { option (rowkeeper.v1.entity) = {}; int64 id = 1 [(rowkeeper.v1.column).primary_key = true]; }
message Total { int64 total = 1; }
message None {}
service Repository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Word";
  rpc Of(None) returns (Total) { option (rowkeeper.v1.method).sql = "SELECT 1 AS total WHERE 'a' = :caller.tenant"; }
})")
                  .Mistakes(),
              ElementsAre(HasSubstr("no entity has tenants")));
}

}  // namespace
}  // namespace rowkeeper::plan
