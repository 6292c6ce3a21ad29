#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/clock.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/db/connection.h"
#include "tests/support/eventually.h"
#include "tests/support/scratch_database.h"
#include "tests/support/statement_names.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::testing {

/// A scratch database with a table `entries (n int)`, and a gate before it. What became of it all is seen on the
/// scratch database's own connection, which does not go through the gate.
class GateTest : public ::testing::Test {
 protected:
  using Action = TcpGate::Action;
  using Rule = TcpGate::Rule;
  using Seen = TcpGate::Seen;
  using Clock = std::chrono::steady_clock;
  using Effect = db::Query::Effect;

  void SetUp() override {
    ASSERT_TRUE(scratch_.ok());
    scratch_.Run("CREATE TABLE entries (n int)");
    gate_ = std::make_unique<TcpGate>(scratch_.url());
  }

  db::ConnectionOptions Options() const {
    db::ConnectionOptions options;
    options.url = gate_->url();
    options.answer_limit_ms = 30000;  // however busy the machine is, an answer that comes is in time
    return options;
  }

  std::unique_ptr<db::Connection> Open() const {
    auto connection = db::Connection::Open(Options());
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }

  static db::Query Statement(std::string_view sql, Effect effect = Effect::kWrite) {
    db::Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.effect = effect;
    return query;
  }

  /// One that is waited for no longer than a moment.
  static db::Query HastyStatement(std::string_view sql, Effect effect = Effect::kWrite) {
    db::Query query = Statement(sql, effect);
    query.answer_limit_ms = 2000;
    return query;
  }

  /// "OK" or the reason of the error.
  static std::string Reason(const absl::Status& status) { return status.ok() ? "OK" : ErrorReason(status); }
  static std::string Do(db::Connection& connection, std::string_view sql, Effect effect = Effect::kWrite) {
    return Reason(connection.Execute(Statement(sql, effect)).status());
  }

  std::string Entries() {
    return scratch_.Value("SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM entries");
  }

  /// Waits until a session is in pg_sleep.
  void AwaitSleep() {
    ASSERT_TRUE(Eventually([&] {
      return scratch_.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = "
                 "'PgSleep'") == "1";
    })) << "no statement sleeps";
  }
  /// Waits until the database has no session but the test's own.
  void AwaitNoSession() { AwaitNone("true"); }
  /// Waits until no other session has a transaction open.
  void AwaitNoTransaction() { AwaitNone("xact_start IS NOT NULL"); }

  ScratchDatabase scratch_{"gate"};
  std::unique_ptr<TcpGate> gate_;

 private:
  void AwaitNone(std::string_view which) {
    const std::string sql =
        Cat("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
            "backend_type = 'client backend' AND ",
            which);
    ASSERT_TRUE(Eventually([&] { return scratch_.Value(sql) == "0"; })) << "a session does not end";
  }
};

}  // namespace rowkeeper::testing
