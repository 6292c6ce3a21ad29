#include "server/schema/schema_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sql/ddl.h"
#include "tests/support/eventually.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

constexpr char kTriggerAndItsFunction[] =
    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
    "CREATE TRIGGER noted AFTER INSERT ON \"order\" FOR EACH ROW EXECUTE FUNCTION nothing()";

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kWatchedProto[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_BAD = 2; }
message Owner {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string email = 2 [(rowkeeper.v1.column) = {max_length: 60, unique: true}];
}
message Order {
  option (rowkeeper.v1.entity) = {table: "order"};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  string owner_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Owner"}];
  string code = 3 [(rowkeeper.v1.column).unique = true];
  optional string notes = 4;
  Mood native_mood = 7 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];
}
)";

/// Everything that is known of a table.
std::string Everything(const LiveTable& table) {
  std::string text = absl::StrCat("kind ", static_cast<int>(table.kind), "\n");
  for (const LiveColumn& column : table.columns) {
    absl::StrAppend(&text, column.name, " ", column.quoted_name, " ", column.type, " ", column.not_null, " ",
                    column.default_sql.value_or("none"), " ", static_cast<int>(column.identity), " ", column.generated,
                    " ", column.comment, " ", column.type_schema, ".", column.type_name, " ",
                    absl::StrJoin(column.enum_labels, ","), "\n");
  }
  for (const LiveIndex& index : table.indexes) {
    absl::StrAppend(&text, index.name, " ", index.unique, index.primary, index.deferrable, index.valid, " ",
                    index.method, " ", index.where.value_or("all"), " ", index.definition, "\n");
  }
  for (const LiveConstraint& constraint : table.constraints) {
    absl::StrAppend(&text, constraint.name, " ", static_cast<int>(constraint.kind), " ", constraint.definition, " ",
                    constraint.expression, " ", constraint.referenced == nullptr ? "" : constraint.referenced->table,
                    "\n");
  }
  return text;
}

class SchemaWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(catalogue_ != nullptr && database_.ok());
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
    connection_ = Connect(100);
    ASSERT_NE(connection_, nullptr);
    Look();
  }

  std::unique_ptr<db::Connection> Connect(int lock_timeout_ms) {
    db::ConnectionOptions options;
    options.url = database_.url();
    options.lock_timeout_ms = lock_timeout_ms;
    auto connection = db::Connection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }

  void Look() {
    const absl::Status looked = watch_.Probe(*connection_);
    EXPECT_TRUE(looked.ok()) << looked;
  }

  /// How many tables a look reads after a change, which then are known as they are.
  uint64_t ReadAfter(const std::string& change) {
    database_.Run(change);
    const uint64_t before = watch_.tables_read();
    Look();
    EXPECT_THAT(watch_.behind(), IsEmpty());
    const auto live = LiveSchema::Read(*catalogue_, *connection_);
    EXPECT_TRUE(live.ok()) << live.status();
    for (const auto& entity : catalogue_->entities()) {
      EXPECT_TRUE(watch_.tables().Knows(*entity));
      EXPECT_EQ(Everything(watch_.tables().Of(*entity)), Everything(live->Of(*entity))) << change;
    }
    return watch_.tables_read() - before;
  }

  const catalogue::Entity& Order() const { return *catalogue_->FindEntity("shop.v1.Order"); }
  std::vector<std::string> Behind() const {
    std::vector<std::string> names;
    for (const SchemaWatch::Behind& table : watch_.behind()) names.push_back(table.entity->table);
    return names;
  }

  const std::unique_ptr<const catalogue::Catalogue> catalogue_ = testing::CompileProtoText(kWatchedProto);
  testing::ScratchDatabase database_;
  db::CurrentNames names_{*catalogue_};
  SchemaWatch watch_{*catalogue_, &names_, Clock::System()};
  std::unique_ptr<db::Connection> connection_;
};

TEST_F(SchemaWatchTest, SeesWhateverChangesATable) {
  EXPECT_EQ(watch_.tables_read(), 2u);
  for (const char* change : {
           "ALTER TABLE \"order\" ADD COLUMN extra integer",
           "ALTER TABLE \"order\" ALTER extra TYPE bigint",
           "ALTER TABLE \"order\" ALTER extra SET DEFAULT 7",
           "ALTER TABLE \"order\" ALTER extra SET DEFAULT 8",
           "UPDATE \"order\" SET extra = 1; ALTER TABLE \"order\" ALTER extra SET NOT NULL",
           "ALTER TABLE \"order\" ALTER extra DROP DEFAULT",
           "ALTER TABLE \"order\" ALTER extra ADD GENERATED BY DEFAULT AS IDENTITY",
           "ALTER TABLE \"order\" ALTER extra SET GENERATED ALWAYS",
           "ALTER TABLE \"order\" RENAME extra TO other",
           "COMMENT ON COLUMN \"order\".other IS 'proto:99'",
           "COMMENT ON COLUMN \"order\".other IS 'proto:98'",
           "COMMENT ON COLUMN \"order\".other IS NULL",
           "ALTER TABLE \"order\" ADD COLUMN twice bigint GENERATED ALWAYS AS (other * 2) STORED",
           "ALTER TABLE \"order\" ADD CONSTRAINT small CHECK (other < 100)",
           "ALTER TABLE \"order\" RENAME CONSTRAINT small TO smaller",
           "ALTER TABLE \"order\" DROP CONSTRAINT smaller, ADD CONSTRAINT smaller CHECK (other < 99)",
           "ALTER TABLE \"order\" DROP COLUMN twice, DROP COLUMN other",
           "CREATE INDEX quick ON \"order\" (notes)",
           "ALTER INDEX quick RENAME TO quicker",
           "DROP INDEX quicker; CREATE INDEX quicker ON \"order\" (notes) WHERE notes <> ''",
           "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'quicker'::regclass",
           "DROP INDEX quicker",
           "ALTER TABLE \"order\" ADD CONSTRAINT late UNIQUE (notes) DEFERRABLE",
           "ALTER TYPE mood ADD VALUE 'NEW'",
           "ALTER TYPE mood RENAME VALUE 'NEW' TO 'NEWER'",
           "ALTER TYPE mood RENAME TO temper",
           "ALTER TYPE temper RENAME TO mood",
           "CREATE SCHEMA elsewhere; ALTER TYPE mood SET SCHEMA elsewhere",
           "ALTER SCHEMA elsewhere RENAME TO nowhere",
           "ALTER TYPE nowhere.mood SET SCHEMA public",
           kTriggerAndItsFunction,
           "ALTER TABLE \"order\" DISABLE TRIGGER noted",
           "CREATE RULE kept AS ON DELETE TO \"order\" DO INSTEAD NOTHING",
           "GRANT SELECT ON \"order\" TO PUBLIC",
           "ALTER TABLE \"order\" ENABLE ROW LEVEL SECURITY",
           "ALTER TABLE \"order\" RENAME TO orders",
           "ALTER TABLE orders RENAME TO \"order\"",
           "DROP TABLE \"order\"",
           "CREATE VIEW \"order\" AS SELECT 1 AS id",
       }) {
    EXPECT_EQ(ReadAfter(change), 1u) << change;
  }
}

TEST_F(SchemaWatchTest, ReadsAForeignKeyOfEitherSide) {
  const std::string name = database_.Value(
      "SELECT conname FROM pg_constraint WHERE conrelid = '\"order\"'::regclass "
      "AND contype = 'f'");
  EXPECT_EQ(ReadAfter(absl::StrCat("ALTER TABLE \"order\" DROP CONSTRAINT ", name, ", ADD CONSTRAINT ", name,
                                   " FOREIGN KEY (owner_id) REFERENCES owners ON DELETE CASCADE")),
            1u);
}

/// What references a table is known in that table's words. They change with its comments, and its own rows do not.
TEST_F(SchemaWatchTest, ReadsAReferenceAnewWhenTheOtherTableHasOtherWords) {
  const auto referenced = [this] {
    for (const LiveConstraint& constraint : watch_.tables().Of(Order()).constraints) {
      if (constraint.kind == LiveConstraint::Kind::kForeignKey) return constraint.referenced_columns.at(0);
    }
    return std::string("none");
  };
  EXPECT_EQ(referenced(), "id");
  database_.Run("COMMENT ON TABLE owners IS NULL; ALTER TABLE owners RENAME id TO uid");
  Look();
  EXPECT_EQ(referenced(), "uid");
  database_.Run("COMMENT ON TABLE owners IS 'proto:shop.v1.Owner'");
  Look();
  EXPECT_EQ(referenced(), "id");
  EXPECT_EQ(ReadAfter("SELECT 1"), 0u);
}

TEST_F(SchemaWatchTest, ReadsAReferenceAnewWhenTheOtherTableIsBack) {
  const auto referenced = [this] {
    const auto& constraints = watch_.tables().Of(Order()).constraints;
    return std::count_if(constraints.begin(), constraints.end(),
                         [](const LiveConstraint& constraint) { return constraint.referenced != nullptr; });
  };
  EXPECT_EQ(referenced(), 1);
  database_.Run("COMMENT ON TABLE owners IS NULL; ALTER TABLE owners RENAME TO gone");
  Look();
  EXPECT_EQ(referenced(), 0);
  database_.Run("ALTER TABLE gone RENAME TO owners");
  Look();
  EXPECT_EQ(referenced(), 1);
  EXPECT_EQ(ReadAfter("SELECT 1"), 0u);
}

TEST_F(SchemaWatchTest, ReadsNothingWhereNothingChanges) {
  for (const char* change : {
           "SELECT 1",
           "INSERT INTO owners (email) SELECT 'a' || n FROM generate_series(1, 100) n",
           "ANALYZE owners",
           "TRUNCATE \"order\"",
           "CREATE TABLE beside (id bigint PRIMARY KEY REFERENCES beside, note text DEFAULT 'x')",
           "DROP TABLE beside",
           "CREATE TYPE other AS ENUM ('MOOD_FINE')",
       }) {
    EXPECT_EQ(ReadAfter(change), 0u) << change;
  }
}

TEST_F(SchemaWatchTest, KeepsALockedTableAsItWasKnown) {
  const auto other = Connect(0);
  const auto run = [&other](const char* text) {
    db::Query query;
    query.text = text;
    query.result = ResultShape::Any();
    const auto rows = other->Execute(query);
    EXPECT_TRUE(rows.ok()) << rows.status();
  };
  database_.Run("ALTER TABLE \"order\" ADD COLUMN extra integer; ALTER TABLE owners ADD COLUMN extra integer");
  run("BEGIN");
  run("LOCK TABLE \"order\"");
  Look();
  EXPECT_THAT(Behind(), ElementsAre("order"));
  EXPECT_THAT(watch_.behind()[0].why, HasSubstr(absl::StrCat("locked by process ", other->backend_pid())));
  EXPECT_TRUE(watch_.tables().Knows(Order()));
  EXPECT_EQ(watch_.tables().Of(Order()).FindColumn("extra"), nullptr);
  EXPECT_NE(watch_.tables().Of(*catalogue_->FindEntity("shop.v1.Owner")).FindColumn("extra"), nullptr);
  run("ROLLBACK");
  EXPECT_EQ(ReadAfter("SELECT 1"), 1u);
  EXPECT_NE(watch_.tables().Of(Order()).FindColumn("extra"), nullptr);
}

TEST_F(SchemaWatchTest, KnowsNothingOfATableThatWasLockedFromTheStart) {
  const auto other = Connect(0);
  db::Query query;
  query.result = ResultShape::Any();
  for (const char* text : {"BEGIN", "LOCK TABLE \"order\""}) {
    query.text = text;
    EXPECT_TRUE(other->Execute(query).ok());
  }
  SchemaWatch watch(*catalogue_, &names_, Clock::System());
  EXPECT_TRUE(watch.Probe(*connection_).ok());
  EXPECT_FALSE(watch.tables().Knows(Order()));
  EXPECT_TRUE(watch.tables().Knows(*catalogue_->FindEntity("shop.v1.Owner")));
  query.text = "ROLLBACK";
  EXPECT_TRUE(other->Execute(query).ok());
  EXPECT_TRUE(watch.Probe(*connection_).ok());
  EXPECT_TRUE(watch.tables().Knows(Order()));
}

TEST_F(SchemaWatchTest, ALookThatWaitsForACatalogForgetsNothing) {
  const auto other = Connect(0);
  db::Query query;
  query.result = ResultShape::Any();
  for (const char* text : {"BEGIN", "LOCK TABLE pg_catalog.pg_constraint"}) {
    query.text = text;
    EXPECT_TRUE(other->Execute(query).ok());
  }
  const absl::Status looked = watch_.Probe(*connection_);
  EXPECT_EQ(looked.code(), absl::StatusCode::kAborted) << looked;
  EXPECT_FALSE(connection_->broken());
  EXPECT_TRUE(watch_.tables().Knows(Order()));
  query.text = "ROLLBACK";
  EXPECT_TRUE(other->Execute(query).ok());
  EXPECT_EQ(ReadAfter("SELECT 1"), 0u);
}

}  // namespace
}  // namespace rowkeeper::schema
