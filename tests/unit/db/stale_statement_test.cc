#include "server/db/stale_statement.h"

#include <gtest/gtest.h>

#include <vector>

namespace rowkeeper::db {
namespace {

/// An error as PostgreSQL reports it of the statement that was sent.
PgError ErrorOf(const char* sqlstate, const char* primary, const char* function) {
  PgError error;
  error.sqlstate = sqlstate;
  error.primary = primary;
  error.source_function = function;
  return error;
}

struct StaleCase {
  PgError error;
  Staleness kept;
  Staleness unprepared;
};

std::vector<StaleCase> StaleCases() {
  const auto outdated = Staleness::kOutdated;
  const auto none = Staleness::kNone;
  return {
      {ErrorOf("26000", "prepared statement \"x\" does not exist", "FetchPreparedStatement"), Staleness::kGone,
       Staleness::kGone},
      {ErrorOf("42P05", "prepared statement \"x\" already exists", "StorePreparedStatement"), Staleness::kTaken,
       Staleness::kTaken},
      {ErrorOf("0A000", "cached plan must not change result type", "RevalidateCachedQuery"), outdated, outdated},
      {ErrorOf("XX000", "cache lookup failed for type 1", "getTypeInputInfo"), outdated, outdated},
      {ErrorOf("XX000", "could not open relation with OID 1", "relation_open"), outdated, outdated},
      {ErrorOf("42704", "type with OID 1 does not exist", "lookup_type_cache"), outdated, none},
      {ErrorOf("42P01", "relation \"t\" does not exist", "parserOpenTable"), outdated, none},
      {ErrorOf("42703", "column \"c\" does not exist", "errorMissingColumn"), outdated, none},
      {ErrorOf("42883", "operator does not exist", "op_error"), outdated, none},
      {ErrorOf("42804", "column \"c\" is of type x", "transformAssignedExpr"), outdated, none},
      {ErrorOf("22P02", "invalid input value for enum x", "enum_in"), outdated, none},
      {ErrorOf("22P02", "invalid input syntax for type integer", "pg_strtoint32"), none, none},
      {ErrorOf("XX000", "out of ideas", "ExecOpen"), none, none},
      {ErrorOf("XX001", "invalid page", "PageIsVerified"), none, none},
      {ErrorOf("0A000", "unit not supported", "timestamptz_trunc"), none, none},
      {ErrorOf("42501", "permission denied", "aclcheck_error"), none, none},
      {ErrorOf("42P05", "cursor exists", "CreatePortal"), none, none},
      {ErrorOf("23505", "duplicate key", "_bt_check_unique"), none, none},
      {ErrorOf("40001", "could not serialize access", "heap_update"), none, none},
  };
}

TEST(StaleStatementTest, ErrorsOfTheStatementItself) {
  for (const StaleCase& c : StaleCases()) {
    EXPECT_EQ(StalenessOf(c.error, PlanAge::kKept), c.kept) << c.error.sqlstate << " " << c.error.primary;
    EXPECT_EQ(StalenessOf(c.error, PlanAge::kNewAgain), c.unprepared) << c.error.sqlstate << " " << c.error.primary;
  }
}

/// It looked types up before it waited for a table.
TEST(StaleStatementTest, ANewPlanMayMissTypesAndNothingElse) {
  for (const StaleCase& c : StaleCases()) {
    const bool about_types = c.error.sqlstate == "42704" || c.error.sqlstate == "42883" || c.error.sqlstate == "42804";
    EXPECT_EQ(StalenessOf(c.error, PlanAge::kNew), about_types ? Staleness::kOutdated : c.unprepared)
        << c.error.sqlstate << " " << c.error.primary;
  }
}

TEST(StaleStatementTest, ErrorsOfAParameterAreTheStatements) {
  for (const StaleCase& c : StaleCases()) {
    PgError error = c.error;
    error.context = "unnamed portal parameter $1";
    EXPECT_EQ(StalenessOf(error, PlanAge::kKept), c.kept) << error.sqlstate;
    error.context = "unbenanntes Portal Parameter $1 = »...«";
    EXPECT_EQ(StalenessOf(error, PlanAge::kKept), c.kept) << error.sqlstate;
  }
}

TEST(StaleStatementTest, ErrorsOfABodyAreNot) {
  for (const StaleCase& c : StaleCases()) {
    for (const char* context : {"PL/pgSQL function f() line 1 at SQL statement", "PL/pgSQL-Funktion f() Zeile 1",
                                "SQL function \"f\" statement 1", "SQL-Funktion »f« Anweisung 1",
                                "SQL statement \"SELECT 1\"\nPL/pgSQL function f() line 1 at PERFORM"}) {
      PgError error = c.error;
      error.context = context;
      EXPECT_EQ(StalenessOf(error, PlanAge::kKept), Staleness::kNone) << error.sqlstate << " " << context;
    }
    PgError in_body = c.error;
    in_body.internal_query = "SELECT nope";
    EXPECT_EQ(StalenessOf(in_body, PlanAge::kKept), Staleness::kNone) << in_body.sqlstate;
    PgError raised = c.error;
    raised.source_function = "exec_stmt_raise";
    EXPECT_EQ(StalenessOf(raised, PlanAge::kKept), Staleness::kNone) << raised.sqlstate;
  }
}

TEST(StaleStatementTest, PositionIsInTheStatementItself) {
  PgError error = ErrorOf("42703", "column \"c\" does not exist", "errorMissingColumn");
  error.position = 8;
  error.context = "extended query with parameters: $1 = 'PL/SQL'";
  EXPECT_EQ(StalenessOf(error, PlanAge::kKept), Staleness::kOutdated);
}

TEST(StaleStatementTest, LostConnectionsHaveNoStatements) {
  for (const StaleCase& c : StaleCases()) {
    PgError error = c.error;
    error.lost = true;
    EXPECT_EQ(StalenessOf(error, PlanAge::kKept), Staleness::kNone) << error.sqlstate;
  }
}

}  // namespace
}  // namespace rowkeeper::db
