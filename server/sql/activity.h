#pragma once

#include <string>

#include "server/sql/statement.h"

/// What PostgreSQL knows of statements while they run, and of their ids. Pure text.
namespace rowkeeper::sql {

/// Of the processes in $1, an array, those that wait for a lock: process, whom each waits for ("8123,8124"; 0 is a
/// prepared transaction), what for ("transactionid"), the beginning of its statement.
std::string SelectLockWaits();

/// Asks PostgreSQL for the query id of a statement, as pg_stat_statements has it, without executing it: the id is that
/// of what is prepared. A transaction of its own, whose locks are waited for briefly; to be executed in order, each
/// text alone.
struct QueryIdQuestion {
  /// BEGIN, and short limits.
  std::string begin;
  std::string prepare;
  /// One column. The id is in the line that FindQueryId looks for.
  std::string explain;
  /// Whatever has failed before.
  std::string end;
};
QueryIdQuestion AskQueryId(const Statement& statement);

/// The id in one line of the answer; 0: it is not in this line.
int64_t FindQueryId(std::string_view line);

}  // namespace rowkeeper::sql
