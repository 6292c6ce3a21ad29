#include "server/db/stale_statement.h"

#include <string_view>

#include "server/db/error_origin.h"

namespace rowkeeper::db {
namespace {

/// A type, function or operator that is missing, or a value of another type.
bool IsAboutTypes(std::string_view sqlstate) {
  for (const std::string_view state : {"42704", "42883", "42804", "42725", "42846"}) {
    if (sqlstate == state) return true;
  }
  return false;
}

/// After a change of the schema a plan is made again from the names in the text, but with the types that parameters had
/// when the statement was prepared. What it misses then, or finds to be of another type, may fit a new statement.
bool IsMissingObject(std::string_view sqlstate) {
  return sqlstate == "42P01" || sqlstate == "42703" || sqlstate == "3F000" || IsAboutTypes(sqlstate);
}

/// An OID that was looked up before its object was replaced. These messages are not translated.
bool HasLostAnObject(const PgError& error) {
  const std::string_view words = error.primary;
  for (const std::string_view prefix : {"cache lookup failed for ", "could not open relation with OID "}) {
    if (words.substr(0, prefix.size()) == prefix) return error.sqlstate == "XX000";
  }
  return false;
}

bool IsOutdated(const PgError& error, PlanAge age) {
  if (HasLostAnObject(error)) return true;
  if (error.sqlstate == "0A000") return error.ReportedBy("RevalidateCachedQuery");
  if (age == PlanAge::kNew) return IsAboutTypes(error.sqlstate);
  if (age == PlanAge::kNewAgain) return false;
  // The label of a type that has another one's name now.
  if (error.sqlstate == "22P02") return error.ReportedBy("enum_in");
  return IsMissingObject(error.sqlstate);
}

}  // namespace

Staleness StalenessOf(const PgError& error, PlanAge age) {
  if (error.lost || OriginOf(error) != ErrorOrigin::kStatement) return Staleness::kNone;
  if (error.sqlstate == "42P05" && error.ReportedBy("StorePreparedStatement")) return Staleness::kTaken;
  if (error.sqlstate == "26000" && error.ReportedBy("FetchPreparedStatement")) return Staleness::kGone;
  return IsOutdated(error, age) ? Staleness::kOutdated : Staleness::kNone;
}

bool MissesName(const PgError& error) {
  return !error.lost && (error.sqlstate == "42P01" || error.sqlstate == "42703") &&
         OriginOf(error) == ErrorOrigin::kStatement;
}

}  // namespace rowkeeper::db
