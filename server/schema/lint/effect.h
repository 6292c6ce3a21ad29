#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rowkeeper::schema {

/// The locks that PostgreSQL takes on tables, weakest first.
enum class TableLock {
  kNone,
  kAccessShare,
  kRowShare,
  kRowExclusive,
  kShareUpdateExclusive,
  kShare,  ///< from here on writers wait
  kShareRowExclusive,
  kExclusive,
  kAccessExclusive,  ///< readers wait
};
/// "ACCESS EXCLUSIVE"; "" for kNone.
const char* NameOf(TableLock lock);

/// One thing that a statement does to what exists: which lock it takes on a table, and whether it reads or writes all
/// rows under it. Names are without quotes; a table's is "name" or "schema.name".
struct Effect {
  enum class Kind {
    kAddColumn,
    kRequireColumn,  ///< NOT NULL, and nothing fills it in rows that exist
    kFillColumn,     ///< a default that differs from row to row, or a generated column
    kAddForeignKey,
    kAddCheck,
    kAddUnique,
    kAddPrimaryKey,
    kAddExclusion,
    kAddNotValid,  ///< a check or foreign key, for rows that are written from now on
    kAddByIndex,   ///< a key from an index that is there
    kValidate,
    kSetNotNull,
    kDropNotNull,
    kSetType,
    kDropColumn,
    kDropConstraint,
    kRenameColumn,
    kRenameTable,
    kCreateTable,
    kDropTable,
    kCreateIndex,
    kDropIndex,
    kReindex,
    kDetachPartition,
    kRefresh,  ///< of a materialized view
    kTruncate,
    kRepack,        ///< VACUUM FULL, CLUSTER
    kRewriteTable,  ///< ALTER TABLE: another access method or tablespace, LOGGED, UNLOGGED
    kLockTable,
    kWriteRows,    ///< INSERT, UPDATE, DELETE
    kReadRows,     ///< COPY TO and the like
    kRenameLabel,  ///< of an enum type
    kDropSchema,
    kDropDatabase,
    kCheckDomain,  ///< a constraint of a domain, which all tables that use it are held against
    kSetLockTimeout,
    kBegin,
    kCommit,
    kOther,
  };

  Kind kind = Kind::kOther;
  std::string table;
  /// The column that it is about.
  std::string column;
  /// The constraint, index or type that it is about; the new name of what is renamed; the value of lock_timeout.
  std::string object;
  /// Of a column, as format_type() writes it; empty where that cannot be told from the text.
  std::string type;
  TableLock lock = TableLock::kNone;
  /// Under the lock.
  bool scans = false;
  bool rewrites = false;
  /// With CONCURRENTLY, so it cannot run in a transaction.
  bool concurrently = false;
  /// DROP ... CASCADE, TRUNCATE ... CASCADE.
  bool cascades = false;
  /// With IF EXISTS or IF NOT EXISTS.
  bool if_exists = false;
  /// Of kAddCheck and kAddNotValid: proves that `column` is not NULL.
  bool proves_not_null = false;
  /// Of kWriteRows: an UPDATE or DELETE of all rows.
  bool all_rows = false;
  /// Byte in the statement that it begins at, or 0.
  size_t offset = 0;
};
using EffectKind = Effect::Kind;

}  // namespace rowkeeper::schema
