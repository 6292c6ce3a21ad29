#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "tests/pg/locks/callers.h"
#include "tests/pg/server/blocker.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

const std::string kExclusiveLockAwaited =
    "EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE datname = current_database() AND NOT "
    "granted AND mode = 'AccessExclusiveLock')";

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Enough for every limit of the server's own looks to pass.
constexpr double kLockSeconds = 3.5;
/// What the looks may cost calls of other tables, on a machine that others use.
constexpr std::chrono::milliseconds kStillQuick{1500};

std::vector<PlainRead> Without(const std::vector<PlainRead>& reads, const catalogue::Entity* entity) {
  std::vector<PlainRead> others;
  for (const PlainRead& read : reads) {
    if (read.entity != entity) others.push_back(read);
  }
  return others;
}

std::vector<PlainRead> Only(const std::vector<PlainRead>& reads, const catalogue::Entity* entity) {
  for (const PlainRead& read : reads) {
    if (read.entity == entity) return {read};
  }
  return {};
}

class TableLocks : public ::testing::TestWithParam<const char*> {
 protected:
  /// Waits for locks for a second only, so that those who wait come back while the lock is held.
  static InProcessServer::Options ShortWaits() {
    InProcessServer::Options options;
    options.connection.lock_timeout_ms = 1000;
    return options;
  }

  InProcessServer server_{CompileExample(GetParam()), ShortWaits()};
};

/// Holds locks that `lock` takes while others call; says what they saw.
void Hold(InProcessServer* server, const std::string& lock, const std::vector<PlainRead>& others,
          const std::vector<PlainRead>& waiting) {
  SCOPED_TRACE(lock);
  Blocker blocker(server, lock);
  HealthWatch health(server);
  Callers calls(server, others, 4);
  Callers waits(server, waiting, 2);
  std::this_thread::sleep_for(LockTime(kLockSeconds));
  calls.Stop();
  blocker.End();
  waits.Stop();
  const Callers::Result seen = calls.result();
  EXPECT_THAT(seen.errors, IsEmpty());
  EXPECT_GT(seen.calls, 20);
  EXPECT_LT(seen.p90, kStillQuick);
  EXPECT_TRUE(health.always_served());
  for (const auto& [error, method] : waits.result().errors) {
    EXPECT_THAT(error, HasSubstr("ABORTED LOCK_TIMEOUT: ")) << method;
    EXPECT_THAT(error, Not(HasSubstr("database cannot be reached")));
  }
}

TEST_P(TableLocks, BlockOnlyCallsOfThatTable) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  ASSERT_GT(reads.size(), 4u);
  for (const PlainRead& read : reads) {
    Hold(&server_, Cat("LOCK TABLE ", sql::Table(*read.entity), " IN ACCESS EXCLUSIVE MODE"),
         Without(reads, read.entity), Only(reads, read.entity));
  }
  for (const PlainRead& read : reads) EXPECT_EQ(Summary(server_.Call(read.method, read.request)), "OK") << read.method;
}

/// What has changed cannot be read while it is locked.
TEST_P(TableLocks, OfTablesThatHaveChangedBlockOnlyCallsOfThem) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  std::string change = "BEGIN; ";
  std::string lock;
  std::vector<PlainRead> changed = {reads[0], reads[1]};
  for (const PlainRead& read : changed) {
    change += Cat("ALTER TABLE ", sql::Table(*read.entity), " ADD COLUMN beside integer DEFAULT 7; ");
    lock += Cat(lock.empty() ? "LOCK TABLE " : ", ", sql::Table(*read.entity));
  }
  // Nobody can read the tables between the change and the lock: whoever waits for the lock is first.
  Blocker changing(&server_, change.substr(std::string("BEGIN; ").size()));
  std::thread next([&] {
    Hold(&server_, Cat(lock, " IN ACCESS EXCLUSIVE MODE"),
         Without(Without(reads, changed[0].entity), changed[1].entity), changed);
  });
  EXPECT_TRUE(Eventually(&server_, kExclusiveLockAwaited));
  changing.End("COMMIT");
  next.join();
  for (const PlainRead& read : reads) EXPECT_EQ(Summary(server_.Call(read.method, read.request)), "OK") << read.method;
}

/// Everybody who comes later waits behind the ALTER, which waits for a reader.
TEST_P(TableLocks, ThatAnAlterWaitsForBlockOnlyCallsOfThatTable) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  const std::string table = sql::Table(*reads[0].entity);
  Blocker reader(&server_, Cat("SELECT count(*) FROM ", table));
  const auto connection = server_.Connect();
  std::thread altering([&] {
    const std::string text = Cat("ALTER TABLE ", table, " ADD COLUMN beside integer");
    db::Query query;
    query.text = text;
    (void)connection->Execute(query);  // ends when the reader does, or at its own limit
  });
  EXPECT_TRUE(Eventually(&server_, kExclusiveLockAwaited));
  HealthWatch health(&server_);
  Callers calls(&server_, Without(reads, reads[0].entity), 4);
  Callers waits(&server_, Only(reads, reads[0].entity), 2);
  std::this_thread::sleep_for(LockTime(kLockSeconds));
  calls.Stop();
  reader.End();
  waits.Stop();
  altering.join();
  EXPECT_THAT(calls.result().errors, IsEmpty());
  EXPECT_LT(calls.result().p90, kStillQuick);
  EXPECT_TRUE(health.always_served());
  for (const auto& [error, method] : waits.result().errors) EXPECT_THAT(error, HasSubstr("ABORTED LOCK_TIMEOUT: "));
}

/// They would take every connection, one after the other.
TEST_P(TableLocks, LeaveConnectionsToOthersHoweverManyCallsWait) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  Blocker blocker(&server_, Cat("LOCK TABLE ", sql::Table(*reads[0].entity), ", ", sql::Table(*reads[1].entity),
                                " IN ACCESS EXCLUSIVE MODE"));
  Callers waits(&server_, {reads[0], reads[1]}, 80);
  EXPECT_TRUE(Eventually(&server_,
                         "(SELECT count(DISTINCT relation) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE "
                         "datname = current_database() AND NOT granted) = 2"));
  Callers calls(&server_, Without(Without(reads, reads[0].entity), reads[1].entity), 4);
  std::this_thread::sleep_for(LockTime(kLockSeconds));
  calls.Stop();
  blocker.End();
  waits.Stop();
  EXPECT_THAT(calls.result().errors, IsEmpty());
  EXPECT_LT(calls.result().p90, kStillQuick);
}

/// A server that begins while a table is locked serves the others at once, and that one as soon as it can see it.
TEST_P(TableLocks, AtTheStartEndWithTheLock) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  server_.Stop();
  Blocker blocker(&server_, Cat("LOCK TABLE ", sql::Table(*reads[0].entity), " IN ACCESS EXCLUSIVE MODE"));
  server_.Start();
  for (const PlainRead& read : Without(reads, reads[0].entity)) {
    EXPECT_EQ(Summary(server_.Call(read.method, read.request)), "OK") << read.method;
  }
  const absl::Status unseen = server_.Call(reads[0].method, reads[0].request).status();
  EXPECT_EQ(Summary(unseen), "UNAVAILABLE DATABASE_UNAVAILABLE");
  EXPECT_THAT(std::string(unseen.message()), HasSubstr(Cat("the table of ", reads[0].entity->full_name)));
  EXPECT_GT(RetryDelayOf(unseen), 0);
  blocker.End();
  EXPECT_TRUE(Within(kSoon, [&] { return server_.Call(reads[0].method, reads[0].request).ok(); }));
}

INSTANTIATE_TEST_SUITE_P(Examples, TableLocks, ::testing::Values("planner/v1", "tracker/v1"), ExampleName);

}  // namespace
}  // namespace rowkeeper::testing
