#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/base/text.h"
#include "tests/pg/locks/callers.h"
#include "tests/pg/server/blocker.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr double kCatalogLockSeconds = 6;

class CatalogLocks : public ::testing::TestWithParam<const char*> {
 protected:
  static InProcessServer::Options Options() {
    InProcessServer::Options options;
    options.pool.pool_size = 4;  // all of them open before the lock: a new session reads catalogs
    options.pool.max_overflow = 0;
    return options;
  }

  InProcessServer server_{CompileExample("planner/v1"), Options()};
};

/// Prepared statements need no catalog, and a look that waits for one is late, not a misfit.
TEST_P(CatalogLocks, DoNotStopCallsThatArePrepared) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  {
    Callers warm(&server_, reads, 8);  // each connection prepares each statement, and plans it for good
    std::this_thread::sleep_for(std::chrono::milliseconds(3000));
  }
  HealthWatch health(&server_);
  Callers calls(&server_, reads, 4);
  Blocker blocker(&server_, Cat("LOCK TABLE pg_catalog.", GetParam(), " IN ACCESS EXCLUSIVE MODE"));
  std::this_thread::sleep_for(LockTime(kCatalogLockSeconds));
  blocker.End();
  calls.Stop();
  for (const auto& [error, method] : calls.result().errors) {
    EXPECT_THAT(error, HasSubstr("ABORTED LOCK_TIMEOUT: ")) << method << " on " << GetParam();
  }
  EXPECT_GT(calls.result().calls, 20);
  EXPECT_TRUE(health.always_served());
  for (const PlainRead& read : reads) EXPECT_EQ(Summary(server_.Call(read.method, read.request)), "OK") << read.method;
}

std::string NameOfCatalog(const ::testing::TestParamInfo<const char*>& catalog) { return catalog.param; }

INSTANTIATE_TEST_SUITE_P(Catalogs, CatalogLocks,
                         ::testing::Values("pg_constraint", "pg_attribute", "pg_class", "pg_index", "pg_attrdef"),
                         NameOfCatalog);

}  // namespace
}  // namespace rowkeeper::testing
