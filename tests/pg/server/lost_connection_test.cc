#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/support/cut_off.h"

namespace rowkeeper::testing {
namespace {

constexpr char kKillAll[] =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
    "application_name = 'rowkeeper' AND pid <> pg_backend_pid()";

std::string IsDeleted(const Json& todo) {
  return Cat("EXISTS (SELECT FROM todos WHERE deleted_at IS NOT NULL AND id = '", todo.value("id", ""), "')");
}

using LostConnectionTest = PlannerTest;

TEST_F(LostConnectionTest, IdleConnectionsThatDiedGoUnnoticed) {
  const Json todo = NewTodo(NewProfile());
  for (int i = 0; i < 5; ++i) {
    server().database().Run(kKillAll);
    EXPECT_EQ(GetTodo(todo.value("id", "")), todo);
    server().database().Run(kKillAll);
    NewTodo(todo.value("owner_id", ""));
  }
}

TEST_F(LostConnectionTest, ReadsSucceedByRetryAndWritesAreNeverWrong) {
  const Json todo = NewTodo(NewProfile());
  std::atomic<bool> stop{false};
  std::atomic<int> reads{0};
  // A pooler gives each try another session, and may have more dead ones than there are tries.
  const bool pooled = std::getenv("ROWKEEPER_TEST_POOLER") != nullptr;
  std::atomic<int> unlucky_reads{0};
  std::mutex mutex;
  std::map<std::string, std::string> writes;  // by title
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const auto read = Call("TodoRepository.GetById", {{"id", todo["id"]}});
        ++reads;
        if (pooled && Summary(read) == "UNAVAILABLE DATABASE_UNAVAILABLE") {
          ++unlucky_reads;
        } else {
          EXPECT_EQ(Summary(read), "OK") << read.status();
        }
      }
    });
    threads.emplace_back([&, i] {
      for (int n = 0; !stop; ++n) {
        const std::string title = Cat("killed ", i, " ", n);
        const auto written =
            Call("TodoRepository.Create", {{"todo", {{"owner_id", todo["owner_id"]}, {"title", title}}}});
        const std::lock_guard<std::mutex> lock(mutex);
        writes[title] = Summary(written);
      }
    });
  }
  for (int i = 0; i < 8; ++i) {
    // The pace of the storm: a call is tried again for about as long.
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    server().database().Run(kKillAll);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(reads, 100);
  EXPECT_LE(unlucky_reads * 50, reads);
  EXPECT_GT(writes.size(), 100u);
  std::map<std::string, int> outcomes;
  for (const auto& [title, outcome] : writes) {
    ++outcomes[outcome];
    const std::string rows = server().database().Value(Cat("SELECT count(*) FROM todos WHERE title = '", title, "'"));
    if (outcome == "OK") {
      EXPECT_EQ(rows, "1") << title;
    } else if (outcome == "UNAVAILABLE DATABASE_UNAVAILABLE") {
      EXPECT_EQ(rows, "0") << title;
    } else {
      EXPECT_EQ(outcome, "UNKNOWN COMMIT_OUTCOME_UNKNOWN") << title;
      EXPECT_TRUE(rows == "0" || rows == "1") << rows << " of " << title;
    }
  }
  EXPECT_GT(outcomes["OK"], 100);
}

TEST_F(LostConnectionTest, AWriteThatIsCutOffHasAnUnknownOutcome) {
  if (std::getenv("ROWKEEPER_TEST_POOLER") != nullptr) GTEST_SKIP() << "the sockets are the pooler's";
  const Json todo = NewTodo(NewProfile());
  Blocker blocker(&server(), LockTodo(todo));
  std::thread cutter([&] {
    EXPECT_TRUE(Eventually(&server(), kWaiting + " = 1"));
    EXPECT_EQ(CutOff(&server(), "wait_event_type = 'Lock'"), 1);
  });
  const auto cut = Call("TodoRepository.SoftDelete", {{"id", todo["id"]}});
  cutter.join();
  EXPECT_EQ(Summary(cut), "UNKNOWN COMMIT_OUTCOME_UNKNOWN");
  blocker.End();
  EXPECT_TRUE(Eventually(&server(), IsDeleted(todo))) << "PostgreSQL went on";
}

/// It says so, and undoes the write before it does.
TEST_F(LostConnectionTest, AWriteWhoseSessionPostgresqlEndsIsRunAgain) {
  const Json todo = NewTodo(NewProfile());
  Blocker blocker(&server(), LockTodo(todo));
  std::thread killer([&] {
    EXPECT_TRUE(Eventually(&server(), kWaiting + " = 1"));
    const std::string killed = server().database().Value(Cat("SELECT pid FROM ", kWaitingSessions));
    server().database().Run(kKillAll);
    EXPECT_TRUE(Eventually(&server(), Cat("EXISTS (SELECT FROM ", kWaitingSessions, " AND pid <> ", killed, ")")));
    blocker.End();
  });
  const auto again = Call("TodoRepository.SoftDelete", {{"id", todo["id"]}});
  killer.join();
  EXPECT_EQ(Summary(again), "OK");
  EXPECT_EQ(server().database().Value("SELECT " + IsDeleted(todo)), "t");
}

}  // namespace
}  // namespace rowkeeper::testing
