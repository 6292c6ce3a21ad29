#include <chrono>
#include <filesystem>
#include <thread>

#include "server/base/error_details.h"
#include "server/base/ids.h"
#include "server/db/pool.h"
#include "server/embedded/embedded_postgres.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// A server of its own, for what must not happen to the shared one.
class ServerRestartTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.data_dir = (std::filesystem::temp_directory_path() / Cat("rk_restart_", RandomHex(4))).string();
    Start();
    ASSERT_NE(server_, nullptr);
  }

  void TearDown() override {
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(options_.data_dir, ignored);
  }

  void Start() {
    auto server = embedded::EmbeddedPostgres::Start(options_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  static std::string ReasonOfCall(Pool& pool) {
    const auto lease = pool.Acquire({});
    if (!lease.ok()) return ErrorReason(lease.status());
    Query query;
    query.result = ResultShape::Any();
    query.text = "SELECT 1";
    query.effect = Query::Effect::kRead;
    const auto rows = (*lease)->Execute(query);
    return rows.ok() ? "OK" : ErrorReason(rows.status());
  }

  embedded::EmbeddedOptions options_;
  std::unique_ptr<embedded::EmbeddedPostgres> server_;
};

TEST_F(ServerRestartTest, CallsFailAtOnceWhileItIsDownAndRecoverWithinASecondOfItsReturn) {
  ConnectionOptions connection;
  connection.url = server_->url();
  Pool pool({}, connection);
  {
    std::vector<Lease> leases;
    for (int i = 0; i < 5; ++i) {
      auto lease = pool.Acquire({});
      ASSERT_TRUE(lease.ok()) << lease.status();
      leases.push_back(*std::move(lease));
    }
  }
  ASSERT_EQ(pool.stats().idle, 5);

  server_->Stop();
  const auto down = steady_clock::now();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ReasonOfCall(pool), "DATABASE_UNAVAILABLE");
  EXPECT_LT(steady_clock::now() - down, seconds(8));
  EXPECT_EQ(pool.stats().open, 0);

  server_.reset();
  Start();
  const auto up = steady_clock::now();
  EXPECT_TRUE(testing::Eventually([&] { return ReasonOfCall(pool) == "OK"; }));
  EXPECT_LT(steady_clock::now() - up, seconds(8));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ReasonOfCall(pool), "OK");
}

}  // namespace
}  // namespace rowkeeper::db
