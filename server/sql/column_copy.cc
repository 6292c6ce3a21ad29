#include "server/sql/column_copy.h"

#include "server/base/text.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

std::string CopiedFrom(const std::string& value, const ColumnCopy& copy) { return Cat("(", value, ")::", copy.type); }

/// Types without an equality have texts that can be compared.
std::string IsAnother(const ColumnCopy& copy) {
  return Cat("(", Identifier(copy.to), ")::text IS DISTINCT FROM (", CopiedFrom(Identifier(copy.from), copy),
             ")::text");
}

std::string CreateFunction(const ColumnCopy& copy, Uncopied uncopied) {
  const std::string to = Cat("NEW.", Identifier(copy.to));
  const std::string assign = Cat(to, " := ", CopiedFrom(Cat("NEW.", Identifier(copy.from)), copy), ";");
  const std::string body = uncopied == Uncopied::kRefused
                               ? assign
                               : Cat("BEGIN ", assign, " EXCEPTION WHEN data_exception THEN ", to, " := NULL; END;");
  return Cat("CREATE FUNCTION ", copy.function, "() RETURNS trigger LANGUAGE plpgsql AS ",
             Literal(Cat("BEGIN ", body, " RETURN NEW; END")));
}

}  // namespace

std::string RefuseChildTables(const std::string& table) {
  return FailIf(Cat("EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = ", Literal(table), "::regclass)"),
                Cat("tables inherit from ", table,
                    ", whose rows none of its triggers sees; write this change without --expand-types"));
}

std::string RefuseColumnSettings(const std::string& table, const std::string& column) {
  return FailIf(
      Cat("EXISTS (SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE "
          "a.attrelid = ",
          Literal(table), "::regclass AND a.attname = ", Literal(column),
          " AND (a.attacl IS NOT NULL OR a.attoptions IS NOT NULL OR coalesce(a.attstattarget, -1) <> -1 OR "
          "a.attstorage <> t.typstorage))"),
      Cat("the column ", Identifier(column), " of ", table,
          " has privileges, statistics or storage of its own, which another one would not have; write this "
          "change without --expand-types"));
}

std::vector<std::string> BeginCopying(const ColumnCopy& copy, Uncopied uncopied) {
  return {CreateFunction(copy, uncopied),
          Cat("CREATE TRIGGER ", Identifier(copy.trigger), " BEFORE INSERT OR UPDATE ON ", copy.table,
              " FOR EACH ROW EXECUTE FUNCTION ", copy.function, "()"),
          Cat("ALTER TABLE ", copy.table, " ENABLE ALWAYS TRIGGER ", Identifier(copy.trigger))};
}

std::vector<std::string> EndCopying(const ColumnCopy& copy) {
  return {Cat("DROP TRIGGER ", Identifier(copy.trigger), " ON ", copy.table),
          Cat("DROP FUNCTION ", copy.function, "()")};
}

std::string CopyAll(const catalogue::Entity& entity, const ColumnCopy& copy) {
  Backfill backfill;
  backfill.entity = &entity;
  backfill.assignments = Cat(Identifier(copy.to), " = ", CopiedFrom(Identifier(copy.from), copy));
  backfill.condition = IsAnother(copy);
  backfill.stamps = Backfill::Stamps::kLeft;
  return BackfillStatement(backfill);
}

std::string TouchAll(const ColumnCopy& copy) {
  return Cat("UPDATE ", copy.table, " SET ", Identifier(copy.from), " = ", Identifier(copy.from));
}

std::string RefuseOtherValues(const ColumnCopy& copy) {
  return FailIf(Cat("EXISTS (SELECT FROM ", copy.table, " WHERE ", IsAnother(copy), ")"),
                Cat("rows of ", copy.table, " have another value in ", Identifier(copy.to), " than in ",
                    Identifier(copy.from), ": see whether another trigger changes them"));
}

}  // namespace rowkeeper::sql
