#include "server/schema/method_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "server/schema/default_fit.h"
#include "server/sql/column_definition.h"
#include "server/sql/ddl.h"
#include "server/sql/identifier.h"
#include "server/sql/render_relation.h"
#include "server/sql/types.h"
#include "server/sql/variants.h"
#include "tests/pg/schema/fit_bench.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

bool OnlyNamesTheColumn(const std::vector<const Mismatch*>& why) {
  return std::all_of(why.begin(), why.end(),
                     [](const Mismatch* mismatch) { return mismatch->breaks == Breaks::kColumn; });
}

/// Without this column of another table PostgreSQL would take that of the outer query, and refuse nothing.
bool TellsDeletedRowsOfAnother(const catalogue::Entity& entity, const MethodFit& method) {
  const auto about = [&](const Mismatch* mismatch) {
    const catalogue::Column* column = entity.FindField(mismatch->field);
    return column != nullptr &&
           (column->role == catalogue::Role::kDeletedAt || column->role == catalogue::Role::kDeletedFlag);
  };
  return method.plan->entity != &entity && std::all_of(method.why.begin(), method.why.end(), about);
}

/// PostgreSQL is the judge: what it refuses to prepare must be closed, and what is closed for a column must be refused.
void CompareWithPostgreSql(FitBench* bench, const catalogue::Entity& entity, const std::string& ddl) {
  const std::string table = sql::Table(entity);
  bench->With(ddl, [&](const FitReport&, const ServiceFit& fit) {
    for (const MethodFit& method : fit.methods) {
      const std::string refused = bench->RefusedStatement(*method.plan, table);
      if (method.fits()) {
        EXPECT_EQ(refused, "") << ddl << ": " << method.plan->full_name << " is served";
      } else if (OnlyNamesTheColumn(method.why) && !TellsDeletedRowsOfAnother(entity, method)) {
        EXPECT_NE(refused, "") << ddl << ": " << method.plan->full_name << " is closed: " << method.why[0]->ToString();
      }
    }
    std::map<const catalogue::Relation*, const RelationFit*> closed;
    for (const RelationFit& relation : fit.relations) closed[relation.relation] = &relation;
    for (const auto& owner : bench->catalogue().entities()) {
      for (const catalogue::Relation& relation : owner->relations) {
        const std::string name = absl::StrCat(ddl, ": ", owner->full_name, ".", relation.field->name());
        const std::string refused = bench->Refused(sql::RenderRelation(plan::WholeRelation(relation)), table);
        const auto found = closed.find(&relation);
        if (found == closed.end()) {
          EXPECT_EQ(refused, "") << name << " is served";
        } else if (OnlyNamesTheColumn(found->second->why)) {
          EXPECT_NE(refused, "") << name << " is closed";
        }
      }
    }
  });
}

class MethodFitWalk : public ::testing::TestWithParam<const char*> {};

TEST_P(MethodFitWalk, WhatLosesAColumnIsClosedAndNothingElse) {
  FitBench bench(testing::CompileExample(GetParam()));
  for (const auto& entity : bench.catalogue().entities()) {
    for (const catalogue::Column& column : entity->columns) {
      CompareWithPostgreSql(
          &bench, *entity,
          absl::StrCat("ALTER TABLE ", sql::Table(*entity), " DROP COLUMN ", sql::Identifier(column.name), " CASCADE"));
    }
  }
}

TEST_P(MethodFitWalk, WhatLosesATableIsClosedAndNothingElse) {
  FitBench bench(testing::CompileExample(GetParam()));
  for (const auto& entity : bench.catalogue().entities()) {
    const std::string drop = absl::StrCat("DROP TABLE ", sql::Table(*entity), " CASCADE");
    CompareWithPostgreSql(&bench, *entity, drop);
    bench.With(drop, [&](const FitReport&, const ServiceFit& fit) {
      for (const MethodFit& method : fit.methods) {
        if (method.fits() || method.plan->entity == entity.get()) continue;
        EXPECT_NE(bench.RefusedStatement(*method.plan, sql::Table(*entity)), "")
            << drop << ": " << method.plan->full_name;
      }
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Examples, MethodFitWalk, ::testing::Values("planner/v1", "tracker/v1"),
                         [](const auto& example) { return std::string(example.param).substr(0, 7); });

// ---- one of each kind

constexpr char kOrders[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_BAD = 2; }
message Owner {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string email = 2 [(rowkeeper.v1.column) = {max_length: 60, unique: true}];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
message Order {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Owner", on_delete: ON_DELETE_CASCADE}];
  string code = 3 [(rowkeeper.v1.column) = {max_length: 20, unique: true}];
  optional string notes = 4;
  Mood mood = 5;
  int32 count = 6;
  Owner owner = 7;
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service OwnerRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Owner";
  rpc GetById(OwnerKey) returns (Owner);
  rpc SoftDelete(OwnerKey) returns (Owner);
}
service OrderRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Order";
  rpc Create(CreateOrder) returns (Order);
  rpc GetById(GetOrder) returns (Order);
  rpc GetByCode(OrderCode) returns (Order);
  rpc Update(UpdateOrder) returns (Order);
  rpc Upsert(UpsertOrder) returns (Order) { option (rowkeeper.v1.method).conflict_fields = "code"; }
  rpc Delete(OrderKey) returns (google.protobuf.Empty);
}
message OwnerKey { string id = 1; }
message OrderKey { string id = 1; }
message GetOrder { string id = 1; google.protobuf.FieldMask read_mask = 2; }
message OrderCode { string code = 1; }
message CreateOrder { Order order = 1; }
message UpdateOrder { Order order = 1; google.protobuf.FieldMask update_mask = 2; }
message UpsertOrder { Order order = 1; }
)";

TEST(MethodFit, ADifferenceClosesWhatItBreaksAndNothingElse) {
  const auto catalogue = testing::CompileProtoText(kOrders);
  ASSERT_NE(catalogue, nullptr);
  FitBench bench(testing::CompileProtoText(kOrders));
  EXPECT_THAT(bench.BrokenBy("SELECT 1"), IsEmpty());
  // What stores values.
  const auto writes =
      UnorderedElementsAre("OrderRepository.Create", "OrderRepository.Update", "OrderRepository.Upsert");
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders ALTER code TYPE varchar(10)"), writes);
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders ALTER notes SET NOT NULL"), writes);
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders DROP CONSTRAINT ck_orders_mood, ADD CHECK (mood <> 'BAD')"), writes);
  // What inserts.
  const auto inserts = UnorderedElementsAre("OrderRepository.Create", "OrderRepository.Upsert");
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders ALTER id DROP DEFAULT"), inserts);
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders ADD COLUMN must int NOT NULL"), inserts);
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders ALTER count SET DEFAULT 3"), inserts);
  // What changes rows that exist and returns them.
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders ALTER count TYPE bigint"),
              UnorderedElementsAre("OrderRepository.Update", "OrderRepository.Upsert"));
  // Keys.
  EXPECT_THAT(bench.BrokenBy("DROP INDEX uq_orders_code"),
              UnorderedElementsAre("OrderRepository.GetByCode", "OrderRepository.Upsert"));
  EXPECT_THAT(bench.BrokenBy("DROP INDEX uq_orders_code; CREATE UNIQUE INDEX ON orders (code)"),
              ElementsAre("OrderRepository.Upsert"));
  // All that name the column: the delete does without it.
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE orders ALTER count DROP NOT NULL"),
              UnorderedElementsAre("OrderRepository.Create", "OrderRepository.GetById", "OrderRepository.GetByCode",
                                   "OrderRepository.Update", "OrderRepository.Upsert"));
  // Other entities: relations, and soft deletes that follow references.
  EXPECT_THAT(bench.BrokenBy("ALTER TABLE owners DROP COLUMN email"),
              UnorderedElementsAre("OwnerRepository.GetById", "OwnerRepository.SoftDelete", "relation orders.owner"));
  EXPECT_THAT(bench.BrokenBy("CREATE TABLE others (id uuid PRIMARY KEY); ALTER TABLE orders DROP CONSTRAINT "
                             "fk_orders_owner_id_owners, ADD FOREIGN KEY (owner_id) REFERENCES others"),
              UnorderedElementsAre("OwnerRepository.SoftDelete", "relation orders.owner"));
  // Harmless.
  for (const char* harmless :
       {"ALTER TABLE orders ALTER code TYPE varchar(300)", "ALTER TABLE orders ALTER code TYPE text",
        "ALTER TABLE orders ADD COLUMN extra int, ADD COLUMN filled int NOT NULL DEFAULT 1",
        "CREATE INDEX ON orders (notes); ALTER TABLE orders ADD CHECK (count < 1000000)",
        "ALTER TABLE orders DROP CONSTRAINT fk_orders_owner_id_owners",
        "ALTER TABLE orders ALTER mood TYPE varchar(9)"}) {
    EXPECT_THAT(bench.BrokenBy(harmless), IsEmpty()) << harmless;
  }
}

TEST(MethodFit, WhatIsUnknownIsNeitherServedNorBlamed) {
  const auto catalogue = testing::CompileExample("planner/v1");
  catalogue::Diagnostics diagnostics;
  const auto plans = plan::CompilePlans(*catalogue, &diagnostics);
  FitReport report;
  report.unknown = {"planner.v1.Todo"};
  const ServiceFit fit = FitOfMethods(*catalogue, plans, report);
  for (const MethodFit& method : fit.methods) {
    EXPECT_EQ(method.unknown, method.plan->entity->full_name == "planner.v1.Todo" && method.plan->query == nullptr);
    EXPECT_THAT(method.why, IsEmpty());
  }
}

}  // namespace
}  // namespace rowkeeper::schema
