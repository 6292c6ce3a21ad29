#pragma once

#include <string>

#include "server/sql/statement.h"

/// What PostgreSQL knows of statements while they run, and of their ids. Pure text.
namespace rowkeeper::sql {

/// Of the processes in $1, an array, those that wait for a lock: process, whom each waits for ("8123,8124", never
/// empty: who got the lock meanwhile is left out; 0 is a prepared transaction), what for ("transactionid"), the
/// beginning of its statement, and what is seen of those: "psql, user ada, idle in transaction, since 40 s", or NULL.
std::string SelectLockWaits();

/// Asks PostgreSQL for the generic plan of a statement and its query id, as pg_stat_statements has it, without
/// executing it: the id is that of what is prepared. A transaction of its own, whose locks are waited for briefly; to
/// be executed in order, each text alone.
struct PlanQuestion {
  /// BEGIN, and short limits.
  std::string begin;
  std::string prepare;
  /// One column, for FindQueryId and FindPlanNode.
  std::string explain;
  /// Once `prepare` has succeeded, whatever fails then.
  std::string end;
  /// In place of `end` where it has not.
  std::string give_up;
};
PlanQuestion AskForPlan(const Statement& statement);

/// The id in one line of the answer; 0: it is not in this line.
int64_t FindQueryId(std::string_view line);
/// "Index Scan using pk_todos on public.todos", the node of the plan that begins in this line; empty: none does. No
/// value of a row or request is in it, for conditions have lines of their own.
std::string_view FindPlanNode(std::string_view line);

}  // namespace rowkeeper::sql
