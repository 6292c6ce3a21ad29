#pragma once

#include <chrono>
#include <string>
#include <vector>

/// The SQL of the table of servers, in which each says what it declares of the schema. Pure text. Ages are seconds, by
/// PostgreSQL's clock.
namespace rowkeeper::sql {

inline constexpr char kServersTable[] = "rowkeeper_servers";

/// Statements of a migration that makes the table, and of one that unmakes it. The new table has a row without id,
/// which declares "everything": servers that are up need a moment to notice the table.
std::vector<std::string> CreateServers();
std::vector<std::string> DropServers();

/// One cell: whether the table is there.
std::string SelectHasServers();
/// One cell: whether the role may do all that TouchServer and RegisterServer do; NULL where there is no table.
std::string SelectMayRegister();
/// Begins the transaction of the next two, each of which ends after `limit`. What a crash loses is written again, so
/// nobody waits for disks or standbys.
std::string BeginServerBeat(std::chrono::milliseconds limit);
/// Says that a server is there which declares what it did before: $1 id, $2 digest of that. A row: done; none: it is
/// not known, or has declared something else.
std::string TouchServer();
/// Says who a server is and what it declares: $1 id, $2 address, $3 release, $4 digest, $5 declarations as JSON.
/// A row. Forgets some servers that have not been seen for $6.
std::string RegisterServer();
/// Those that were seen within $1, a number, one for each digest: id, address, release, since when it declares that,
/// "YYYY-MM-DD HH:MM:SS" in UTC, declarations, which are "everything" above $2 bytes, and how many others declare the
/// same. The row without id comes last. A time to come is no nearer than one that is past.
std::string SelectServers();
/// Tables whose comments name messages, and all relations with names in $1, a JSON array, without schemas; those that
/// the session's search_path finds, or that are in a schema in $2, a JSON array. "schema.name", the message or "", and
/// of those in $1 a column and the identity in its comment or "" (see DeclaredBy), one row for each; NULLs for the
/// others. Ordered by relation.
std::string SelectMarkedTables();
inline constexpr int kMarkedTablesColumns = 4;

}  // namespace rowkeeper::sql
