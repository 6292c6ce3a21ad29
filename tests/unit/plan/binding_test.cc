#include <google/protobuf/descriptor.h>

#include "tests/unit/plan/plan_fixture.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Operation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string RoleName(InputRole role) {
  static const char* const kNames[] = {
      "filter",      "value",        "page_size",  "page_token",           "order_by", "read_mask",
      "update_mask", "deleted",      "version",    "allow_missing",        "filter",   "skip",
      "count",       "max_affected", "older_than", "skip_unrepresentable", "ignored"};
  return kNames[static_cast<int>(role)];
}

/// "name role", with the column where there is one.
std::vector<std::string> Inputs(const MethodPlan& plan) {
  std::vector<std::string> inputs;
  for (const Input& input : plan.inputs) {
    const std::string column = input.column < 0 ? "" : " " + plan.entity->columns[input.column].name;
    inputs.push_back(Cat(input.name, " ", RoleName(input.role), column));
  }
  return inputs;
}

/// "column operator", with "?" when the filter is optional.
std::vector<std::string> Terms(const MethodPlan& plan) {
  static const char* const kOperators[] = {"=", "<>", "<", "<=", ">", ">=", "in"};
  std::vector<std::string> terms;
  for (const FilterTerm& term : plan.filters) {
    terms.push_back(Cat(plan.entity->columns[term.column].name, " ", kOperators[static_cast<int>(term.op)],
                        term.required ? "" : "?"));
  }
  return terms;
}

TEST(Binding, PlannerMethodsBindByStandardNames) {
  const Plans plans(testing::CompileExample("planner/v1"));
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  const MethodPlan& get = plans.Find("TodoRepository.GetById");
  EXPECT_EQ(get.operation, Operation::kGet);
  EXPECT_EQ(get.path, "/planner.v1.TodoRepository/GetById");
  EXPECT_THAT(Inputs(get), ElementsAre("id filter id", "read_mask read_mask", "deleted deleted"));
  EXPECT_TRUE(get.reads_only());
  EXPECT_THAT(
      Inputs(plans.Find("TodoRepository.ListByOwner")),
      ElementsAre("owner_id filter owner_id", "status filter status", "page_size page_size", "page_token page_token",
                  "order_by order_by", "read_mask read_mask", "deleted deleted", "count count"));
  EXPECT_THAT(Terms(plans.Find("TodoRepository.ListByOwner")), ElementsAre("owner_id =", "status =?"));
  EXPECT_THAT(Terms(plans.Find("TodoRepository.ListByDateRange")), ElementsAre("owner_id =", "due_at >=", "due_at <"));
  EXPECT_THAT(Inputs(plans.Find("TodoRepository.SoftDelete")),
              ElementsAre("id filter id", "version version", "allow_missing allow_missing"));
  EXPECT_FALSE(plans.Find("TodoRepository.SoftDelete").reads_only());
}

TEST(Binding, CreateTakesEveryFieldThatTheDatabaseDoesNotFill) {
  const Plans plans(testing::CompileExample("planner/v1"));
  EXPECT_THAT(Inputs(plans.Find("TodoRepository.Create")),
              ElementsAre("todo.id value id", "todo.owner_id value owner_id", "todo.title value title",
                          "todo.notes value notes", "todo.status value status", "todo.due_at value due_at",
                          "todo.labels value labels", "todo.priority value priority", "todo.tags value tags",
                          "todo.estimate value estimate"));
}

TEST(Binding, UpdateFindsTheRowByItsKeyAndVersion) {
  const Plans plans(testing::CompileExample("planner/v1"));
  const MethodPlan& update = plans.Find("TodoRepository.Update");
  EXPECT_THAT(Terms(update), ElementsAre("id ="));
  EXPECT_EQ(Inputs(update).front(), "todo.id filter id");
  EXPECT_THAT(Inputs(update),
              ::testing::IsSupersetOf({std::string("todo.version version"), std::string("update_mask update_mask"),
                                       std::string("todo.owner_id value owner_id")}));
}

constexpr char kPart[] = R"(
message Part {
  option (rowkeeper.v1.entity) = {};
  string maker = 1 [(rowkeeper.v1.column).primary_key = true];
  int32 number = 2 [(rowkeeper.v1.column) = {primary_key: true, name: "part_no"}];
  string name = 3 [(rowkeeper.v1.column).unique = true];
  int32 page_size = 4;
  google.protobuf.StringValue colour = 5;
  int64 version = 6 [(rowkeeper.v1.column).role = ROLE_VERSION];
  repeated string tags = 7;
}
message Parts { repeated Part parts = 1; string next_page_token = 2; }
message Holder { Part part = 1; }
)";

Plans PartPlans(const std::string& methods, const std::string& messages) {
  return Plans::OfText(absl::StrCat(kPart, "service PartRepository {\n",
                                    "  option (rowkeeper.v1.repository).entity = \"shop.v1.Part\";\n", methods, "}\n",
                                    messages));
}

TEST(Binding, OptionsSayWhatNamesDoNot) {
  const Plans plans = PartPlans(R"(
  rpc Find(In) returns (Out) { option (rowkeeper.v1.method).operation = OPERATION_LIST; })",
                                R"(
message In {
  int32 size = 1 [(rowkeeper.v1.bind) = BINDING_PAGE_SIZE];
  string after = 2 [(rowkeeper.v1.bind) = BINDING_PAGE_TOKEN];
  string by = 3 [(rowkeeper.v1.bind) = BINDING_ORDER_BY];
  google.protobuf.FieldMask only = 4 [(rowkeeper.v1.bind) = BINDING_READ_MASK];
  string makers = 5 [(rowkeeper.v1.filter) = {field: "maker", op: FILTER_OPERATOR_NOT_EQUAL}];
  repeated int32 numbers = 6 [(rowkeeper.v1.filter) = {field: "number", op: FILTER_OPERATOR_IN}];
  int32 page_size = 7 [(rowkeeper.v1.filter) = {}];
}
message Out { repeated Part rows = 1; string more = 2 [(rowkeeper.v1.bind) = BINDING_NEXT_PAGE_TOKEN]; }
)");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  const MethodPlan& plan = plans.Find("PartRepository.Find");
  EXPECT_THAT(Inputs(plan), ElementsAre("size page_size", "after page_token", "by order_by", "only read_mask",
                                        "makers filter maker", "numbers filter part_no", "page_size filter page_size"));
  EXPECT_THAT(Terms(plan), ElementsAre("maker <>", "part_no in", "page_size ="));
  EXPECT_EQ(plan.response.next_page_token->name(), "more");
}

TEST(Binding, AStandardNameIsAColumnWhereTheOperationDoesNotKnowIt) {
  const Plans plans = PartPlans(R"(
  rpc Get(In) returns (Part);
  rpc List(ListIn) returns (Parts);)",
                                R"(
message In { string maker = 1; int32 number = 2; int32 page_size = 3; int64 version = 4; }
message ListIn { int64 version = 1; string page_token = 2; int32 page_size = 3; }
)");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  EXPECT_THAT(Inputs(plans.Find("PartRepository.Get")),
              ElementsAre("maker filter maker", "number filter part_no", "page_size filter page_size",
                          "version filter version"));
  EXPECT_THAT(Inputs(plans.Find("PartRepository.List")),
              ElementsAre("version filter version", "page_token page_token", "page_size page_size"));
}

TEST(Binding, AFieldThatMayBeAbsentRestrictsOnlyWhenItIsSet) {
  const Plans plans = PartPlans("rpc List(In) returns (Parts);", R"(
message In {
  string page_token = 1;
  optional string maker = 2;
  google.protobuf.StringValue colour = 3;
  oneof one { int32 number = 4; }
  string name = 5;
}
)");
  // A wrapper field compares with a wrapper column only: both have the same type.
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  EXPECT_THAT(Terms(plans.Find("PartRepository.List")), ElementsAre("maker =?", "colour =?", "part_no =?", "name ="));
}

TEST(Binding, ResponsesAreTheEntityAHolderAListOrNothing) {
  const Plans plans = PartPlans(R"(
  rpc Get(Key) returns (Part);
  rpc GetHeld(Key) returns (Holder);
  rpc Delete(Key) returns (google.protobuf.Empty);
  rpc List(ListIn) returns (Parts);)",
                                R"(
message Key { string maker = 1; int32 number = 2; }
message ListIn { string page_token = 1; }
)");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  EXPECT_EQ(plans.Find("PartRepository.Get").response.shape, ResponseShape::kEntity);
  EXPECT_EQ(plans.Find("PartRepository.GetHeld").response.shape, ResponseShape::kHolder);
  EXPECT_EQ(plans.Find("PartRepository.GetHeld").response.rows->name(), "part");
  EXPECT_EQ(plans.Find("PartRepository.Delete").response.shape, ResponseShape::kEmpty);
  EXPECT_EQ(plans.Find("PartRepository.List").response.shape, ResponseShape::kList);
}

TEST(Binding, AVersionBesideTheEntityStandsAboveTheOneInIt) {
  const Plans plans = PartPlans("rpc Update(In) returns (Part);", R"(
message In { Part part = 1; google.protobuf.FieldMask update_mask = 2; int64 version = 3; }
)");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  EXPECT_THAT(Inputs(plans.Find("PartRepository.Update")),
              ElementsAre("part.maker filter maker", "part.number filter part_no", "part.name value name",
                          "part.page_size value page_size", "part.colour value colour", "part.version ignored",
                          "part.tags value tags", "update_mask update_mask", "version version"));
}

TEST(Binding, AnUpdateMayNameItsFieldsOneByOne) {
  const Plans plans = PartPlans("rpc UpdateName(In) returns (Part);", R"(
message In { string maker = 1; int32 number = 2; string name = 3; google.protobuf.FieldMask update_mask = 4; }
)");
  ASSERT_THAT(plans.Mistakes(), IsEmpty());
  EXPECT_THAT(Inputs(plans.Find("PartRepository.UpdateName")),
              ElementsAre("maker filter maker", "number filter part_no", "name value name", "update_mask update_mask"));
}

TEST(Binding, EveryMethodOfEveryCatalogueIsBound) {
  for (const char* example : {"planner/v1", "tracker/v1"}) {
    EXPECT_THAT(Plans(testing::CompileExample(example)).Mistakes(), IsEmpty()) << example;
  }
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    const std::string proto = testing::RandomCatalogueProto({seed, /*entities=*/6});
    EXPECT_THAT(Plans(testing::CompileProtoText(proto)).Mistakes(), IsEmpty()) << proto;
  }
}

}  // namespace
}  // namespace rowkeeper::plan
