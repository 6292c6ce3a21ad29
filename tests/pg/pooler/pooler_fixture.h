#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/db/connection.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::db {

/// A scratch database, a role of its own in it whose settings are right, and a pooler before it.
class PoolerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::PgBouncer::Installed())
      GTEST_SKIP() << "PgBouncer is not installed: deploy/install_packages.sh --tests";
    ASSERT_TRUE(scratch_.ok());
    scratch_.Run(Cat("CREATE ROLE ", role_, " LOGIN; GRANT ALL ON SCHEMA public TO ", role_, "; ALTER ROLE ", role_,
                     " SET TimeZone = 'UTC'"));
  }

  void TearDown() override {
    pooler_.reset();
    if (scratch_.ok() && testing::PgBouncer::Installed()) {
      scratch_.Run(Cat("DROP OWNED BY ", role_, " CASCADE; DROP ROLE ", role_));
    }
  }

  void StartPooler(testing::PgBouncer::Options options) {
    options.users.push_back(role_);
    auto started = testing::PgBouncer::Start(options);
    ASSERT_TRUE(started.ok()) << started.status();
    pooler_ = *std::move(started);
  }

  testing::ScratchDatabase& scratch() { return scratch_; }
  const std::string& role() const { return role_; }

  ConnectionOptions Direct() const {
    ConnectionOptions options;
    options.url = scratch_.UrlFor(role_);
    return options;
  }
  ConnectionOptions DirectAsOwner() const {
    ConnectionOptions options;
    options.url = scratch_.url();
    return options;
  }
  ConnectionOptions Pooled(Pooler pooler = Pooler::kAuto) const {
    ConnectionOptions options = Direct();
    options.url = pooler_->Route(options.url);
    options.pooler = pooler;
    return options;
  }

  static std::unique_ptr<Connection> Open(const ConnectionOptions& options) {
    auto connection = Connection::Open(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }

  static absl::StatusOr<Rows> Run(Connection& connection, std::string_view sql, const std::vector<Param>& params = {}) {
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.params = &params;
    return connection.Execute(query);
  }

  /// As Value, of a statement that may be prepared under its name.
  static std::string NamedValue(Connection& connection, const std::string& sql, const std::vector<Param>& params) {
    const StatementName name(sql);
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.name = &name;
    query.params = &params;
    const auto rows = connection.Execute(query);
    if (!rows.ok()) return Cat("error: ", ErrorReason(rows.status()));
    return rows->size() == 0 ? "no row" : std::string(rows->cell(0, 0));
  }

  static std::string Value(Connection& connection, std::string_view sql, const std::vector<Param>& params = {}) {
    const auto rows = Run(connection, sql, params);
    if (!rows.ok()) return Cat("error: ", ErrorReason(rows.status()));
    return rows->size() == 0 ? "no row" : std::string(rows->cell(0, 0));
  }

 private:
  testing::ScratchDatabase scratch_{"pooler"};
  const std::string role_ = scratch_.name() + "_role";
  std::unique_ptr<testing::PgBouncer> pooler_;
};

}  // namespace rowkeeper::db
