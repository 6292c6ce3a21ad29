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
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// A database with the tables of a catalogue. Each change is tried in a transaction and taken back.
class FitBench {
 public:
  explicit FitBench(std::unique_ptr<const catalogue::Catalogue> catalogue) : catalogue_(std::move(catalogue)) {
    catalogue::Diagnostics diagnostics;
    plans_ = plan::CompilePlans(*catalogue_, &diagnostics);
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
    db::ConnectionOptions options;
    options.url = database_.url();
    connection_ = db::Connection::Open(options).value();
    for (const auto& plan : plans_) {
      if (plan->query == nullptr) samples_[plan.get()] = sql::SampleStatements(*plan);
    }
  }

  /// What is broken while `ddl` is in force; `look` sees the report, too.
  template <typename Look>
  void With(const std::string& ddl, Look look) {
    ASSERT_TRUE(Script("BEGIN").ok());
    const absl::Status changed = Script(ddl);
    ASSERT_TRUE(changed.ok()) << ddl << ": " << changed;
    const auto live = LiveSchema::Read(*catalogue_, *connection_);
    ASSERT_TRUE(live.ok()) << live.status();
    auto report = CheckFit(*catalogue_, *live, *connection_);
    ASSERT_TRUE(report.ok()) << report.status();
    CheckDefaults(plans_, *live, &*report);
    look(*report, FitOfMethods(*catalogue_, plans_, *report));
    ASSERT_TRUE(Script("ROLLBACK").ok());
  }

  /// Short names of the methods that are broken while `ddl` is in force.
  std::vector<std::string> BrokenBy(const std::string& ddl) {
    std::vector<std::string> names;
    With(ddl, [&](const FitReport&, const ServiceFit& fit) {
      for (const MethodFit& method : fit.methods) {
        if (!method.fits()) names.push_back(method.plan->full_name.substr(method.plan->full_name.rfind("v1.") + 3));
      }
      for (const RelationFit& relation : fit.relations) {
        names.push_back(absl::StrCat("relation ", relation.entity->table, ".", relation.relation->field->name()));
      }
    });
    return names;
  }

  /// The error of a statement of the method that is about `table`; empty when there is none.
  std::string RefusedStatement(const plan::MethodPlan& plan, const std::string& table) {
    const auto samples = samples_.find(&plan);
    if (samples == samples_.end()) return "";
    std::set<std::string> tried;
    for (const sql::SampledStatement& sample : samples->second) {
      if (sample.of == sql::SampledStatement::Of::kRelations || !tried.insert(sample.statement.text).second) continue;
      std::string problem = Refused(sample.statement, table);
      if (!problem.empty()) return absl::StrCat(sample.label, ": ", problem);
    }
    return "";
  }

  std::string Refused(const sql::Statement& statement, const std::string& table) {
    if (!absl::StrContains(statement.text, table)) return "";
    const absl::Status status =
        Script(absl::StrCat("SAVEPOINT s; ", sql::PrepareText("tried", statement), "; DEALLOCATE tried; RELEASE s"));
    if (status.ok()) return "";
    EXPECT_TRUE(Script("ROLLBACK TO s").ok());
    return std::string(status.message());
  }

  const catalogue::Catalogue& catalogue() const { return *catalogue_; }
  const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans() const { return plans_; }

 private:
  absl::Status Script(const std::string& text) { return connection_->ExecuteScript(text, nullptr); }

  testing::ScratchDatabase database_{"methodfit"};
  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  std::vector<std::unique_ptr<const plan::MethodPlan>> plans_;
  std::map<const plan::MethodPlan*, std::vector<sql::SampledStatement>> samples_;
  std::unique_ptr<db::Connection> connection_;
};

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

// ---- the table of types in the reference

struct TypeRow {
  std::string needed;
  std::string live;
  std::string served;
};

/// The text between backticks, each.
std::vector<std::string> Quoted(const std::string& cell) {
  std::vector<std::string> words;
  const std::vector<std::string> parts = absl::StrSplit(cell, '`');
  for (size_t i = 1; i < parts.size(); i += 2) words.push_back(parts[i]);
  return words;
}

std::vector<TypeRow> ReadTypeTable() {
  std::ifstream page("proto/reference/schema-fit.md");
  std::vector<TypeRow> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (absl::StartsWith(line, "| the field needs")) inside = true;
    if (inside && line.empty()) break;
    if (!inside || !absl::StartsWith(line, "| `")) continue;
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    if (cells.size() != 3) continue;
    for (const std::string& live : Quoted(cells[1])) {
      rows.push_back({Quoted(cells[0])[0], live, cells[2].substr(0, cells[2].find(" |"))});
    }
  }
  return rows;
}

constexpr char kTypes[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
message Thing {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string a = 2 [(rowkeeper.v1.column) = {max_length: 60}];
  repeated string b = 3 [(rowkeeper.v1.column) = {max_length: 60}];
  string c = 4;
  repeated string d = 5;
  string e = 6 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_DECIMAL, precision: 10, scale: 2}];
  uint64 f = 7;
  int32 g = 8;
  int64 h = 9;
  google.protobuf.Timestamp i = 10;
  google.protobuf.Duration j = 11;
  float k = 12;
  double l = 13;
  bool m = 14;
  bytes n = 15;
  string o = 16 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];
  google.type.Date p = 17;
  google.protobuf.Struct q = 18;
}
service ThingRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Thing";
  rpc Create(CreateThing) returns (Thing);
  rpc GetById(GetThing) returns (Thing);
  rpc List(ListThings) returns (ListThingsResponse);
  rpc Update(UpdateThing) returns (Thing);
  rpc BatchCreate(BatchCreateThings) returns (BatchCreateThingsResponse);
  rpc BatchUpdate(BatchUpdateThings) returns (BatchUpdateThingsResponse);
}
message CreateThing { Thing thing = 1; }
message GetThing { int64 id = 1; google.protobuf.FieldMask read_mask = 2; }
message ListThings { int32 page_size = 1; string page_token = 2; }
message ListThingsResponse { repeated Thing things = 1; string next_page_token = 2; }
message UpdateThing { Thing thing = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchCreateThings { repeated Thing things = 1; }
message BatchCreateThingsResponse { repeated Thing things = 1; }
message BatchUpdateThings { repeated Thing things = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchUpdateThingsResponse { repeated Thing things = 1; }
)";

std::string Served(const ServiceFit& fit) {
  std::set<std::string> served;
  for (const MethodFit& method : fit.methods) {
    if (method.fits()) served.insert(method.plan->method->name());
  }
  if (served.size() == fit.methods.size()) return "all";
  if (served == std::set<std::string>{"GetById", "List"}) return "reads";
  if (served == std::set<std::string>{"BatchCreate", "Create", "GetById", "List"}) return "reads and creates";
  return served.empty() ? "nothing" : absl::StrJoin(served, ", ");
}

TEST(MethodFit, TheTableOfTypesInTheReferenceIsWhatIsDoneAndStatementsThatAreServedCanBePrepared) {
  auto catalogue = testing::CompileProtoText(kTypes);
  ASSERT_NE(catalogue, nullptr);
  FitBench bench(std::move(catalogue));
  const catalogue::Entity& thing = *bench.catalogue().FindEntity("shop.v1.Thing");
  const std::vector<TypeRow> rows = ReadTypeTable();
  ASSERT_GT(rows.size(), 40u);
  std::set<std::string> walked;
  for (const TypeRow& row : rows) {
    SCOPED_TRACE(absl::StrCat(row.needed, " over ", row.live));
    const auto column = std::find_if(thing.columns.begin(), thing.columns.end(), [&](const catalogue::Column& c) {
      return !c.key && sql::ColumnType(thing, c.type) == row.needed;
    });
    ASSERT_NE(column, thing.columns.end());
    walked.insert(row.needed);
    // A change of type needs casts and drops defaults that do not matter here.
    const std::string name = sql::Identifier(column->name);
    std::string definition = sql::ColumnDefinition(thing, *column);
    const size_t type = definition.find(row.needed);
    ASSERT_NE(type, std::string::npos) << definition;
    const size_t default_clause = definition.find(" DEFAULT");
    if (row.served == "nothing" && default_clause != std::string::npos) definition.resize(default_clause);
    definition.replace(type, row.needed.size(), row.live);
    bench.With(absl::StrCat("ALTER TABLE things DROP COLUMN ", name, "; ALTER TABLE things ADD COLUMN ", definition),
               [&](const FitReport&, const ServiceFit& fit) {
                 EXPECT_EQ(Served(fit), row.served);
                 if (row.served == "nothing") return;
                 for (const MethodFit& method : fit.methods) {
                   EXPECT_EQ(bench.RefusedStatement(*method.plan, "\"things\""), "") << method.plan->full_name;
                 }
               });
  }
  for (const catalogue::Column& column : thing.columns) {
    EXPECT_EQ(walked.count(sql::ColumnType(thing, column.type)), 1u) << "no row for " << column.name;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
