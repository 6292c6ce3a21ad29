#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/catalogue/diagnostics.h"
#include "server/plan/method_plan.h"
#include "server/schema/index_need.h"
#include "server/schema/live_schema.h"
#include "server/sql/ddl.h"
#include "tests/pg/schema/diff_fixture.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/tenant_catalogue.h"

/// Indexes that methods need and nobody declares, which are made with the table.
namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// `options` of the entity; `fields` beside its own.
std::string Orders(const std::string& options, const std::string& fields) {
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Customer {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
}
message Order {
  option (rowkeeper.v1.entity) = {)",
                      options, R"(};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 customer_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Customer"];
  google.protobuf.Timestamp due_at = 3;
  string place = 4 [(rowkeeper.v1.column).max_length = 40];
  string words = 5;
)",
                      fields,
                      R"(  google.protobuf.Timestamp created_at = 20 [(rowkeeper.v1.column).role = ROLE_CREATED_AT];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service OrderRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Order";
  rpc List(ListRequest) returns (ListResponse);
  rpc ListByCustomer(ListByCustomerRequest) returns (ListResponse);
  rpc ListByPlace(ListByPlaceRequest) returns (ListResponse);
  rpc ListByWords(ListByWordsRequest) returns (ListResponse);
  rpc ListByDateRange(ListByDateRangeRequest) returns (ListResponse);
}
message ListRequest { int32 page_size = 1; string page_token = 2; }
message ListByCustomerRequest { int64 customer_id = 1; int32 page_size = 2; string page_token = 3; }
message ListByPlaceRequest { string place = 1; int32 page_size = 2; string page_token = 3; }
message ListByWordsRequest { string words = 1; int32 page_size = 2; string page_token = 3; }
message ListByDateRangeRequest {
  int64 customer_id = 1;
  google.protobuf.Timestamp start_time = 2 [(rowkeeper.v1.filter) = {field: "due_at", op: FILTER_OPERATOR_GREATER_OR_EQUAL}];
  google.protobuf.Timestamp end_time = 3 [(rowkeeper.v1.filter) = {field: "due_at", op: FILTER_OPERATOR_LESS}];
  int32 page_size = 4;
  string page_token = 5;
}
message ListResponse { repeated Order orders = 1; string next_page_token = 2; }
)");
}

class DiffMethodIndexesTest : public DiffTest {
 protected:
  struct Loaded {
    std::unique_ptr<const catalogue::Catalogue> catalogue;
    std::vector<std::unique_ptr<const plan::MethodPlan>> plans;
  };
  Loaded Load(const std::string& proto) {
    Loaded loaded;
    loaded.catalogue = testing::CompileProtoText(proto);
    EXPECT_NE(loaded.catalogue, nullptr) << proto;
    catalogue::Diagnostics diagnostics;
    if (loaded.catalogue != nullptr) loaded.plans = plan::CompilePlans(*loaded.catalogue, &diagnostics);
    EXPECT_FALSE(loaded.plans.empty());
    return loaded;
  }
  SchemaDiff DiffOf(const Loaded& loaded) {
    auto diff = DiffSchema(*loaded.catalogue, {"schema_migrations", IndexesForMethods(loaded.plans)}, *connection_);
    EXPECT_TRUE(diff.ok()) << diff.status();
    return diff.ok() ? *std::move(diff) : SchemaDiff();
  }
  std::string Indexes() {
    return database_.Value(
        "SELECT string_agg(substring(pg_get_indexdef(indexrelid) FROM 'btree (.*)'), '; ' ORDER BY 1) FROM (SELECT "
        "indexrelid FROM pg_index WHERE indrelid = to_regclass('orders') AND NOT indisprimary ORDER BY "
        "pg_get_indexdef(indexrelid)) AS i");
  }
};

constexpr char kMade[] =
    "(created_at DESC, id DESC) WHERE (deleted_at IS NULL); (customer_id); "
    "(customer_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL); "
    "(customer_id, due_at) WHERE (deleted_at IS NULL); "
    "(place, created_at DESC, id DESC) WHERE (deleted_at IS NULL)";

TEST_F(DiffMethodIndexesTest, TablesAreMadeWithTheIndexesThatTheirListsNeed) {
  const Loaded loaded = Load(Orders("", ""));
  const SchemaDiff diff = DiffOf(loaded);
  EXPECT_THAT(diff.questions, IsEmpty());
  const std::vector<DiffFile> files = DiffFiles(diff, "create");
  const std::string before = Fingerprint();
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(Indexes(), kMade);
  const auto live = LiveSchema::Read(*loaded.catalogue, *connection_);
  ASSERT_TRUE(live.ok()) << live.status();
  for (const auto& plan : loaded.plans) {
    const IndexNeed need = NeedOf(*plan);
    const bool unlimited = plan->full_name == "shop.v1.OrderRepository.ListByWords";
    EXPECT_EQ(live->BestIndex(*plan->entity, need.equality, need.order) == IndexFit::kFilterAndOrder, !unlimited)
        << plan->full_name;
  }
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
}

TEST_F(DiffMethodIndexesTest, TheyStayAndAreNotListedWhenTheDeclarationSaysNothingOfThem) {
  const Loaded loaded = Load(Orders("", ""));
  ASSERT_EQ(Up(DiffFiles(DiffOf(loaded), "create")), "");
  const SchemaDiff again = DiffOf(loaded);
  EXPECT_EQ(Summary(again), "");
  EXPECT_THAT(again.left_alone, IsEmpty());
  const SchemaDiff more = DiffOf(Load(Orders("", "  string colour = 6;\n")));
  EXPECT_EQ(Summary(more), "add column \"colour\" to \"orders\"") << "a table that exists gets what is declared";
}

TEST_F(DiffMethodIndexesTest, OneThatIsDeclaredLaterIsAdoptedAndOneOfADroppedColumnGoesWithIt) {
  ASSERT_EQ(Up(DiffFiles(DiffOf(Load(Orders("", ""))), "create")), "");
  const std::string declared = "indexes: {fields: [\"place\", \"created_at desc\", \"id desc\"]}";
  const SchemaDiff adopted = DiffOf(Load(Orders(declared, "")));
  EXPECT_THAT(Summary(adopted), HasSubstr("note in a comment that"));
  EXPECT_THAT(Summary(adopted), Not(HasSubstr("build")));
  ASSERT_EQ(Up(DiffFiles(adopted, "adopt")), "");
  const SchemaDiff dropped = DiffOf(Load(Orders("", "")));
  EXPECT_THAT(Summary(dropped), HasSubstr("drop the index")) << "it was declared, and is not any more";
}

TEST_F(DiffMethodIndexesTest, WhatIsDeclaredServesThem) {
  const Loaded loaded = Load(Orders(
      R"(indexes: [{fields: ["created_at", "id"]}, {fields: ["customer_id", "created_at desc", "id desc"]}, {fields: ["place", "created_at desc", "id desc"]}, {fields: ["customer_id", "due_at"]}])",
      ""));
  EXPECT_THAT(IndexesForMethods(loaded.plans), IsEmpty());
}

/// The columns of the indexes that are made for methods, by entity.
std::vector<std::string> ColumnsOfMethodIndexes(const catalogue::Catalogue& catalogue, const std::string& before) {
  catalogue::Diagnostics diagnostics;
  const auto plans = plan::CompilePlans(catalogue, &diagnostics);
  std::vector<std::string> indexes;
  for (const auto& [entity, made] : IndexesForMethods(plans)) {
    for (const catalogue::Index& index : made) {
      std::string columns = absl::StrCat(entity->full_name, ": ", before);
      for (const catalogue::IndexTerm& term : index.terms) {
        absl::StrAppend(&columns, entity->columns[term.column].name, term.descending ? " desc " : " ");
      }
      indexes.push_back(std::move(columns));
    }
  }
  return indexes;
}

TEST(MethodIndexes, BeginWithTheTenantAndAreTheSameOtherwise) {
  for (const char* example : {"planner/v1", "tracker/v1"}) {
    const auto without = testing::CompileExample(example);
    const auto with = testing::WithTenants(*without);
    const std::vector<std::string> same = ColumnsOfMethodIndexes(*without, "tenant_id ");
    EXPECT_THAT(same, Not(IsEmpty())) << example;
    EXPECT_THAT(ColumnsOfMethodIndexes(*with, ""), ::testing::UnorderedElementsAreArray(same)) << example;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
