#pragma once

// The map of this folder:
//   live_schema.h       what the database has; table_fit.cc compares a table with its entity
//   schema_watch.h      keeps that up to date by looks that wait for nobody; fit_watch.h: and with it, what fits
//   query_fit.cc        custom queries, compared with what db/describe.h hears from PostgreSQL, at start and with each
//                       look
//   migration_runner.h  up, down, status, stamp under a lock; migration_file.h: dbmate's format; history.h: its table
//   init_data.h         repeatable first data

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {

/// One thing that the catalogue declares and the database has otherwise.
struct Mismatch {
  /// Full protobuf name.
  std::string entity;
  /// Proto name of the field; empty when it is about the table.
  std::string field;
  std::string table;
  /// SQL name; may have no field (a column that only the database has) and may be empty.
  std::string column;
  /// A sentence that names the table and the column.
  std::string problem;

  /// `planner.v1.Todo.due_at: column "due_at" of table "todos" is date, but the field needs timestamp with time zone`
  std::string ToString() const;
};

struct FitReport {
  /// What keeps the server from serving the catalogue.
  std::vector<Mismatch> mismatches;
  /// What works but weakens it: foreign keys that nothing enforces, indexes left invalid.
  std::vector<Mismatch> advice;

  bool fits() const { return mismatches.empty(); }
  /// The mismatches, one a line.
  std::string ToString() const;
};

/// Whether the database has what the server needs to serve `catalogue`: tables, columns with their types, nullability
/// and defaults, keys, foreign keys where there are some, enum labels, and nothing beside them that makes Create fail.
/// More columns and looser constraints are fine. A handful of queries for the whole catalogue. Errors: those of
/// db::Connection::Execute.
absl::StatusOr<FitReport> CheckFit(const catalogue::Catalogue& catalogue, db::Connection& connection);

/// The same for a live schema that was read before over `connection`. Says nothing of tables that it does not know.
absl::StatusOr<FitReport> CheckFit(const catalogue::Catalogue& catalogue, const LiveSchema& live,
                                   db::Connection& connection);

}  // namespace rowkeeper::schema
