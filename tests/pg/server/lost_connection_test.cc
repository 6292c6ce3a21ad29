#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <numeric>
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
  constexpr int kReaders = 3;
  std::array<std::atomic<int>, kReaders> reads{};
  // A pooler gives each try another session, and may have more dead ones than there are tries.
  const bool pooled = std::getenv("ROWKEEPER_TEST_POOLER") != nullptr;
  std::atomic<int> unlucky_reads{0};
  std::mutex mutex;
  std::map<std::string, std::string> writes;  // by title
  std::vector<std::thread> threads;
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([&, i] {
      while (!stop) {
        const auto read = Call("TodoRepository.GetById", {{"id", todo["id"]}});
        ++reads[i];
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
  const auto all_reads = [&reads] { return std::accumulate(reads.begin(), reads.end(), 0); };
  const auto stored = [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    return std::count_if(writes.begin(), writes.end(), [](const auto& write) { return write.second == "OK"; });
  };
  const auto enough = [&] { return all_reads() > 100 && stored() > 100; };
  for (int kills = 0; kills < 8 || (kills < 200 && !enough()); ++kills) {
    std::array<int, kReaders> before{};
    std::copy(reads.begin(), reads.end(), before.begin());
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    // The pace of the storm: whatever began before the last kill has ended, so no call meets three of them.
    EXPECT_TRUE(Eventually([&] {
      return std::equal(reads.begin(), reads.end(), before.begin(), [](int now, int then) { return now >= then + 2; });
    }));
    server().database().Run(kKillAll);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(enough());
  EXPECT_LE(unlucky_reads * 50, all_reads());
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
