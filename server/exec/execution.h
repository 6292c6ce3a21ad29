#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/db/connection.h"
#include "server/exec/error_context.h"
#include "server/exec/statement_cache.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

/// What may stand round the response of a write that decides by itself whether it can be answered: bytes.
inline constexpr int64_t kEnvelopeBytes = 512;

/// What every run uses. All of it outlives the runner.
struct RunnerParts {
  const ErrorContexts& errors;
  const plan::PageTokens& tokens;
  StatementCache* statements;
  Clock* clock;
  /// Larger responses are refused, and writes with one before they are durable.
  int64_t max_response_bytes = int64_t{8} << 20;
  /// Of exports: larger rows are read by themselves, so that any piece of an export is this times its rows at most.
  int64_t large_row_bytes = int64_t{8} << 10;

  /// What the response of such a write may have.
  int64_t room() const { return max_response_bytes - kEnvelopeBytes; }
};

/// What was sent for a call before it runs: its statement, if it has just one. Empty when nothing was.
struct SentAhead {
  std::shared_ptr<const sql::Statement> statement;
  std::vector<db::Param> params;
};

/// A call on its way to the database, as all kinds of runs see it.
struct Execution {
  const RunnerParts& parts;
  const plan::Call& call;
  db::Connection& connection;
  db::Cancellation* cancellation;
  /// Of the rows that other statements of the call gave, and that are kept with those of the next.
  size_t kept_bytes = 0;
  /// Its answer is to be read, instead of sending the call's main statement; null: nothing was sent.
  const SentAhead* ahead = nullptr;

  db::Query::Effect effect() const {
    return call.plan->reads_only() ? db::Query::Effect::kRead : db::Query::Effect::kWrite;
  }

  /// Whose constraints and columns errors speak of: the entity that a custom query writes, else the method's.
  const catalogue::Entity& subject() const;
  /// "id 0b52…, owner_id 77aa…": how the caller named the row.
  std::string KeyText() const;

  /// The call's statement of this kind.
  std::shared_ptr<const sql::Statement> Get(StatementCache::Kind kind) const;
  /// Sends the call's main statement, where the connection can leave its answer for later; else gives nothing.
  SentAhead SendAhead(std::shared_ptr<const sql::Statement> main) const;
  /// Executes a statement with the parameters that the call gives it.
  absl::StatusOr<db::Rows> Execute(const sql::Statement& statement, db::Query::Effect effect) const;
  /// Executes a statement with parameters of its own. Rows that are too many or too large to be a response are not read
  /// to their end: RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE. Of a partial batch outside a transaction, too, whose writes
  /// stand then: the error is ChangeWasMade().
  absl::StatusOr<db::Rows> Execute(const sql::Statement& statement, const std::vector<db::Param>& params,
                                   db::Query::Effect effect) const;
};

/// The value of a parameter that depends on the call alone; none of others.
db::Param ValueOf(const plan::Call& call, const sql::Parameter& parameter);

/// Whether rows that cannot be shown are to be left out of its response.
bool SkipsUnrepresentable(const plan::Call& call);

/// How a statement of this call is executed.
db::Query QueryOf(const Execution& execution, const sql::Statement& statement, const std::vector<db::Param>& params,
                  db::Query::Effect effect);

/// "id 0b52…, owner_id 77aa…": how the call names its row.
std::string KeyTextOf(const plan::Call& call);

}  // namespace rowkeeper::exec
