#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/plan/method_plan.h"
#include "server/schema/default_fit.h"
#include "server/schema/fit.h"
#include "server/schema/version_fit.h"
#include "server/sql/ddl.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kHead[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
enum State { STATE_NEW = 0; STATE_OLD = 1; }
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; }
)";

constexpr char kKey[] = "string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];";

/// A catalogue over tables that somebody else made.
class DeclaredFitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_.ok());
    db::ConnectionOptions options;
    options.url = database_.url();
    auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    connection_ = *std::move(connection);
  }

  void Declare(const std::string& body) {
    catalogue_ = testing::CompileProtoText(absl::StrCat(kHead, body));
    ASSERT_NE(catalogue_, nullptr);
    catalogue::Diagnostics diagnostics;
    plans_ = plan::CompilePlans(*catalogue_, &diagnostics);
    for (const auto& diagnostic : diagnostics.Sorted()) ADD_FAILURE() << diagnostic.ToString();
  }

  /// An entity "items" with a UUID key and a repository that creates.
  void DeclareItem(const std::string& fields) {
    Declare(absl::StrCat("message Item { option (rowkeeper.v1.entity) = {}; ", kKey, fields, R"( }
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Create(CreateItem) returns (Item);
  rpc BatchCreate(BatchCreateItems) returns (BatchCreateItemsResponse);
}
message CreateItem { Item item = 1; }
message BatchCreateItems { repeated Item items = 1; }
message BatchCreateItemsResponse { repeated Item items = 1; }
)"));
  }

  FitReport Check() {
    const auto live = LiveSchema::Read(*catalogue_, *connection_);
    EXPECT_TRUE(live.ok()) << live.status();
    auto report = CheckFit(*catalogue_, *live, *connection_);
    EXPECT_TRUE(report.ok()) << report.status();
    CheckDefaults(plans_, *live, &*report);
    CheckVersions(*catalogue_, *live, *connection_, &*report);
    return *report;
  }

  std::vector<std::string> Mismatches() {
    std::vector<std::string> sentences;
    for (const Mismatch& mismatch : Check().mismatches) sentences.push_back(mismatch.ToString());
    return sentences;
  }

  std::vector<std::string> Advice() {
    std::vector<std::string> sentences;
    for (const Mismatch& mismatch : Check().advice) sentences.push_back(mismatch.ToString());
    return sentences;
  }

  void MakeTables() {
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
  }

  /// What PostgreSQL refuses of all statements of all plans.
  std::vector<std::string> RefusedStatements() {
    std::vector<std::string> refused;
    for (const auto& plan : plans_) {
      for (const sql::SampledStatement& sample : sql::SampleStatements(*plan)) {
        const absl::Status status = connection_->ExecuteScript(sql::PrepareText("tried", sample.statement), nullptr);
        if (!status.ok()) refused.push_back(absl::StrCat(plan->full_name, ": ", std::string(status.message())));
        connection_->ExecuteScript("DEALLOCATE ALL", nullptr).IgnoreError();
      }
    }
    return refused;
  }

  testing::ScratchDatabase database_{"declared"};
  std::unique_ptr<db::Connection> connection_;
  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  std::vector<std::unique_ptr<const plan::MethodPlan>> plans_;
};

/// A field, its column and the column's default; what is refused, or nothing.
struct DefaultCase {
  std::string field;
  std::string type;
  std::string value;
  /// A part of the mismatch; empty when the default is what the server stores too.
  std::string problem;
};

TEST_F(DeclaredFitTest, DefaultsThatAZeroWouldReplaceAreRefused) {
  const std::vector<DefaultCase> cases = {
      {"bool", "boolean", "false", ""},
      {"bool", "boolean", "'f'", ""},
      {"bool", "boolean", "true", "write `default_value: \"true\"` (a create can then not store false)"},
      {"bool", "boolean", "'on'::boolean", "write `default_value: \"true\"`"},
      {"bool", "boolean", "(1 = 1)", "write `output_only: true` if the database always fills it"},
      {"int32", "integer", "0", ""},
      {"int32", "integer", "'0'", ""},
      {"int32", "integer", "0::smallint", ""},
      {"int32", "integer", "NULL", ""},
      {"int32", "integer", "3", "stores 0 when a request leaves the field empty; write `default_value: \"3\"`"},
      {"int32", "integer", "-1", "write `default_value: \"-1\"`"},
      {"int32", "integer", "'7'", "write `default_value: \"7\"`"},
      {"int32", "integer", "1 + 2", "write `output_only: true`"},
      {"int64", "bigint", "0::bigint", ""},
      {"int64", "bigint", "'0'::bigint", ""},
      {"int64", "bigint", "nextval('counter')", "has DEFAULT nextval('counter'::regclass), but "},
      {"int64", "bigint", "(extract(epoch FROM now()) * 1000)::bigint", "write `output_only: true`"},
      {"uint32", "bigint", "0", ""},
      {"uint32", "bigint", "12", "write `default_value: \"12\"`"},
      {"uint64", "numeric(20,0)", "0", ""},
      {"uint64", "numeric(20,0)", "0.0", ""},
      {"uint64", "numeric(20,0)", "18446744073709551615", "write `default_value: \"18446744073709551615\"`"},
      {"float", "real", "0.0", ""},
      {"float", "real", "'-0'", ""},
      {"float", "real", "0.5", "write `default_value: \"0.5\"`"},
      {"double", "double precision", "0e0", ""},
      {"double", "double precision", "1e-9", "write `default_value"},
      {"double", "double precision", "'NaN'", "write `default_value: \"NaN\"`"},
      {"double", "double precision", "random()", "write `output_only: true`"},
      {"string", "text", "''", ""},
      {"string", "text", "''::varchar", ""},
      {"string", "text", "NULL::varchar", ""},
      {"string", "text", "'0'", "stores an empty value when a request leaves the field empty"},
      {"string", "text", "'EUR'", "write `default_value: \"EUR\"`"},
      {"string", "text", "'it''s'", "write `default_value: \"it\\'s\"`"},
      {"string", "text", "CURRENT_USER", "write `output_only: true`"},
      {"bytes", "bytea", "''", ""},
      {"bytes", "bytea", "'\\x'", ""},
      {"bytes", "bytea", "'\\xff'", "write `output_only: true`"},
      {"State", "text", "'NEW'", ""},
      {"State", "text", "'OLD'", "write `default_value: \"STATE_OLD\"`"},
      // Their zero is no value: a request without the field is refused, so nothing is replaced.
      {"Mood", "text", "'FINE'", ""},
      {"google.protobuf.Timestamp", "timestamptz", "now()", ""},
      // A list, a map and JSON that are left empty are left to the database.
      {"repeated string", "text[]", "'{a,b}'", ""},
      {"map<string, string>", "jsonb", "'{\"a\": \"b\"}'", ""},
  };
  database_.Run("CREATE SEQUENCE counter");
  for (const DefaultCase& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.field, " over ", c.type, " DEFAULT ", c.value));
    DeclareItem(c.field + " thing = 2;");
    database_.Run(
        absl::StrCat("DROP TABLE IF EXISTS items; CREATE TABLE items (id uuid PRIMARY KEY DEFAULT "
                     "gen_random_uuid(), thing ",
                     c.type, " NOT NULL DEFAULT ", c.value, ")"));
    if (c.problem.empty()) {
      EXPECT_THAT(Mismatches(), IsEmpty());
    } else {
      EXPECT_THAT(Mismatches(),
                  ElementsAre(AllOf(HasSubstr("shop.v1.Item.thing: column \"thing\" of table \"items\" has DEFAULT "),
                                    HasSubstr(c.problem),
                                    HasSubstr("or ALTER TABLE \"items\" ALTER COLUMN \"thing\" DROP DEFAULT"))));
    }
    EXPECT_THAT(Advice(), IsEmpty());
  }
}

TEST_F(DeclaredFitTest, WhatADefaultIsSaidToNeedFits) {
  DeclareItem(R"(bool active = 2 [(rowkeeper.v1.column).default_value = "true"];
                 string currency = 3 [(rowkeeper.v1.column).default_value = "EUR"];
                 int64 number = 4 [(rowkeeper.v1.column).output_only = true];)");
  database_.Run(
      R"(CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), active boolean NOT NULL DEFAULT true,
      currency text NOT NULL DEFAULT 'EUR', number bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY))");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(RefusedStatements(), IsEmpty());
}

TEST_F(DeclaredFitTest, ANullInPlaceOfADefaultIsAnAdvice) {
  DeclareItem("optional string currency = 2; optional google.protobuf.Timestamp seen_at = 3; optional int32 n = 4;");
  database_.Run(R"(CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), currency text DEFAULT 'EUR',
                                       seen_at timestamptz DEFAULT now(), n integer))");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(Advice(), ElementsAre(AllOf(HasSubstr("Item.currency: "), HasSubstr("stores NULL when"),
                                          HasSubstr("write `default_value: \"EUR\"`")),
                                    AllOf(HasSubstr("Item.seen_at: "), HasSubstr("has DEFAULT now(), but "))));
}

TEST_F(DeclaredFitTest, ADeclaredDefaultThatIsNotTheDatabasesIsAnAdvice) {
  DeclareItem(R"(bool active = 2 [(rowkeeper.v1.column).default_value = "true"];
                 string currency = 3 [(rowkeeper.v1.column).default_value = "EUR"];
                 int64 seats = 4 [(rowkeeper.v1.column).default_value = "5"];
                 double ratio = 5 [(rowkeeper.v1.column).default_value = "0.50"];
                 Mood mood = 6 [(rowkeeper.v1.column).default_value = "MOOD_FINE"];)");
  MakeTables();
  EXPECT_THAT(Advice(), IsEmpty());
  database_.Run(
      "ALTER TABLE items ALTER active SET DEFAULT 'on', ALTER ratio SET DEFAULT 5e-1, ALTER seats SET DEFAULT '5'");
  EXPECT_THAT(Advice(), IsEmpty());
  database_.Run(
      "ALTER TABLE items ALTER active SET DEFAULT 'off', ALTER currency SET DEFAULT 'USD', "
      "ALTER seats SET DEFAULT 6, ALTER ratio SET DEFAULT 0.6");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(Advice(),
              ElementsAre(HasSubstr("Item.active: "),
                          AllOf(HasSubstr("Item.currency: "), HasSubstr("has DEFAULT 'USD'::text, but the field "
                                                                        "declares \"EUR\": ")),
                          HasSubstr("Item.seats: "), HasSubstr("Item.ratio: ")));
}

TEST_F(DeclaredFitTest, OnlyMethodsThatCreateReplaceDefaults) {
  Declare(absl::StrCat("message Item { option (rowkeeper.v1.entity) = {}; ", kKey, R"( bool active = 2; }
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc GetById(Key) returns (Item);
  rpc Update(UpdateItem) returns (Item);
}
message Key { string id = 1; }
message UpdateItem { Item item = 1; google.protobuf.FieldMask update_mask = 2; }
)"));
  database_.Run(
      "CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), active boolean NOT NULL DEFAULT true)");
  EXPECT_THAT(Mismatches(), IsEmpty());
}

constexpr char kPart[] = R"(message Part { option (rowkeeper.v1.entity) = {};
  int64 tenant_id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 id = 2 [(rowkeeper.v1.column) = {primary_key: true%s}];
  string name = 3;
}
service PartRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Part";
  rpc Create(CreatePart) returns (Part);
  rpc GetById(PartKey) returns (Part);
  rpc Update(UpdatePart) returns (Part);
  rpc BatchUpdate(BatchUpdateParts) returns (google.protobuf.Empty);
}
message CreatePart { Part part = 1; }
message PartKey { int64 tenant_id = 1; int64 id = 2; }
message UpdatePart { Part part = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchUpdateParts { repeated Part parts = 1; google.protobuf.FieldMask update_mask = 2; }
)";

std::string PartText(const std::string& more) {
  std::string text = kPart;
  return text.replace(text.find("%s"), 2, more);
}

TEST_F(DeclaredFitTest, AnIdentityInACompositeKeyIsRefusedUnlessTheFieldIsOutputOnly) {
  for (const char* kind : {"GENERATED BY DEFAULT AS IDENTITY", "GENERATED ALWAYS AS IDENTITY"}) {
    SCOPED_TRACE(kind);
    database_.Run(absl::StrCat("DROP TABLE IF EXISTS parts; CREATE TABLE parts (tenant_id bigint, id bigint ", kind,
                               ", name text NOT NULL, PRIMARY KEY (tenant_id, id))"));
    Declare(PartText(""));
    EXPECT_THAT(Mismatches(),
                Contains(AllOf(HasSubstr("Part.id: column \"id\" of table \"parts\" is an identity column, "
                                         "but shop.v1.PartRepository.Create stores 0"),
                               HasSubstr("write `output_only: true`"), HasSubstr("DROP IDENTITY"))));
    Declare(PartText(", output_only: true"));
    EXPECT_THAT(Mismatches(), IsEmpty());
    EXPECT_THAT(RefusedStatements(), IsEmpty());
  }
  database_.Run("DROP TABLE parts");
  MakeTables();
  EXPECT_THAT(Mismatches(), IsEmpty());
}

TEST_F(DeclaredFitTest, AKeyThatTheDatabaseAlwaysMakesFitsWhenItIsOutputOnly) {
  Declare(R"(message Item { option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column) = {primary_key: true, output_only: true}];
  string name = 2;
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Create(CreateItem) returns (Item);
  rpc Update(UpdateItem) returns (Item);
  rpc BatchCreate(BatchCreateItems) returns (google.protobuf.Empty);
  rpc BatchUpdate(BatchItems) returns (google.protobuf.Empty);
}
message CreateItem { Item item = 1; }
message UpdateItem { Item item = 1; google.protobuf.FieldMask update_mask = 2; }
message BatchCreateItems { repeated Item items = 1; }
message BatchItems { repeated Item items = 1; google.protobuf.FieldMask update_mask = 2; }
)");
  database_.Run("CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(RefusedStatements(), IsEmpty());
  database_.Run("DROP TABLE items");
  MakeTables();
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(RefusedStatements(), IsEmpty());
}

TEST_F(DeclaredFitTest, AGeneratedColumnFitsWhenItIsOutputOnly) {
  DeclareItem("int32 price = 2; int32 gross = 3 [(rowkeeper.v1.column).output_only = true];");
  database_.Run(
      "CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), price integer NOT NULL, "
      "gross integer NOT NULL GENERATED ALWAYS AS (price * 2) STORED)");
  EXPECT_THAT(Mismatches(), IsEmpty());
  EXPECT_THAT(RefusedStatements(), IsEmpty());
}

TEST_F(DeclaredFitTest, AnOutputOnlyColumnThatNothingFillsIsRefused) {
  DeclareItem("int32 gross = 2 [(rowkeeper.v1.column).output_only = true];");
  MakeTables();
  EXPECT_THAT(Mismatches(), ElementsAre(HasSubstr("Item.gross: column \"gross\" of table \"items\" is NOT NULL and has "
                                                  "nothing that fills it")));
  database_.Run("ALTER TABLE items ALTER gross SET DEFAULT 3");
  EXPECT_THAT(Mismatches(), IsEmpty());
}

TEST_F(DeclaredFitTest, VersionsThatBeginAtZeroAreRefused) {
  DeclareItem("int32 lock_version = 2 [(rowkeeper.v1.column).role = ROLE_VERSION];");
  database_.Run(
      "CREATE TABLE items (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "
      "lock_version integer NOT NULL DEFAULT 0)");
  EXPECT_THAT(Mismatches(), ElementsAre(AllOf(HasSubstr("Item.lock_version: column \"lock_version\" of table \"items\" "
                                                        "begins at 0, but in a request version 0 means any version"),
                                              HasSubstr("ALTER COLUMN \"lock_version\" SET DEFAULT 1"))));
  database_.Run("ALTER TABLE items ALTER lock_version SET DEFAULT 1; INSERT INTO items (lock_version) VALUES (3), (0)");
  EXPECT_THAT(Mismatches(), ElementsAre(AllOf(HasSubstr("has rows with a version below 1"),
                                              HasSubstr("UPDATE \"items\" SET \"lock_version\" = 1"))));
  database_.Run("UPDATE items SET lock_version = 1 WHERE lock_version < 1");
  EXPECT_THAT(Mismatches(), IsEmpty());
}

/// A customer with a second unique column, and an order that references it as `options` say.
std::string CustomerText(const std::string& options) {
  return absl::StrCat(R"(message Customer { option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 legacy_id = 2 [(rowkeeper.v1.column).unique = true];
  int64 tenant_id = 3;
  repeated Order orders = 40;
}
message Order { option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 customer = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Customer")",
                      options, R"(}];
  int64 tenant_id = 3;
}
message Other { option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
}
)");
}

constexpr char kCustomers[] = R"(
DROP TABLE IF EXISTS orders, customers, others, strangers;
CREATE TABLE customers (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, legacy_id bigint NOT NULL UNIQUE,
                        tenant_id bigint NOT NULL, UNIQUE (tenant_id, id), UNIQUE (tenant_id, legacy_id));
CREATE TABLE others (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);
CREATE TABLE strangers (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, customer bigint NOT NULL,
                     tenant_id bigint NOT NULL);
)";

TEST_F(DeclaredFitTest, AReferenceThatTheForeignKeyKnowsAsAnotherIsRefused) {
  struct Case {
    const char* declared;
    const char* foreign_key;
    /// Of the mismatch; empty where there is none.
    const char* problem;
    /// How many advices there are.
    size_t advice;
  };
  const std::vector<Case> cases = {
      {"", "(customer) REFERENCES customers (id)", "", 0},
      {"", "(customer) REFERENCES customers (legacy_id)",
       R"(write `references: "shop.v1.Customer" references_field: "legacy_id"`)", 0},
      {R"(, references_field: "legacy_id")", "(customer) REFERENCES customers (legacy_id)", "", 0},
      {R"(, references_field: "legacy_id")", "(customer) REFERENCES customers (id)",
       R"(write `references: "shop.v1.Customer"`, without references_field)", 0},
      {"", "(customer) REFERENCES others (id)", R"(write `references: "shop.v1.Other"`, without references_field)", 0},
      {"", "(customer) REFERENCES strangers (id)", "the catalogue has no entity of that table", 0},
      // Several columns.
      {"", "(tenant_id, customer) REFERENCES customers (tenant_id, id)", "", 1},
      {"", "(tenant_id, customer) REFERENCES customers (tenant_id, legacy_id)", R"(references_field: "legacy_id"`)", 0},
      {R"(, references_field: "legacy_id")", "(tenant_id, customer) REFERENCES customers (tenant_id, legacy_id)", "",
       1},
      // None: nothing says that the declaration is wrong.
      {"", nullptr, "", 1},
      {R"(, references_field: "legacy_id")", nullptr, "", 1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.declared, " over ", c.foreign_key == nullptr ? "nothing" : c.foreign_key));
    Declare(CustomerText(c.declared));
    database_.Run(kCustomers);
    if (c.foreign_key != nullptr) database_.Run(absl::StrCat("ALTER TABLE orders ADD FOREIGN KEY ", c.foreign_key));
    const std::vector<std::string> mismatches = Mismatches();
    if (*c.problem == '\0') {
      EXPECT_THAT(mismatches, IsEmpty());
    } else {
      EXPECT_THAT(mismatches, ElementsAre(AllOf(HasSubstr("Order.customer: column \"customer\" of table \"orders\" has "
                                                          "the foreign key "),
                                                HasSubstr(c.problem))));
    }
    EXPECT_EQ(Advice().size(), c.advice);
  }
  // Of two foreign keys one is the declared one.
  Declare(CustomerText(""));
  database_.Run(absl::StrCat(kCustomers,
                             "ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers (id), "
                             "ADD FOREIGN KEY (customer) REFERENCES others (id)"));
  EXPECT_THAT(Mismatches(), IsEmpty());
}

TEST_F(DeclaredFitTest, OurOwnExamplesFit) {
  for (const char* folder : {"planner/v1", "tracker/v1"}) {
    catalogue_ = testing::CompileExample(folder);
    ASSERT_NE(catalogue_, nullptr);
    catalogue::Diagnostics diagnostics;
    plans_ = plan::CompilePlans(*catalogue_, &diagnostics);
    MakeTables();
    EXPECT_THAT(Mismatches(), IsEmpty()) << folder;
    EXPECT_THAT(Advice(), IsEmpty()) << folder;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
