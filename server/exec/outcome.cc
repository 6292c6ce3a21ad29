#include "server/exec/outcome.h"

#include <utility>

namespace rowkeeper::exec {

Outcome RowsOutcome(db::Rows rows, std::shared_ptr<const sql::Statement> statement, int count) {
  Outcome outcome;
  outcome.rows = std::move(rows);
  outcome.statement = std::move(statement);
  outcome.row_count = count;
  return outcome;
}

}  // namespace rowkeeper::exec
