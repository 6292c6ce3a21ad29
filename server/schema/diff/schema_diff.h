#pragma once

// The map of this folder, which makes a database what the protos declare:
//   schema_diff.h         compares the two
//   schema_model.h        what is known of tables, read by the same queries from both sides: the declared tables are
//                         made for a moment (declared_model.h), so that PostgreSQL writes both and equal texts are
//                         equal definitions
//   pairing.h             which table is which entity, which column which field (column_pairing.cc)
//   table_comparison.h    a kind of object a file: column_changes.cc with type_changes.cc, check_changes.cc,
//                         foreign_key_changes.cc (constraint_steps.h is theirs), index_changes.cc, enum_changes.cc,
//                         table_drops.cc; column_switch.h: types by expand and contract
//   steps.h               what they find: steps with what undoes them, questions, and what is left alone
//   diff_files.h          steps become migration files

#include <string>

#include "absl/status/statusor.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"
#include "server/schema/diff/steps.h"
#include "server/schema/index_need.h"

namespace rowkeeper::schema {

struct DiffOptions {
  /// The migration runner's table, which nobody declares: "name" or "schema.name".
  std::string history_table = "schema_migrations";
  /// What tables that are made get beside their declared indexes.
  MethodIndexes method_indexes = {};
  Retype retype = Retype::kRewrite;
};

/// What makes the database of `connection` what `catalogue` declares. Changes nothing: what it makes is temporary, and
/// its transaction is rolled back. It needs no right to create tables. Reads rows where a new condition could fail on
/// them. Errors: those of db::Connection::Execute; FAILED_PRECONDITION, in PostgreSQL's words, for a declared predicate
/// that it does not understand.
absl::StatusOr<SchemaDiff> DiffSchema(const catalogue::Catalogue& catalogue, const DiffOptions& options,
                                      db::Connection& connection);

}  // namespace rowkeeper::schema
