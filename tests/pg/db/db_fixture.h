#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/db/connection.h"
#include "tests/support/eventually.h"
#include "tests/support/scratch_database.h"
#include "tests/support/statement_names.h"

namespace rowkeeper::db {

/// A backend that does not answer, though its socket stays open, while this lives.
class HungBackend {
 public:
  explicit HungBackend(int pid) : pid_(IsBackend(pid) && kill(pid, SIGSTOP) == 0 ? pid : 0) {}
  ~HungBackend() {
    if (pid_ != 0) kill(pid_, SIGCONT);
  }
  HungBackend(const HungBackend&) = delete;
  HungBackend& operator=(const HungBackend&) = delete;

  /// False when the server is on another machine or belongs to another user.
  bool ok() const { return pid_ != 0; }

 private:
  static bool IsBackend(int pid) {
    std::string title;
    std::ifstream file(Cat("/proc/", pid, "/cmdline"));
    return std::getline(file, title) && title.substr(0, 9) == "postgres:";
  }

  const int pid_;
};

/// One scratch database for the tests of a suite, and the shortest way to run a statement.
class DbTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { scratch_ = new testing::ScratchDatabase("db"); }
  static void TearDownTestSuite() {
    delete scratch_;
    scratch_ = nullptr;
  }

  void SetUp() override { ASSERT_TRUE(scratch_->ok()); }

  static testing::ScratchDatabase& scratch() { return *scratch_; }

  static ConnectionOptions Options() {
    ConnectionOptions options;
    options.url = scratch_->url();
    return options;
  }

  static std::unique_ptr<Connection> Open(const ConnectionOptions& options) {
    auto connection = Connection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }
  static std::unique_ptr<Connection> Open() { return Open(Options()); }

  static absl::StatusOr<Rows> Run(Connection& connection, std::string_view sql, const std::vector<Param>& params = {},
                                  Query::Effect effect = Query::Effect::kWrite) {
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.params = &params;
    query.effect = effect;
    return connection.Execute(query);
  }

  static std::string Value(Connection& connection, std::string_view sql, const std::vector<Param>& params = {}) {
    const auto rows = Run(connection, sql, params);
    if (!rows.ok()) return Cat("error: ", ErrorReason(rows.status()));
    return rows->size() == 0 ? "no row" : std::string(rows->cell(0, 0));
  }

  static std::string Reason(const absl::StatusOr<Rows>& result) {
    return result.ok() ? "OK" : ErrorReason(result.status());
  }

  /// Waits until a backend is in pg_sleep, so that what happens now happens to its statement.
  static void AwaitSleep(int backend_pid) {
    const std::string sleeps =
        Cat("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = ", backend_pid);
    EXPECT_TRUE(testing::Eventually([&sleeps] { return scratch_->Value(sleeps) == "1"; }));
  }

  /// Ends a backend and waits until it is gone, so that its socket is closed.
  static void Kill(int backend_pid) { scratch_->Run(Cat("SELECT pg_terminate_backend(", backend_pid, ", 5000)")); }

 private:
  static inline testing::ScratchDatabase* scratch_ = nullptr;
};

}  // namespace rowkeeper::db
