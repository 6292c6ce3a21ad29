#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/call_trace.h"

namespace rowkeeper::exec {

/// A connection that counts what goes over it into a trace, and asks for the plan of each statement before it executes
/// it when the trace wants plans. A plan that PostgreSQL cannot make is the statement's own error. Owns neither.
class TracedConnection final : public db::Connection {
 public:
  TracedConnection(db::Connection* connection, CallTrace* trace) : connection_(*connection), trace_(*trace) {}

  absl::StatusOr<db::Rows> Execute(const db::Query& query) override;
  absl::Status Enqueue(const db::Query& query) override;
  std::optional<db::CommitPoint> commit_point() const override { return connection_.commit_point(); }
  absl::Status ExecuteScript(std::string_view text, int* position) override;
  bool broken() const override { return connection_.broken(); }
  bool in_failed_transaction() const override { return connection_.in_failed_transaction(); }
  bool in_transaction() const override { return connection_.in_transaction(); }
  int backend_pid() const override { return connection_.backend_pid(); }
  bool SocketLooksAlive() const override { return connection_.SocketLooksAlive(); }
  absl::Status Ping() override { return connection_.Ping(); }
  absl::Status Reset() override { return connection_.Reset(); }

 private:
  absl::Status ExplainFirst(const db::Query& query);

  db::Connection& connection_;
  CallTrace& trace_;
};

}  // namespace rowkeeper::exec
