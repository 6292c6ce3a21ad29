#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/pg/schema/diff_fixture.h"

/// Indexes and constraints of columns that change their type by a column beside them.
namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kOrders[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Shop {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
}
message Order {
  option (rowkeeper.v1.entity) = {OPTIONS};
  FIELDS
}
)";
constexpr char kUuid[] = "string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];";
constexpr char kDeletedAt[] =
    "optional google.protobuf.Timestamp deleted_at = 9 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];";

/// What holds the column number 2.
struct Held {
  const char* name;
  /// With <int> where its type goes.
  std::string fields;
  /// 20 of them.
  std::string rows;
  /// Refused before, on the way and after; empty: nothing is.
  std::string refused = {};
  std::string options = {};
  /// Makes of the database what is no declaration's.
  std::string sql = {};
};

void PrintTo(const Held& held, std::ostream* out) { *out << held.name; }

std::string WithUuid(const std::string& fields) { return absl::StrCat(kUuid, " ", fields); }

/// INSERT of n rows.
std::string Rows(const std::string& columns, const std::string& values) {
  return absl::StrCat("INSERT INTO orders (", columns, ") SELECT ", values, " FROM generate_series(1, 20) AS n");
}
std::string Row(const std::string& columns, const std::string& values) {
  return absl::StrCat("INSERT INTO orders (", columns, ") VALUES (", values, ")");
}

const std::vector<Held>& AllHeld() {  // NOLINT(readability-function-size): a table
  static const std::vector<Held> held = {
      {"a unique key", WithUuid("<int> rank = 2 [(rowkeeper.v1.column).unique = true];"), Rows("rank", "n"),
       Row("rank", "3")},
      {"a unique key of rows that are not deleted",
       WithUuid(absl::StrCat("<int> rank = 2 [(rowkeeper.v1.column).unique = true]; ", kDeletedAt)), Rows("rank", "n"),
       Row("rank", "3")},
      {"a unique key of two columns", WithUuid("<int> rank = 2; string place = 3;"), Rows("rank, place", "n, ''"),
       Row("rank, place", "3, ''"), R"(unique_keys: {fields: ["place", "rank"]})"},
      {"the primary key", "int64 size = 1; string rank = 2 [(rowkeeper.v1.column) = {primary_key: true, type: <key>}];",
       Rows("size", "n"), "INSERT INTO orders (rank, size) SELECT rank, 1 FROM orders LIMIT 1", "",
       "COMMENT ON CONSTRAINT pk_orders ON orders IS 'by rank'"},
      {"a primary key of two columns",
       "string place = 1 [(rowkeeper.v1.column).primary_key = true]; "
       "<int> rank = 2 [(rowkeeper.v1.column).primary_key = true];",
       Rows("rank, place", "n, ''"), Row("rank, place", "3, ''")},
      // What is referenced has the type that is declared, and this column had not.
      {"a reference", WithUuid(R"(int64 rank = 2 [(rowkeeper.v1.column).references = "shop.v1.Shop"];)"),
       Rows("rank", "n"), Row("rank", "77"), "", "ALTER TABLE orders ALTER rank TYPE integer"},
      {"a reference that nobody declared", WithUuid("<int> rank = 2; int32 size = 3;"), Rows("rank, size", "n, n"),
       Row("rank, size", "3, 4"), "",
       "CREATE TABLE ranks (size integer, rank integer, PRIMARY KEY (rank, size)); "
       "INSERT INTO ranks SELECT n, n FROM generate_series(1, 20) n; "
       "ALTER TABLE orders ADD FOREIGN KEY (rank, size) REFERENCES ranks (rank, size) ON DELETE CASCADE"},
      {"a reference to a table of parts", WithUuid("<int> rank = 2;"), Rows("rank", "n"), Row("rank", "77"), "",
       "CREATE TABLE ranks (rank integer PRIMARY KEY) PARTITION BY RANGE (rank); "
       "CREATE TABLE ranks_a PARTITION OF ranks FOR VALUES FROM (0) TO (10); "
       "CREATE TABLE ranks_b PARTITION OF ranks FOR VALUES FROM (10) TO (50); "
       "INSERT INTO ranks SELECT n FROM generate_series(1, 20) n; "
       "ALTER TABLE orders ADD FOREIGN KEY (rank) REFERENCES ranks ON DELETE CASCADE; "
       "DELETE FROM ranks WHERE rank = 20; INSERT INTO ranks VALUES (20)"},
      {"a reference of a column that is called like one",
       WithUuid(R"(int64 rank = 2 [(rowkeeper.v1.column) = {name: "a REFERENCES b", references: "shop.v1.Shop"}];)"),
       Rows(R"("a REFERENCES b")", "n"), Row(R"("a REFERENCES b")", "77"), "",
       R"(ALTER TABLE orders ALTER "a REFERENCES b" TYPE integer)"},
      {"a key with settings of its index", WithUuid("<int> rank = 2;"), Rows("rank", "n"), Row("rank", "3"), "",
       "ALTER TABLE orders ADD UNIQUE (rank) WITH (fillfactor = 50)"},
      {"a table whose rows are looked at late", WithUuid("<int> rank = 2;"), Rows("rank", "n"), "", "",
       "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
       "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
       "FUNCTION late(); CREATE INDEX by_rank ON orders (rank)"},
      {"a oneof", WithUuid("oneof worth { <int> rank = 2; string place = 3; }"), Rows("rank", "n"),
       Row("rank, place", "3, ''")},
      {"a check of its own", WithUuid("<int> rank = 2;"), Rows("rank", "n"), Row("rank", "77"), "",
       "ALTER TABLE orders ADD CONSTRAINT small CHECK (rank < 50)"},
      {"a unique index with an expression and a predicate and a column that is included",
       WithUuid("<int> rank = 2; string place = 3;"), Rows("rank, place", "n, ''"), Row("rank, place", "3, ''"), "",
       "CREATE UNIQUE INDEX halves ON orders ((rank + 1), place) INCLUDE (rank) WHERE rank > 0 AND place = ''"},
      {"conditions of values", WithUuid("<int> rank = 2; bool place = 3;"), Rows("rank, place", "n, true"),
       Row("rank, place", "77, true"), "",
       "CREATE INDEX threes ON orders (place) WHERE rank = 3 AND NOT place; "
       "CREATE INDEX many ON orders ((CASE WHEN place THEN rank ELSE 0 END)) WITH (fillfactor = 70); "
       "ALTER TABLE orders ADD CHECK (rank = 1 OR rank BETWEEN 1 AND 20 OR rank IN (21, 22)); "
       "ALTER TABLE orders ADD CHECK (place AND rank > 0)"},
      {"an index with a predicate that is declared", WithUuid("<int> rank = 2; string place = 3;"),
       Rows("rank, place", "n, ''"), "", R"(indexes: {fields: ["place"], where: "rank > 3", name: "by_place"})"},
      {"a column that needs quotes",
       WithUuid(R"(<int> rank = 2 [(rowkeeper.v1.column) = {name: "The Rank", unique: true}];)"),
       Rows(R"("The Rank")", "n"), Row(R"("The Rank")", "3"), "", R"(ALTER TABLE orders ADD CHECK ("The Rank" < 50))"},
  };
  return held;
}

class DiffExpandParts : public DiffWalk, public ::testing::WithParamInterface<Held> {
 protected:
  void SetUp() override {
    DiffWalk::SetUp();
    options_.retype = Retype::kExpand;
  }

  /// With integers, and texts in the place of uuids, or as it was before.
  static std::string With(const char* type) {
    const char* key = type == std::string("int64") ? "COLUMN_TYPE_UNSPECIFIED" : "COLUMN_TYPE_UUID";
    return absl::StrReplaceAll(kOrders,
                               {{"OPTIONS", GetParam().options},
                                {"FIELDS", absl::StrReplaceAll(GetParam().fields, {{"<int>", type}, {"<key>", key}})}});
  }

  void Begin() {
    Create(With("int32"));
    database_.Run("INSERT INTO shops SELECT n FROM generate_series(1, 20) n");
    database_.Run(GetParam().rows);
    if (!GetParam().sql.empty()) database_.Run(GetParam().sql);
  }

  /// What goes against a constraint or a key is refused as ever.
  void ExpectRefused() {
    if (GetParam().refused.empty()) return;
    const absl::Status status = connection_->ExecuteScript(GetParam().refused, nullptr);
    EXPECT_THAT(status.ToString(), ::testing::AnyOf(HasSubstr("violates"), HasSubstr("duplicate")));
  }
};

TEST_P(DiffExpandParts, AreMadeOnceMoreAndTakeTheirPlaceAndEachFileUndoesWhatItDid) {
  Begin();
  ExpectRefused();
  const std::string wide = With("int64"), before = Fingerprint();
  const SchemaDiff diff = Diff(wide);
  ASSERT_THAT(Summary(diff), HasSubstr("by a column beside it")) << Summary(diff);
  EXPECT_THAT(Lint(wide).findings, IsEmpty());
  const std::vector<DiffFile> files = DiffFiles(diff, "change");
  for (const DiffFile& file : files) {
    SCOPED_TRACE(file.name);
    ASSERT_EQ(Up({file}), "");
    ExpectRefused();
    if (file.name == "change_indexes") {
      EXPECT_EQ(Up({file}), "") << "a file without a transaction can be run again";
    }
  }
  EXPECT_EQ(Summary(Diff(wide)), "") << "is left to do after\n" << Summary(diff);
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
  ExpectRefused();
  GoFileByFile(wide);
  EXPECT_EQ(Summary(Diff(wide)), "");
  ExpectRefused();
}

TEST_P(DiffExpandParts, AreMarkedAsDeclaredWhereNothingSaidSoBefore) {
  Begin();
  // As other tools leave it.
  database_.Run(R"(DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = 'orders'::regclass LOOP
      EXECUTE format('COMMENT ON CONSTRAINT %I ON orders IS NULL', r.conname);
    END LOOP;
    FOR r IN SELECT indexrelid::regclass AS name FROM pg_index WHERE indrelid = 'orders'::regclass LOOP
      EXECUTE format('COMMENT ON INDEX %s IS NULL', r.name);
    END LOOP;
  END $$)");
  const std::string wide = With("int64"), before = Fingerprint();
  const std::vector<DiffFile> files = DiffFiles(Diff(wide), "change");
  ASSERT_EQ(Up(files), "");
  EXPECT_THAT(Summary(Diff(wide)), Not(HasSubstr("is declared")));
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
}

INSTANTIATE_TEST_SUITE_P(All, DiffExpandParts, ::testing::ValuesIn(AllHeld()), [](const auto& each) {
  return absl::StrReplaceAll(each.param.name, {{" ", "_"}, {",", ""}});
});

class DiffExpandTwo : public DiffTest {
 protected:
  void SetUp() override {
    DiffTest::SetUp();
    options_.retype = Retype::kExpand;
  }

  static std::string Price(const char* digits) {
    return absl::StrReplaceAll(kOrders,
                               {{"OPTIONS", ""},
                                {"FIELDS", WithUuid(absl::StrCat("string price = 2 [(rowkeeper.v1.column) = {type: "
                                                                 "COLUMN_TYPE_DECIMAL, unique: true, ",
                                                                 digits, "}];"))}});
  }
};

TEST_F(DiffExpandTwo, WhatTheOldTypeCannotHoldGoesAgainstNoConstraintOfIt) {
  const auto proto = [&](const char* type) {
    return absl::StrReplaceAll(kOrders,
                               {{"OPTIONS", ""}, {"FIELDS", WithUuid(absl::StrCat("optional ", type, " rank = 2;"))}});
  };
  Create(proto("int32"));
  database_.Run(
      "ALTER TABLE orders ADD CHECK (rank IS NOT NULL), ADD CHECK (coalesce(rank, 0) > 0), "
      "ADD UNIQUE NULLS NOT DISTINCT (rank); CREATE UNIQUE INDEX of_none ON orders ((coalesce(rank, 0))); "
      "INSERT INTO orders (rank) VALUES (1)");
  std::vector<DiffFile> files = DiffFiles(Diff(proto("int64")), "change");
  ASSERT_THAT(files.back().name, HasSubstr("contract"));
  files.pop_back();
  ASSERT_EQ(Up(files), "");
  database_.Run("INSERT INTO orders (rank) VALUES (5000000000), (5000000001)");
  EXPECT_THAT(Down(files), HasSubstr("could not create unique index")) << "the way back would lose them";
}

TEST_F(DiffExpandTwo, ValuesThatTheOldTypeWouldRoundToOneAreNoConflict) {
  Create(Price("precision: 12, scale: 2"));
  database_.Run("INSERT INTO orders (price) VALUES (1.25)");
  std::vector<DiffFile> files = DiffFiles(Diff(Price("precision: 14, scale: 4")), "change");
  ASSERT_THAT(files.back().name, HasSubstr("contract"));
  files.pop_back();
  ASSERT_EQ(Up(files), "");
  database_.Run("INSERT INTO orders (price) VALUES (1.2501), (1.2502), (1.5)");
  EXPECT_EQ(
      database_.Value("SELECT string_agg(coalesce(rowkeeper_old_2::text, 'none'), ' ' ORDER BY price) FROM orders"),
      "1.25 none none 1.50");
  EXPECT_THAT(Down(files), HasSubstr("null")) << "the way back would lose them";
}

TEST_F(DiffExpandTwo, ReferencesAreSetToNullAndDeletedAlongAtEveryStep) {
  constexpr char kFields[] = R"(ID optional int64 shop = 2 [(rowkeeper.v1.column) = {references: "shop.v1.Shop",
      on_delete: ON_DELETE_SET_NULL}];
      int64 home = 3 [(rowkeeper.v1.column) = {references: "shop.v1.Shop", on_delete: ON_DELETE_CASCADE}];)";
  const std::string proto =
      absl::StrReplaceAll(kOrders, {{"OPTIONS", ""}, {"FIELDS", absl::StrReplaceAll(kFields, {{"ID", kUuid}})}});
  Create(proto);
  database_.Run("ALTER TABLE orders ALTER shop TYPE integer, ALTER home TYPE integer");
  database_.Run("INSERT INTO shops SELECT n FROM generate_series(1, 100) n");
  int next = 1;
  const auto walk = [&] {
    const int shop = next++, home = next++;
    database_.Run(absl::StrCat("TRUNCATE orders; INSERT INTO orders (shop, home) VALUES (", shop, ", ", home,
                               "); DELETE FROM shops WHERE id = ", shop));
    EXPECT_EQ(database_.Value("SELECT coalesce(shop::text, 'none') || ' ' || home FROM orders"),
              absl::StrCat("none ", home));
    database_.Run(absl::StrCat("DELETE FROM shops WHERE id = ", home));
    EXPECT_EQ(database_.Value("SELECT count(*) FROM orders"), "0");
  };
  const std::vector<DiffFile> files = DiffFiles(Diff(proto), "change");
  for (const DiffFile& file : files) {
    SCOPED_TRACE(file.name);
    walk();
    ASSERT_EQ(Up({file}), "");
  }
  walk();
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    SCOPED_TRACE(file->name);
    ASSERT_EQ(Down({*file}), "");
    walk();
  }
}

}  // namespace
}  // namespace rowkeeper::schema
