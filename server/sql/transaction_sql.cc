#include "server/sql/transaction_sql.h"

#include "server/base/text.h"

namespace rowkeeper::sql {
namespace {

std::string_view IsolationWords(TransactionMode::Isolation isolation) {
  switch (isolation) {
    case TransactionMode::Isolation::kReadCommitted:
      return "READ COMMITTED";
    case TransactionMode::Isolation::kRepeatableRead:
      return "REPEATABLE READ";
    case TransactionMode::Isolation::kSerializable:
      return "SERIALIZABLE";
  }
  return "SERIALIZABLE";
}

/// Lower case and never quoted.
std::string SavepointName(int number) {
  return number < 0 ? Cat("rowkeeper_own_", -number) : Cat("rowkeeper_", number);
}

/// Which history the server writes; another one after a standby took over. Empty on a standby.
constexpr char kTimeline[] =
    "CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' "
    "ELSE pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8) END";

/// Of the server's memory: another one after every start, and after every crash even when the postmaster survives it,
/// for PostgreSQL throws its statistics away then. Empty before PostgreSQL 15, where to ask would cost a file's
/// reading.
constexpr char kIncarnation[] =
    "CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 < 150000 THEN '' "
    "ELSE pg_catalog.concat(pg_catalog.pg_postmaster_start_time(), ' ', "
    "pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) END";

}  // namespace

std::string Begin() { return "BEGIN"; }

std::string BeginTransaction(const TransactionMode& mode, std::chrono::milliseconds idle_limit) {
  std::string text = Cat("BEGIN ISOLATION LEVEL ", IsolationWords(mode.isolation), mode.read_only ? ", READ ONLY" : "",
                         mode.deferrable ? ", DEFERRABLE" : "");
  if (idle_limit.count() > 0) text += Cat("; SET LOCAL idle_in_transaction_session_timeout = ", idle_limit.count());
  return text;
}

std::string Commit() { return "COMMIT"; }
std::string Rollback() { return "ROLLBACK"; }

std::string Savepoint(int number) { return Cat("SAVEPOINT ", SavepointName(number)); }
std::string RollbackToSavepoint(int number) { return Cat("ROLLBACK TO SAVEPOINT ", SavepointName(number)); }
std::string ReleaseSavepoint(int number) { return Cat("RELEASE SAVEPOINT ", SavepointName(number)); }

std::string SelectCommitPoint() {
  return Cat("SELECT pg_catalog.pg_current_xact_id_if_assigned(), checkpoint_lsn, ", kTimeline, ", ", kIncarnation,
             " FROM pg_catalog.pg_control_checkpoint()");
}

std::string SelectTransactionId() { return "SELECT pg_catalog.pg_current_xact_id_if_assigned()"; }

std::string SelectCommitOutcome() {
  const std::string id = "$1::pg_catalog.text";
  const std::string status = Cat("pg_catalog.pg_xact_status(", id, "::pg_catalog.xid8)");
  const std::string unless_committed = Cat("NULLIF(", status, ", 'committed')");
  return Cat("SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'in progress' WHEN ", kTimeline,
             " <> $3::pg_catalog.text THEN ", unless_committed, " WHEN ", kIncarnation,
             " = NULLIF($4::pg_catalog.text, '') THEN ", status, " WHEN checkpoint_lsn = $2::pg_catalog.pg_lsn THEN ",
             status, " WHEN checkpoint_lsn <> redo_lsn THEN ", unless_committed, " WHEN ", id,
             "::numeric >= pg_catalog.split_part(next_xid, ':', 1)::numeric * 4294967296 + "
             "pg_catalog.split_part(next_xid, ':', 2)::numeric THEN 'aborted' ELSE ",
             status, " END FROM pg_catalog.pg_control_checkpoint()");
}

std::string TerminateTransaction() {
  return Cat(
      "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity, "
      "pg_catalog.pg_control_checkpoint() WHERE backend_xid = $1::pg_catalog.text::pg_catalog.xid8::pg_catalog.xid "
      "AND (",
      kTimeline, ") = $3::pg_catalog.text AND ((", kIncarnation,
      ") = NULLIF($4::pg_catalog.text, '') OR checkpoint_lsn = $2::pg_catalog.pg_lsn)");
}

}  // namespace rowkeeper::sql
