#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "tests/pg/server/hostile_items.h"

/// What other owners of a database put there around the items.
namespace rowkeeper::testing {

/// What stands round the table.
struct Surroundings {
  std::string name;
  std::string sql;
  Query query = Query::kServed;
  /// Whether `sql` puts another table in the place of the server's.
  enum class Table { kKept, kRemade } table = Table::kKept;
  /// Words of one of which each SCHEMA_MISMATCH tells.
  std::vector<std::string> mismatches = {" rule"};
};

inline void PrintTo(const Surroundings& surroundings, std::ostream* out) { *out << surroundings.name; }

/// A trigger for each row; `body` is PL/pgSQL that runs for rows whose slug begins with "bad".
inline std::string Trigger(const std::string& when, const std::string& body, const std::string& more = "") {
  return Cat(
      "CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE row items; BEGIN IF TG_OP = 'DELETE' THEN "
      "row := OLD; ELSE row := NEW; END IF; IF row.slug LIKE 'bad%' THEN ",
      body, " END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$; CREATE ", more, "TRIGGER act ",
      when, " FOR EACH ROW EXECUTE FUNCTION act()");
}

inline const std::string kRowsOfBefore =
    "INSERT INTO items SELECT * FROM items_before; SELECT setval(pg_get_serial_sequence('items', 'id'), 6)";

/// Another table of the same name and rows, as somebody makes it while the server runs; `items_before` is kept to go
/// back to. The comment says which of them is the server's. `parts` follow its columns and their CHECK constraints.
inline std::string RemadeTable(const std::string& parts, const std::string& more) {
  return Cat(
      "ALTER TABLE items RENAME TO items_before; CREATE TABLE items (LIKE items_before INCLUDING ALL EXCLUDING "
      "INDEXES, ",
      parts,
      "; DO $$ BEGIN EXECUTE format('COMMENT ON TABLE items IS %L', obj_description('items_before'::regclass)); END "
      "$$; ",
      more, "; ", kRowsOfBefore,
      "; GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC");
}

/// What an upsert by slug is refused for: such a table can have no key on the slug alone.
inline const std::vector<std::string>& WithoutSlugKey() {
  static const auto* const words =
      new std::vector<std::string>{"has no unique index on (\"slug\")", "a unique key is missing"};
  return *words;
}

/// By id, so that rows can be named; `partitions` is one or several CREATE TABLE.
inline Surroundings PartitionedById(const std::string& name, const std::string& partitions,
                                    const std::string& more = "SELECT") {
  return {name,
          Cat(RemadeTable("CONSTRAINT pk_items_new PRIMARY KEY (id)) PARTITION BY RANGE (id)", partitions), "; ", more),
          Query::kServed, Surroundings::Table::kRemade, WithoutSlugKey()};
}

/// By slug, which has its key then; nothing can name one row by its id.
inline Surroundings PartitionedBySlug(const std::string& name, const std::string& partitions) {
  return {name,
          RemadeTable("CONSTRAINT uq_items_new UNIQUE (slug)) PARTITION BY LIST (slug)", partitions),
          Query::kServed,
          Surroundings::Table::kRemade,
          {"has no primary or unique key on", "a unique key is missing"}};
}

/// Of the walks, those that are there at first, and those that are good.
inline std::string PlaceForGoodSlugs() {
  std::vector<std::string> slugs = {"one", "bad", "three", "four", "bad-five", "six", "a", "c", "u"};
  for (int i = 0; i < 12; ++i) {
    slugs.push_back(Cat("fine-", i));
    slugs.push_back(Cat("Fine-", i));
  }
  return Cat("CREATE TABLE items_1 PARTITION OF items FOR VALUES IN ('", absl::StrJoin(slugs, "', '"), "')");
}

inline Surroundings WithKeys(const std::string& name, const std::string& keys) {
  return {name,
          RemadeTable(keys + ")", "SELECT"),
          Query::kServed,
          Surroundings::Table::kRemade,
          {"deferrable", "has no unique index on (\"slug\")"}};
}

/// Tables that became what `check` refuses, or takes in part, while the server runs.
inline std::vector<Surroundings> RemadeTables() {
  return {
      PartitionedById("PartitionedById",
                      "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (1) TO (3); CREATE TABLE items_2 "
                      "PARTITION OF items DEFAULT"),
      PartitionedById("PartitionedByIdInPartsOfOtherLayout",
                      "CREATE TABLE items_1 (gone int, LIKE items INCLUDING CONSTRAINTS); ALTER TABLE items_1 DROP "
                      "COLUMN gone, DROP COLUMN title, ADD COLUMN title text NOT NULL; ALTER TABLE items ATTACH "
                      "PARTITION items_1 DEFAULT"),
      PartitionedById("PartitionedByIdWithNoPlaceForNewRows",
                      "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (1) TO (7)"),
      PartitionedBySlug("PartitionedBySlug", "CREATE TABLE items_1 PARTITION OF items DEFAULT"),
      PartitionedBySlug("PartitionedBySlugWithNoPlaceForSome", PlaceForGoodSlugs()),
      WithKeys("DeferrableKeys",
               "CONSTRAINT pk_items_new PRIMARY KEY (id) DEFERRABLE, CONSTRAINT uq_items_new UNIQUE (slug) DEFERRABLE"),
      WithKeys("DeferredKeys",
               "CONSTRAINT pk_items_new PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED, CONSTRAINT uq_items_new UNIQUE "
               "(slug) DEFERRABLE INITIALLY DEFERRED"),
  };
}

inline std::vector<Surroundings> SurroundingsOfOneTable() {
  const std::string before = "BEFORE INSERT OR UPDATE OR DELETE ON items";
  const std::string changed = "BEFORE INSERT OR UPDATE ON items";
  return {
      {"Nothing", "SELECT"},
      {"Skips", Trigger(before, "RETURN NULL;")},
      {"SkipsAfterWritingElsewhere", Trigger(before, "INSERT INTO elsewhere SELECT row.*; RETURN NULL;")},
      {"Normalises", Trigger(changed, "NEW.slug := upper(NEW.slug); NEW.title := upper(NEW.title);")},
      {"Raises", Trigger(before, "RAISE 'no';")},
      {"RaisesAsALostConnection", Trigger(before, "RAISE 'no' USING ERRCODE = '08006';")},
      {"RaisesAState", Trigger(before, "RAISE 'no' USING ERRCODE = 'AB123';")},
      {"RaisesOurMarker", Trigger(before, "RAISE 'JSON object does not contain key \"rk\"' USING ERRCODE = '2203A';")},
      {"RaisesAtCommit", Trigger("AFTER INSERT OR UPDATE OR DELETE ON items DEFERRABLE INITIALLY DEFERRED",
                                 "RAISE 'no';", "CONSTRAINT ")},
      {"StoresInfinity", Trigger(changed, "NEW.due := 'infinity';")},
      {"StoresAYearBeforeChrist", Trigger(changed, "NEW.due := '0044-03-15 12:00:00 BC';")},
      {"StoresJsonOfAnotherShape", Trigger(changed, "NEW.details := '[1, 2]';")},
      {"StoresMoreThanAResponseHolds", Trigger(changed, "NEW.body := repeat('x', 200000);")},
      {"SwallowsDeletes", "CREATE RULE act AS ON DELETE TO items DO INSTEAD NOTHING", Query::kNotServed},
      {"TurnsDeletesIntoUpdates",
       "CREATE RULE act AS ON DELETE TO items DO INSTEAD UPDATE items SET title = 'kept' WHERE id = OLD.id",
       Query::kNotServed},
      {"SwallowsUpdates", "CREATE RULE act AS ON UPDATE TO items DO INSTEAD NOTHING", Query::kNotServed},
      {"SwallowsInserts", "CREATE RULE act AS ON INSERT TO items DO INSTEAD NOTHING", Query::kNotServed},
      {"LogsInserts", "CREATE RULE act AS ON INSERT TO items DO ALSO INSERT INTO elsewhere SELECT NEW.*",
       Query::kNotServed},
      {"HidesRowsFromWrites",
       "CREATE POLICY reads ON items FOR SELECT USING (true); CREATE POLICY updates ON items FOR UPDATE USING (slug "
       "NOT "
       "LIKE 'bad%'); CREATE POLICY deletes ON items FOR DELETE USING (slug NOT LIKE 'bad%'); CREATE POLICY inserts ON "
       "items FOR INSERT WITH CHECK (slug NOT LIKE 'bad%'); ALTER TABLE items ENABLE ROW LEVEL SECURITY"},
  };
}

inline std::vector<Surroundings> AllSurroundings() {
  std::vector<Surroundings> all = SurroundingsOfOneTable();
  const std::vector<Surroundings> remade = RemadeTables();
  all.insert(all.end(), remade.begin(), remade.end());
  return all;
}

}  // namespace rowkeeper::testing
