#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "server/base/text.h"
#include "server/sql/identifier.h"
#include "tests/pg/locks/callers.h"
#include "tests/support/eventually.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::IsEmpty;

class SchemaStorm : public ::testing::TestWithParam<const char*> {
 protected:
  InProcessServer server_{CompileExample(GetParam())};
};

/// Changes that the server serves all the same, on its own tables and beside them.
TEST_P(SchemaStorm, OfHarmlessChangesIsNotNoticed) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  HealthWatch health(&server_);
  Callers calls(&server_, reads, 4);
  const auto end = std::chrono::steady_clock::now() + LockTime(6);
  for (size_t i = 0; std::chrono::steady_clock::now() < end; ++i) {
    const std::string table = sql::Table(*reads[i % reads.size()].entity);
    server_.database().Run(
        Cat("CREATE TABLE beside_", i, " (id bigint PRIMARY KEY, note text DEFAULT 'x' CHECK (note > ''))"));
    server_.database().Run(Cat("ALTER TABLE ", table, " ADD COLUMN beside integer DEFAULT ", i));
    server_.database().Run(Cat("CREATE INDEX beside ON ", table, " (beside) WHERE beside > 0"));
    server_.database().Run(Cat("COMMENT ON COLUMN ", table, ".beside IS 'storm'"));
    server_.database().Run(Cat("DROP INDEX beside; ALTER TABLE ", table, " DROP COLUMN beside"));
    server_.database().Run(Cat("DROP TABLE beside_", i));
  }
  calls.Stop();
  EXPECT_THAT(calls.result().errors, IsEmpty());
  EXPECT_GT(calls.result().calls, 100);
  EXPECT_TRUE(health.always_served());
}

/// A misfit is noticed in the midst of it, and its end as well.
TEST_P(SchemaStorm, HidesNoMisfit) {
  ASSERT_TRUE(server_.ok());
  const std::vector<PlainRead> reads = PlainReads(server_.loaded());
  std::atomic<bool> stop{false};
  std::thread storm([&] {
    const auto connection = server_.Connect();
    for (int i = 0; !stop; ++i) {
      const std::string text = Cat("ALTER TABLE ", sql::Table(*reads[1].entity), i % 2 == 0 ? " ADD" : " DROP",
                                   " COLUMN beside", i % 2 == 0 ? " integer DEFAULT 1" : "");
      db::Query query;
      query.text = text;
      EXPECT_TRUE(connection->Execute(query).ok());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  const catalogue::Entity& entity = *reads[0].entity;
  const std::string repository = reads[0].method.substr(0, reads[0].method.rfind('.'));
  const std::string column = sql::Identifier(entity.columns[entity.key[0]].name);
  for (int i = 0; i < 3; ++i) {
    server_.database().Run(Cat("COMMENT ON COLUMN ", sql::Table(entity), ".", column, " IS NULL; ALTER TABLE ",
                               sql::Table(entity), " RENAME COLUMN ", column, " TO elsewhere"));
    EXPECT_TRUE(Within(kSoon, [&] { return !server_.IsServing(repository); }));
    EXPECT_TRUE(server_.IsServing()) << "the other tables are served";
    server_.database().Run(Cat("ALTER TABLE ", sql::Table(entity), " RENAME COLUMN elsewhere TO ", column));
    EXPECT_TRUE(Within(kSoon, [&] { return server_.IsServing(repository); }));
  }
  stop = true;
  storm.join();
}

INSTANTIATE_TEST_SUITE_P(Examples, SchemaStorm, ::testing::Values("planner/v1", "tracker/v1"), ExampleName);

}  // namespace
}  // namespace rowkeeper::testing
