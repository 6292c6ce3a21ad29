#pragma once

// The map of this folder:
//   executor.h            the queue and the workers; jobs run beside calls; send_ahead.cc: calls that need no worker
//   merge_lanes.h         which calls run together as one statement; merged_calls.h: that statement; merging.cc: how
//                         the executor runs it and answers each call
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
#include "server/exec/merge_lanes.h"
#include "server/exec/merged_calls.h"
#include "server/exec/outcome.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

/// Runs a call's statements on a connection: autocommitted, or in whatever transaction the connection is in. Stateless;
/// thread-safe.
class Runner {
 public:
  explicit Runner(const RunnerParts& parts) : parts_(parts) {}

  /// Errors: those of the error table; a write that found no row is explained by a second statement.
  absl::StatusOr<Outcome> Run(const plan::Call& call, db::Connection& connection,
                              db::Cancellation* cancellation) const {
    return Run(call, connection, cancellation, SentAhead());
  }

  // A call may be run in two halves: somebody sends its statement, and somebody else runs it when the answer is there.

  /// Whether `call` is one statement, which is kept, as far as all goes well.
  static bool IsOneStatement(const plan::Call& call);
  /// Sends the statement of a call of which IsOneStatement is true; empty where `connection` does not take it, see
  /// Connection::SendAhead. Does not wait.
  SentAhead SendAhead(const plan::Call& call, std::shared_ptr<const sql::Statement> main, db::Connection& connection,
                      db::Cancellation* cancellation) const;
  /// The statement of such a call.
  std::shared_ptr<const sql::Statement> MainStatement(const plan::Call& call) const {
    return parts_.statements->Get(*call.plan, call.variant, StatementCache::Kind::kMain);
  }
  /// Runs a call for which `ahead` was sent on this connection; empty: nothing was.
  absl::StatusOr<Outcome> Run(const plan::Call& call, db::Connection& connection, db::Cancellation* cancellation,
                              const SentAhead& ahead) const;

  // Calls of one statement may be executed as one.

  /// Bytes of the values that a row is looked up by, of a call that may be one of many: those of 64 are sent at once.
  static constexpr size_t kMostKeyBytes = 100;
  /// The same of a list's conditions and page token.
  static constexpr size_t kMostListBytes = 256;
  /// Rows of a page that may be one of many; it takes PostgreSQL twice as long as all else that a call takes.
  static constexpr int kMostPageRows = 100;
  /// So many of a page's rows a count stands for: the database may have to look at many.
  static constexpr int kRowsOfCount = 50;
  /// Elements of a batch that reads and may be one of many, and bytes of their keys.
  static constexpr size_t kMostBatchElements = 50;
  static constexpr size_t kMostBatchBytes = 4096;
  /// The same of all that a write sends.
  static constexpr size_t kMostWriteBytes = 1024;
  /// Whether `call` may be one of many.
  static bool IsMergeable(const plan::Call& call, Mergeable calls);
  /// What such a call takes of a statement. Pages of very different lengths do not share one.
  static MergeLanes::Share ShareOf(const plan::Call& call);
  /// Calls of one variant of one method, which outlive what is given.
  MergedCalls Merge(std::vector<const plan::Call*> calls) const { return MergedCalls(parts_, std::move(calls)); }

 private:
  const RunnerParts parts_;
};

}  // namespace rowkeeper::exec
