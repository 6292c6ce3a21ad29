#pragma once

// The map of this folder:
//   executor.h            the queue and the workers; jobs run beside calls
//   get_run.cc            one file a family: list_run.cc, write_run.cc, batch_run.cc, bulk_run.cc, query_run.cc;
//                         outcome.h: what a call found
//   list_run.cc           turns backward pages round, makes tokens, counts; export_run.h: an export's cursor
//   write_run.cc          ExplainMiss: why a write found no row (missing, deleted, version, immutable)
//   upsert_run.cc         upserts: what is run again when rows change under it, or when a trigger changes their keys
//   partial_run.cc        batches that are not atomic: tries, splits, gathers
//   same_rows.h           elements of a batch that are one row to the database
//   relation_loader.cc    relations, one statement each
//   statement_scope.h     keeps half a call out of a unit: writes of several statements run under a savepoint of their
//                         own
//   cascade_outcome.cc    names what forbids a soft delete; conflict.h: what is run again
//   traced_connection.cc  counts what a call costs, around the connection that it gets
//   idempotency_keys.cc   the table of idempotency keys

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

/// Runs a call's statements on a connection: autocommitted, or in whatever transaction the connection is in. Stateless;
/// thread-safe.
class Runner {
 public:
  explicit Runner(const RunnerParts& parts) : parts_(parts) {}

  /// Errors: those of the error table; a write that found no row is explained by a second statement.
  absl::StatusOr<Outcome> Run(const plan::Call& call, db::Connection& connection, db::Cancellation* cancellation) const;

 private:
  const RunnerParts parts_;
};

}  // namespace rowkeeper::exec
