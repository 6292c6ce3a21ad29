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
  const std::string from = Cat("NEW.", Identifier(copy.from)), to = Cat("NEW.", Identifier(copy.to));
  const std::string assign = Cat(to, " := ", CopiedFrom(from, copy), ";");
  const std::string is_another = Cat("((", to, ")::", copy.from_type, ")::text IS DISTINCT FROM (", from, ")::text");
  const std::string body = uncopied == Uncopied::kRefused ? assign
                                                          : Cat("BEGIN ", assign, " IF ", is_another, " THEN ", to,
                                                                " := NULL; END IF; EXCEPTION WHEN data_exception "
                                                                "THEN ",
                                                                to, " := NULL; END;");
  return Cat("CREATE FUNCTION ", copy.function, "() RETURNS trigger LANGUAGE plpgsql AS ",
             Literal(Cat("BEGIN ", body, " RETURN NEW; END")));
}

}  // namespace

std::string RefuseInheritance(const std::string& table, const std::string& column) {
  const std::string of = Cat(Literal(table), "::regclass");
  return FailIf(Cat("EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = ", of,
                    ") OR EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = ", of,
                    " AND attname = ", Literal(column), " AND attinhcount > 0)"),
                Cat("tables inherit from ", table, ", whose rows none of its triggers sees, or it inherits the column ",
                    Identifier(column), "; write this change without --expand-types"));
}

std::string RefuseColumnSettings(const std::string& table, const std::string& column) {
  // PostgreSQL 17.12 gives each column an option of its own, pg_attver.
  const std::string of_column =
      "SELECT FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid AND (a.attacl IS NOT NULL OR "
      "EXISTS (SELECT FROM unnest(a.attoptions) AS o WHERE left(o, 3) <> 'pg_') OR coalesce(a.attstattarget, -1) <> -1 "
      "OR a.attstorage <> t.typstorage)";
  // A key has its comment itself.
  const std::string of_index =
      "SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid JOIN "
      "pg_catalog.pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = c.oid AND "
      "k.conrelid = i.indrelid WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid AND "
      "d.refobjsubid = a.attnum AND (d.objid = c.oid OR d.objid = k.oid) AND (i.indisreplident OR i.indisclustered OR "
      "c.reltablespace <> 0 OR (k.oid IS NOT NULL AND obj_description(c.oid, 'pg_class') IS NOT NULL) OR EXISTS "
      "(SELECT FROM pg_catalog.pg_attribute s WHERE s.attrelid = c.oid AND coalesce(s.attstattarget, -1) <> -1))";
  return FailIf(
      Cat("EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = ", Literal(table),
          "::regclass AND a.attname = ", Literal(column), " AND (EXISTS (", of_column, ") OR EXISTS (", of_index,
          ")))"),
      Cat("the column ", Identifier(column), " of ", table,
          " has privileges, statistics or storage of its own, or an index of it has, or rows are replicated or "
          "clustered by one, which another one would not have; write this change without --expand-types"));
}

std::vector<std::string> BeginTrial(const ColumnTrial& trial) {
  return {Cat("CREATE TEMPORARY TABLE \"rowkeeper_trial\" (LIKE ", trial.table, ")"),
          DropColumn(kTrialTable, trial.column), AddColumn(kTrialTable, Cat(Identifier(trial.tried), " ", trial.type))};
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

std::vector<std::string> TouchAll(const ColumnCopy& copy) {
  return {Cat("UPDATE ", copy.table, " SET ", Identifier(copy.from), " = ", Identifier(copy.from)),
          "SET CONSTRAINTS ALL IMMEDIATE"};
}

std::string RefuseOtherValues(const ColumnCopy& copy) {
  return FailIf(Cat("EXISTS (SELECT FROM ", copy.table, " WHERE ", IsAnother(copy), ")"),
                Cat("rows of ", copy.table, " have another value in ", Identifier(copy.to), " than in ",
                    Identifier(copy.from), ": see whether another trigger changes them"));
}

}  // namespace rowkeeper::sql
