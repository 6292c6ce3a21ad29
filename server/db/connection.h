#pragma once

// The map of this folder:
//   session_setup.h        the settings of a new session, and whether a pooler is before the database
//   pg_session.h           libpqxx's connection and the PGconn below it; pqxx_compat.cc: what differs between libpqxx 6
//                          and 7
//   pool.h                 leases of connections, pre-ping, overflow, recycling
//   pg_error.h             the fields of an error; error_origin.h: whose it is; sqlstate.cc: it becomes the
//                          caller's, with proto names from exec/error_context.cc; constraint_errors.cc: class 23
//   canceller.cc           when PostgreSQL is asked to cancel, pg_cancel.cc: how; socket_watch.cc gives up a statement
//                          whose answer does not come in time, by abort_socket.h
//   runaway_statement.h    ends the process of a statement that ignores its cancellation; runaway_watch.h follows it
//                          to its end
//   prepared_statements.h  what one session has prepared; stale_statement.cc: when it is to be prepared again;
//                          statement_misses.h: when that is of no use
//   pg_renames.cc          statements that miss a name; current_names.h: what everything is called now
//   pg_together.cc         statements that travel together; commit_point.h: what a transaction's first write tells
//   answer_reader.h        counts an answer while it comes, and has it stopped when it is too large
//   pg_ahead.cc            statements that are sent by one thread and read by another, which input_threads.h wakes
//   result_fit.h           whether a result has the columns that its statement promised
//   running_statements.h   what runs now; statement_cost.h: what it cost, for its call and its statement
//   describe.h             asks PostgreSQL what a custom query takes and gives

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/memory_budget.h"
#include "server/base/result_shape.h"
#include "server/base/statement_name.h"
#include "server/db/cancellation.h"
#include "server/db/commit_point.h"
#include "server/db/error_context.h"
#include "server/db/rows.h"
#include "server/db/session_counters.h"
#include "server/db/statement_misses.h"
#include "server/observe/operation_durations.h"
#include "server/observe/statement_use.h"

namespace rowkeeper::sql {
struct Statement;
}  // namespace rowkeeper::sql

namespace rowkeeper::db {

class StatementRewriter;

/// What may stand between a connection and PostgreSQL. Each new connection finds out by itself, for one may come
/// between at any time: a pooler makes up the process id that it tells its clients.
enum class Pooler {
  /// A pooler that is found counts as one in transaction mode: nothing can prove that it is not.
  kAuto,
  /// Nothing; a pooler that is found is refused.
  kNone,
  /// Nothing, or a pooler that gives each client a session of its own.
  kSession,
  /// A pooler that gives each transaction another session, whether it is found or not.
  kTransaction,
};

/// What a connection is for.
enum class SessionUse {
  /// Statements and transactions.
  kStatements,
  /// Also what outlives a transaction: session locks, SET, PREPARE. Refused behind a transaction pooler.
  kSession,
};

/// How to reach PostgreSQL and how a session is set up.
struct ConnectionOptions {
  /// libpq connection string or URI; empty uses the PG* environment.
  std::string url;
  Pooler pooler = Pooler::kAuto;
  SessionUse use = SessionUse::kStatements;
  /// With Pooler::kSession: opens a second connection for a moment, to see whether the pooler shares sessions after
  /// all. For one of a process's connections: it may wait half a second where the pooler has no session to spare.
  bool prove_session = false;
  /// Longest time to establish a connection, seconds.
  int connect_timeout_s = 5;
  /// Cuts connect_timeout, wherever it was set, to what the caller can wait, seconds; 0: does not.
  int connect_limit_s = 0;
  /// Longest run of one statement, milliseconds; 0 means no limit. Range 0 to 86400000.
  int statement_timeout_ms = 30000;
  /// Longest wait for a row or table lock, milliseconds; 0 means no limit.
  int lock_timeout_ms = 5000;
  /// A server that hangs keeps its sockets open and says nothing: longest wait for the answer to a statement before the
  /// connection counts as lost, milliseconds; 0 means no limit. Should be above statement_timeout_ms. Noticed up to
  /// 100 ms later.
  int answer_limit_ms = 35000;
  /// PostgreSQL's own limit on a session that idles in a transaction, milliseconds; 0 means no limit.
  int idle_in_transaction_ms = 0;
  /// How many prepared statements a connection keeps before it forgets the least recently used.
  int prepared_statements = 512;
  /// application_name of the session, unless the URL has one.
  std::string application_name = "rowkeeper";
  /// Log every statement's text (never its values) to the logger "sql".
  bool echo = false;
  /// May be null: then errors know no entity but that of their statement.
  std::shared_ptr<const ServedErrorWords> errors;
  /// May be null: then nobody asks.
  std::shared_ptr<SessionCounters> counters;
  /// May be null: then each connection has its own. Those of a pool share one.
  std::shared_ptr<StatementMisses> misses;
  /// That the rows of all connections share; may be null: then there is no limit for all of them together.
  std::shared_ptr<MemoryBudget> memory;
};

/// One statement to execute.
struct Query {
  std::string_view text;
  /// That of `text`, which is prepared under it on first use on each connection; null executes without preparing.
  const StatementName* name = nullptr;
  const std::vector<Param>* params = nullptr;
  /// What the rows are read as. A result of any other shape is refused before a cell of it is read; by default, one
  /// with columns.
  ResultShape result;
  /// A write whose reply is lost has an unknown outcome; a read has none.
  enum class Effect { kRead, kWrite } effect = Effect::kWrite;
  const ErrorContext* errors = nullptr;
  /// An error about a value (SQLSTATE class 22) blames nobody's request where all values are the server's own:
  /// INTERNAL.
  enum class Values { kOfCaller, kOfServer } values = Values::kOfCaller;
  /// Where the execution is timed, from sending the statement to its answer, preparation and repeats included. nullptr:
  /// with others of its kind, BEGIN, COMMIT …
  observe::OperationDurations* durations = nullptr;
  /// Counts what it costs; may be null.
  observe::StatementUse* use = nullptr;
  /// Of a statement that is written anew where a table or a column that it names was renamed: `text` and `name` are
  /// those of `statement`. Both may be null.
  StatementRewriter* rewriter = nullptr;
  const sql::Statement* statement = nullptr;
  /// A statement that has not ended 1.5 s after it was cancelled counts as hanging, and its connection as lost: that is
  /// so where server or network hang, and for a statement of a healthy server that is too busy in code that does not
  /// look for cancellation. The error is then COMMIT_OUTCOME_UNKNOWN for an autocommitted write, DATABASE_UNAVAILABLE
  /// in a transaction, else CANCELLED or DEADLINE_EXCEEDED.
  Cancellation* cancellation = nullptr;
  /// Most bytes of the answer, as PostgreSQL sends them; 0: any number. When more come, or when
  /// ConnectionOptions::memory is full, the statement is cancelled and the error is ResultTooLarge() or MemoryFull(),
  /// which has failed the transaction that it is in. A statement that ends before it is cancelled has succeeded, and
  /// its rows are given. Where the answer goes on for as much again, the connection is lost too: PostgreSQL looks for
  /// cancellation between the rows of a SELECT, and not at all while it sends those of a write or of FETCH. So an
  /// autocommitted write is never stopped: see RowsOfWrite.
  size_t most_result_bytes = 0;
  /// Of an autocommitted write whose rows have more bytes than most_result_bytes. They tell of what is stored.
  enum class RowsOfWrite {
    kRead,
    /// Those beyond are dropped while they come, and the error is ChangeWasMade(ResultTooLarge()).
    kDrop,
  } rows_of_write = RowsOfWrite::kRead;
  /// Longest wait for the answer; then the connection counts as lost. 0: ConnectionOptions::answer_limit_ms.
  int answer_limit_ms = 0;
};

/// How far the answer to a statement that was sent ahead has come.
enum class Arrival {
  kUnderWay,  ///< there is more to come
  kWhole,     ///< its rows are there, as they were promised: Execute will not wait
  kOther,     ///< an error, many rows, no row of a write, a lost connection: Execute, or what comes after it, may wait
};

/// One PostgreSQL session. Used by one thread at a time. Once broken it stays broken: nothing here reconnects.
class Connection {
 public:
  /// Connects and sets the session up (UTF8, UTC, ISO dates, timeouts). Errors: UNAVAILABLE DATABASE_UNAVAILABLE, with
  /// the reason in the log; PERMISSION_DENIED for a refused login; RESOURCE_EXHAUSTED DATABASE_RESOURCES when the
  /// server takes no more connections; INVALID_ARGUMENT for a malformed URL; FAILED_PRECONDITION POOLER_UNFIT, with
  /// what to do, where a pooler does not give what `options` ask for.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);
  virtual ~Connection() = default;

  /// Runs one statement, autocommitted unless an explicit transaction was begun: BEGIN, COMMIT and the like are plain
  /// statements here. Errors are those of the error table, mapped from the SQLSTATE by sqlstate.h; no SQL text or
  /// driver message is in them. A lost connection is COMMIT_OUTCOME_UNKNOWN for an autocommitted write that was sent,
  /// unless PostgreSQL said before that it ends the session and so undid it. An error inside an explicit transaction
  /// leaves it failed: COMMIT is then refused, where PostgreSQL would roll back and report success.
  virtual absl::StatusOr<Rows> Execute(const Query& query) = 0;
  /// Has a statement of a transaction sent with the next one that is executed, in the same round trip: BEGIN,
  /// SAVEPOINT, or one whose rows nobody wants. `query.text` and the rest of it are copied. Its error is then that of
  /// the next statement, which is not executed, and which tells nothing of the two apart; a BEGIN that fails breaks the
  /// connection. A transaction that ends before any statement was executed in it costs nothing. Where statements cannot
  /// travel together (behind a pooler; one that is not prepared yet), it is executed at once.
  virtual absl::Status Enqueue(const Query& query) { return Execute(query).status(); }
  /// Of the transaction that is open: what PostgreSQL has told of it beside the answer to its first write. nullopt: it
  /// has told nothing, whether anything was written or not.
  virtual std::optional<CommitPoint> commit_point() const { return std::nullopt; }

  // A statement whose answer somebody else waits for: SendAhead, then ReadAhead as often as there is input on the
  // socket, until it says something else than kUnderWay, then Execute, all for one query. None but Execute waits.

  /// Sends `query` if that is all it takes: its statement is prepared, and no transaction is open. False: nothing was
  /// sent, and Execute does everything. What `query` points to lives until Execute.
  virtual bool SendAhead(const Query& /*query*/) { return false; }
  virtual Arrival ReadAhead() { return Arrival::kOther; }
  /// -1 where there is none to wait on.
  virtual int socket() const { return -1; }

  /// Runs text that may hold several statements (migrations). For scripts of the operator, not for callers: the error's
  /// message is PostgreSQL's, with its line. On error, `*position` (if not null) is the 1-based character offset, or 0.
  /// The code is that of the error table where a program can act on it (ABORTED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED,
  /// PERMISSION_DENIED, a lost connection), else FAILED_PRECONDITION. A script may take any time: no answer limit.
  /// Behind a transaction pooler it is refused, FAILED_PRECONDITION POOLER_UNFIT: it may change the session.
  virtual absl::Status ExecuteScript(std::string_view text, int* position) = 0;
  /// True once the session is lost; the object can then only be destroyed.
  virtual bool broken() const = 0;
  /// Statements run in an explicit transaction, failed or not, instead of each on its own.
  virtual bool in_transaction() const = 0;
  /// A statement of the explicit transaction failed: only ROLLBACK and ROLLBACK TO SAVEPOINT are of use.
  virtual bool in_failed_transaction() const = 0;
  /// PostgreSQL's process, for logs and tests; 0 behind a transaction pooler, where it is another one each time.
  virtual int backend_pid() const = 0;
  /// Without a round trip: false when the server has closed the socket or sent something unasked for.
  virtual bool SocketLooksAlive() const = 0;
  /// One round trip, of two seconds at most: a connection that does not answer by then is broken.
  virtual absl::Status Ping() = 0;
  /// Makes the session fit for its next user: rolls back what is open, in five seconds at most. No round trip when
  /// nothing is.
  virtual absl::Status Reset() = 0;
};

/// "libpqxx 6.4.5", for `rowkeeper version`.
std::string DriverVersion();

}  // namespace rowkeeper::db
