#pragma once

#include "server/db/pool.h"
#include "server/db/session_counters.h"
#include "server/exec/executor.h"
#include "server/exec/statement_cache.h"
#include "server/observe/exposition.h"

namespace rowkeeper::app {

// What stands between calls and PostgreSQL: the queue, the statements, the connections. Of ServerMetrics.

void AddPool(const db::Pool& pool, observe::Exposition* out);
void AddSessions(const db::SessionCounters& sessions, observe::Exposition* out);
void AddExecutor(const exec::Executor& executor, observe::Exposition* out);
void AddStatements(const exec::StatementCache& statements, observe::Exposition* out);

}  // namespace rowkeeper::app
