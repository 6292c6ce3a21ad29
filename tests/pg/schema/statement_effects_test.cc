#include "server/schema/lint/statement_effects.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/pgtext/parser.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {
namespace {

constexpr char kTables[] = R"(
CREATE TABLE owners (id bigint PRIMARY KEY);
CREATE TABLE items (id bigint NOT NULL, owner_id bigint, title varchar(20), price numeric(10, 2), amount integer,
                    code text NOT NULL, CONSTRAINT ck_code CHECK (code IS NOT NULL), CONSTRAINT pk_items PRIMARY KEY (id));
CREATE UNIQUE INDEX uq_items_code ON items (code);
INSERT INTO owners VALUES (1);
INSERT INTO items VALUES (1, 1, 'a', 1.5, 3, 'c'), (2, 1, 'b', 2.5, 4, 'd');
ALTER TABLE items ADD CONSTRAINT ck_old CHECK (amount > 0) NOT VALID;
)";

/// What is done to items.
struct Seen {
  TableLock lock = TableLock::kNone;
  bool scans = false;
  bool rewrites = false;

  bool operator==(const Seen& other) const {
    return lock == other.lock && scans == other.scans && rewrites == other.rewrites;
  }
};

std::ostream& operator<<(std::ostream& stream, const Seen& seen) {
  return stream << NameOf(seen.lock) << (seen.scans ? ", scans" : "") << (seen.rewrites ? ", rewrites" : "");
}

std::vector<Effect> Parsed(const std::string& text, KnownSchema* known) {
  nlohmann::json trees;
  EXPECT_EQ(pgtext::Parse(text, &trees).message, "") << text;
  std::vector<Effect> effects;
  for (const nlohmann::json& tree : trees) {
    for (const Effect& effect : EffectsOf(tree, *known)) {
      known->Note(effect);
      effects.push_back(effect);
    }
  }
  return effects;
}

class StatementEffects : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_.ok());
    database_.Run(kTables);
    oid_ = database_.Value("SELECT 'items'::regclass::oid");
    Parsed(kTables, &known_);
  }

  Seen Decided(const std::string& statement) {
    KnownSchema known = known_;
    Seen seen;
    for (const Effect& effect : Parsed(statement, &known)) {
      const bool of_items = effect.table == "items" || effect.table == "uq_items_code";
      if (!of_items) continue;
      seen.lock = std::max(seen.lock, effect.lock);
      seen.scans = seen.scans || effect.scans;
      seen.rewrites = seen.rewrites || effect.rewrites;
    }
    return seen;
  }

  /// In a transaction that is rolled back.
  Seen Done(const std::string& statement) {
    const auto scans = [this] { return database_.Value(Of("pg_stat_get_xact_numscans(oid)")); };
    const auto file = [this] { return database_.Value(Of("pg_relation_filenode(oid)")); };
    database_.Run("BEGIN");
    const std::string scans_before = scans(), file_before = file();
    database_.Run(statement);
    Seen seen;
    seen.lock = Held();
    const std::string scans_after = scans(), file_after = file();
    seen.scans = scans_after != scans_before && !scans_after.empty();
    seen.rewrites = file_after != file_before && !file_after.empty();
    if (seen.rewrites) seen.scans = false;  // it is read to be written
    database_.Run("ROLLBACK");
    return seen;
  }

 private:
  std::string Of(const std::string& expression) const {
    return absl::StrCat("SELECT ", expression, " FROM pg_class WHERE oid = ", oid_);
  }

  TableLock Held() {
    const std::string modes = database_.Value(absl::StrCat(
        "SELECT string_agg(upper(mode), ' ') FROM pg_locks WHERE pid = pg_backend_pid() AND relation = ", oid_));
    TableLock held = TableLock::kNone;
    for (int lock = 1; lock <= static_cast<int>(TableLock::kAccessExclusive); ++lock) {
      const std::string mode = absl::StrReplaceAll(NameOf(TableLock{lock}), {{" ", ""}}) + "LOCK";
      if (absl::StrCat(" ", modes, " ").find(absl::StrCat(" ", mode, " ")) != std::string::npos) held = TableLock{lock};
    }
    return held;
  }

  testing::ScratchDatabase database_{"effects"};
  KnownSchema known_;
  /// Of items, whatever it is named in a transaction.
  std::string oid_;
};

TEST_F(StatementEffects, AreThoseThatPostgresqlHas) {
  for (const char* statement : {
           "ALTER TABLE items ADD COLUMN a integer",
           "ALTER TABLE items ADD COLUMN a integer NOT NULL DEFAULT 5",
           "ALTER TABLE items ADD COLUMN a timestamptz NOT NULL DEFAULT now()",
           "ALTER TABLE items ADD COLUMN a timestamptz DEFAULT clock_timestamp()",
           "ALTER TABLE items ADD COLUMN a uuid DEFAULT gen_random_uuid()",
           "ALTER TABLE items ADD COLUMN a serial",
           "ALTER TABLE items ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY",
           "ALTER TABLE items ADD COLUMN a integer GENERATED ALWAYS AS (amount + 1) STORED",
           "ALTER TABLE items ADD COLUMN a bigint REFERENCES owners (id)",
           "ALTER TABLE items ADD COLUMN a bigint DEFAULT 1 REFERENCES owners (id)",
           "ALTER TABLE items ADD COLUMN a text CHECK (a <> 'x')",
           "ALTER TABLE items ADD COLUMN a text UNIQUE",
           "ALTER TABLE items ADD CONSTRAINT ck CHECK (amount > 1)",
           "ALTER TABLE items ADD CONSTRAINT ck CHECK (amount > 1) NOT VALID",
           "ALTER TABLE items VALIDATE CONSTRAINT ck_old",
           "ALTER TABLE items ADD CONSTRAINT fk FOREIGN KEY (owner_id) REFERENCES owners",
           "ALTER TABLE items ADD CONSTRAINT fk FOREIGN KEY (owner_id) REFERENCES owners NOT VALID",
           "ALTER TABLE owners ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES items NOT VALID",
           "CREATE TABLE parts (item_id bigint REFERENCES items (id))",
           "ALTER TABLE items ADD CONSTRAINT uq UNIQUE (title)",
           "ALTER TABLE items ADD CONSTRAINT uq UNIQUE USING INDEX uq_items_code",
           "ALTER TABLE items ADD CONSTRAINT ex EXCLUDE USING btree (title WITH =)",
           "ALTER TABLE items ALTER COLUMN title SET NOT NULL",
           "ALTER TABLE items ALTER COLUMN code SET NOT NULL",
           "ALTER TABLE items ALTER COLUMN code DROP NOT NULL",
           "ALTER TABLE items ALTER COLUMN title TYPE text",
           "ALTER TABLE items ALTER COLUMN title TYPE varchar(30)",
           "ALTER TABLE items ALTER COLUMN title TYPE text USING title::text",
           "ALTER TABLE items ALTER COLUMN price TYPE numeric(12, 2)",
           "ALTER TABLE items ALTER COLUMN price TYPE numeric(12, 3)",
           "ALTER TABLE items ALTER COLUMN amount TYPE bigint",
           "ALTER TABLE items ALTER COLUMN title SET DEFAULT 'x'",
           "ALTER TABLE items ALTER COLUMN title SET STATISTICS 500",
           "ALTER TABLE items DROP COLUMN title",
           "ALTER TABLE items DROP CONSTRAINT ck_code",
           "ALTER TABLE items RENAME COLUMN title TO name",
           "ALTER TABLE items RENAME TO things",
           "ALTER TABLE items RENAME CONSTRAINT ck_code TO ck",
           "ALTER TABLE items SET UNLOGGED",
           "ALTER TABLE items SET (fillfactor = 80)",
           "ALTER TABLE items DISABLE TRIGGER USER",
           "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
           "CREATE INDEX ix ON items (title)",
           "REINDEX TABLE items",
           "LOCK TABLE items",
           "LOCK TABLE items IN SHARE MODE",
           "DROP TABLE items",
           "CREATE TRIGGER t BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
           "CREATE POLICY p ON items USING (true)",
           "CREATE RULE r AS ON DELETE TO items DO INSTEAD NOTHING",
       }) {
    EXPECT_EQ(Decided(statement), Done(statement)) << statement;
  }
}

}  // namespace
}  // namespace rowkeeper::schema
