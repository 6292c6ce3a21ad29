#pragma once

// The map of this folder:
//   live_schema.h       what the database has; table_fit.cc compares a table with its entity, type_fit.cc the types
//   schema_watch.h      keeps that up to date by looks that wait for nobody; fit_watch.h: and with it, what fits
//   method_fit.h        which methods and relations a difference breaks
//   query_fit.cc        custom queries, compared with what db/describe.h hears from PostgreSQL, at start and with each
//                       look
//   migration_runner.h  up, down, status, stamp under a lock; migration_file.h: dbmate's format; history.h: its table
//   init_data.h         repeatable first data; diff/schema_diff.h: migrations that are written from the protos

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {

/// What a difference keeps from working; of the methods of its entity, and of those of others that follow references to
/// it. method_fit.h tells which methods that are.
enum class Breaks {
  kNothing,    ///< works, but is worth knowing
  kTable,      ///< whatever uses the table
  kColumn,     ///< what names the column in a statement: returns it, compares it or stores it
  kStored,     ///< what stores values of callers in the column
  kReturned,   ///< what changes rows that exist and returns the column
  kCreated,    ///< what inserts rows
  kKey,        ///< what names one row by Mismatch::key
  kUpserted,   ///< upserts and imports that find rows by Mismatch::key
  kReference,  ///< relations over the column, and changes that follow it to other rows
  kReferred,   ///< what deletes rows for good, or changes columns of Mismatch::key, to which others refer
  kMethods,    ///< Mismatch::methods alone
};

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
  Breaks breaks = Breaks::kTable;
  /// kKey, kUpserted, kReferred: SQL names, in the order of the names.
  std::vector<std::string> key = {};
  /// kMethods: full names.
  std::vector<std::string> methods = {};
  /// What a migration would run to mend it, without semicolon; empty where `problem` says what to do, or nobody knows.
  std::string change = {};
  /// No migration is to be suggested: `problem` says what to do.
  bool says_what_to_do = false;

  /// `planner.v1.Todo.due_at: column "due_at" of table "todos" is date, but the field needs timestamp with time zone`
  std::string ToString() const;
};

struct FitReport {
  /// What keeps methods from being served.
  std::vector<Mismatch> mismatches;
  /// What works but is worth knowing: wider columns, foreign keys that nothing enforces, indexes left invalid. Breaks
  /// nothing.
  std::vector<Mismatch> advice;
  /// Full names of entities whose tables, and of methods whose custom queries, could not be looked at yet. Nothing else
  /// is said of them.
  std::vector<std::string> unknown;

  bool fits() const { return mismatches.empty() && unknown.empty(); }
  /// To `mismatches`, or to `advice` when it breaks nothing.
  void Add(Mismatch mismatch);
  /// The mismatches, one a line.
  std::string ToString() const;
};

/// Whether the database has what the server needs to serve `catalogue`: tables, columns with their types, nullability
/// and defaults, keys, foreign keys where there are some, enum labels, and nothing beside them that makes Create fail.
/// More columns, wider types and looser constraints are fine. A handful of queries for the whole catalogue. Errors:
/// those of db::Connection::Execute.
absl::StatusOr<FitReport> CheckFit(const catalogue::Catalogue& catalogue, db::Connection& connection);

/// The same for a live schema that was read before over `connection`. Says nothing of tables that it does not know.
absl::StatusOr<FitReport> CheckFit(const catalogue::Catalogue& catalogue, const LiveSchema& live,
                                   db::Connection& connection);

}  // namespace rowkeeper::schema
