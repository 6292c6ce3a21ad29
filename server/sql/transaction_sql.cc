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
std::string SavepointName(int number) { return Cat("rowkeeper_", number); }

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

std::string SelectAssignedTransactionId() { return "SELECT pg_catalog.pg_current_xact_id_if_assigned()"; }
std::string SelectTransactionStatus() { return "SELECT pg_catalog.pg_xact_status($1::pg_catalog.xid8)"; }

}  // namespace rowkeeper::sql
