#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "server/base/text.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::IsEmpty;

/// A tracker whose schema changes while it is used.
class SchemaChangeTest : public ::testing::Test {
 protected:
  explicit SchemaChangeTest(const InProcessServer::Options& options = {})
      : server_(CompileExample("tracker/v1"), options) {}

  void SetUp() override {
    ASSERT_TRUE(server_.ok());
    CreateKeyTable(&server_.database());
    server_.database().Run(R"(
      INSERT INTO "user" (email, display_name, avatar) VALUES ('a@example.org', 'Ada', '');
      INSERT INTO project (name, slug, owner_id) SELECT 'One', 'one', id FROM "user";)");
    project_ = server_.database().Value("SELECT id FROM project");
  }

  Json NewTask() const {
    return {{"task", {{"project_id", project_}, {"title", "t"}, {"priority", "TASK_PRIORITY_HIGH"}}}};
  }

  /// As a migration takes a label away.
  void RemakeTheEnum() {
    server_.database().Run(R"(
      BEGIN;
      ALTER TYPE task_priority RENAME TO task_priority_old;
      CREATE TYPE task_priority AS ENUM ('LOW', 'NORMAL', 'HIGH');
      ALTER TABLE task ALTER priority DROP DEFAULT;
      ALTER TABLE task ALTER priority TYPE task_priority USING priority::text::task_priority;
      ALTER TABLE task ALTER priority SET DEFAULT 'NORMAL';
      DROP TYPE task_priority_old;
      COMMIT;)");
  }

  std::string Tasks() { return server_.database().Value("SELECT count(*) FROM task"); }

  InProcessServer server_;
  std::string project_;
};

TEST_F(SchemaChangeTest, NoCallAloneNoticesAnEnumThatIsRemade) {
  constexpr int kThreads = 8;
  absl::Mutex mutex;
  std::map<std::string, int> failures;
  std::atomic<int> written{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int call = i; !stop; ++call) {
        absl::Status status;
        int tasks = 1;
        switch (call % 5) {
          case 0:
            status = server_.Call("TaskRepository.Create", NewTask()).status();
            break;
          case 1:
            status = CallWithKey(&server_, "TaskRepository.Create", NewTask(), NewKey()).bytes.status();
            break;
          case 2:
            status = RunRequest(&server_)
                         .Add("TaskRepository.Create", NewTask())
                         .Add("TaskRepository.Create", NewTask())
                         .Send()
                         .status();
            tasks = 2;
            break;
          case 3:
            status = server_.Call("TaskRepository.BatchCreate", {{"tasks", {NewTask()["task"], NewTask()["task"]}}})
                         .status();
            tasks = 2;
            break;
          default:
            status = server_.Call("TaskRepository.ListByProject", {{"project_id", project_}}).status();
            tasks = 0;
        }
        if (status.ok()) {
          written += tasks;
          continue;
        }
        const absl::MutexLock lock(&mutex);
        ++failures[Cat(call % 5, " ", Summary(status), " ", std::string(status.message()))];
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    RemakeTheEnum();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(failures, IsEmpty());
  EXPECT_GT(written, 10);
  EXPECT_EQ(Tasks(), std::to_string(written));
}

/// One connection is used at a time, so that each unit has that on which the statements have been prepared.
class SchemaChangeInUnitsTest : public SchemaChangeTest {
 protected:
  SchemaChangeInUnitsTest() : SchemaChangeTest(OneForUnits()) {}

  void SetUp() override {
    SchemaChangeTest::SetUp();
    server_.MustCall("TaskRepository.Create", NewTask());
    server_.MustCall("ProjectRepository.GetById", {{"id", project_}});
  }

  static InProcessServer::Options OneForUnits() {
    InProcessServer::Options options;
    options.pool.pool_size = 2;  // units may have one of them
    options.pool.max_overflow = 0;
    return options;
  }
};

TEST_F(SchemaChangeInUnitsTest, FirstCallDoesNotNotice) {
  const Unit unit(&server_);
  RemakeTheEnum();
  unit.MustCall("TaskRepository.Create", NewTask());
  EXPECT_EQ(ReasonOf(unit.Commit()), "OK");
  EXPECT_EQ(Tasks(), "2");
}

TEST_F(SchemaChangeInUnitsTest, FirstCallBehindASavepointDoesNotNotice) {
  const Unit unit(&server_);
  unit.MustCall("ProjectRepository.GetById", {{"id", project_}});
  EXPECT_EQ(ReasonOf(unit.Savepoint("here")), "OK");
  RemakeTheEnum();
  unit.MustCall("TaskRepository.Create", NewTask());
  EXPECT_EQ(ReasonOf(unit.Commit()), "OK");
  EXPECT_EQ(Tasks(), "2");
}

TEST_F(SchemaChangeInUnitsTest, LaterCallAsksToRunTheUnitAgain) {
  const auto run = [this](const std::function<void()>& between) {
    const Unit unit(&server_);
    unit.MustCall("ProjectRepository.GetById", {{"id", project_}});
    between();
    const auto created = unit.Call("TaskRepository.Create", NewTask());
    if (created.ok()) return unit.Commit().status();
    EXPECT_GE(RetryDelayOf(created.status()), 0);
    (void)unit.Rollback();
    return created.status();
  };
  EXPECT_EQ(Summary(run([this] { RemakeTheEnum(); })), "ABORTED SERIALIZATION_FAILURE");
  EXPECT_EQ(Tasks(), "1");
  EXPECT_EQ(Summary(run([] {})), "OK");
  EXPECT_EQ(Tasks(), "2");
}

}  // namespace
}  // namespace rowkeeper::testing
