#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/db/conninfo.h"
#include "server/sql/idempotency_sql.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/in_process_server.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/random_catalogue.h"

/// Several servers behind one small pooler: each answer and, in the end, each row is as over a direct connection.
namespace rowkeeper::testing {
namespace {

/// What no call may be answered here: each means that a statement was another's, or was lost.
bool IsWrong(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return false;
    default:
      return true;
  }
}

class PoolerCallsTest : public ::testing::TestWithParam<PgBouncer::Options> {
 protected:
  static constexpr int kServers = 2;

  void SetUp() override {
    auto started = PgBouncer::Start(GetParam());
    ASSERT_TRUE(started.ok()) << started.status();
    pooler_ = *std::move(started);
    for (int i = 0; i < kServers; ++i) StartServer();
    const std::string handle = RandomHex(6);
    owner_ = Server(0)
                 .MustCall("ProfileRepository.Create",
                           {{"profile", {{"email", handle + "@b.c"}, {"handle", handle}, {"display_name", "Ada"}}}})
                 .value("id", "");
  }

  /// All of them serve the first one's database.
  void StartServer() {
    InProcessServer::Options options;
    options.pool.pool_size = 4;
    options.pool.max_overflow = 2;
    options.connection.lock_timeout_ms = 20000;
    if (GetParam().mode == PgBouncer::Mode::kSession && servers_.empty()) {
      options.connection.pooler = db::Pooler::kSession;  // one believes what it is told, the other does not ask
    }
    options.route = [this](const std::string& url) {
      if (database_.empty()) UseUtc(database_ = url);
      return pooler_->Route(database_);
    };
    servers_.push_back(std::make_unique<InProcessServer>(CompileExample("planner/v1"), std::move(options)));
    ASSERT_TRUE(servers_.back()->ok());
    if (servers_.size() == 1) database().Run(absl::StrJoin(sql::CreateIdempotencyKeys(), ";\n"));
  }

  /// What a session finds without it is the machine's.
  static void UseUtc(const std::string& url) {
    db::ConnectionOptions options;
    options.url = url;
    const auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok());
    const std::string name = db::ParseConnInfo(url)->at("dbname");
    ASSERT_TRUE((*connection)->ExecuteScript(Cat("ALTER DATABASE ", name, " SET TimeZone TO UTC"), nullptr).ok());
  }

  InProcessServer& Server(size_t number) { return *servers_[number % servers_.size()]; }
  ScratchDatabase& database() { return servers_.front()->database(); }

  std::string NewTodo(const std::string& title) {
    const Json todo = {{"owner_id", owner_}, {"title", title}, {"estimate", "5400.500s"}, {"tags", {"a", title}}};
    return Server(0).MustCall("TodoRepository.Create", {{"todo", todo}}).value("id", "");
  }

  std::vector<std::string> NewTodos(const std::string& prefix, int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) ids.push_back(NewTodo(Cat(prefix, i)));
    return ids;
  }

  static void RunAll(const std::vector<std::function<void()>>& work) {
    std::vector<std::thread> threads;
    for (const auto& one : work) threads.emplace_back(one);
    for (std::thread& thread : threads) thread.join();
  }

  PgBouncer& pooler() { return *pooler_; }

  std::string owner_;

 private:
  std::unique_ptr<PgBouncer> pooler_;
  std::string database_;
  std::vector<std::unique_ptr<InProcessServer>> servers_;
};

TEST_P(PoolerCallsTest, ReadersReadAndDeletersDeleteEachTheirOwn) {
  constexpr int kRows = 30;
  const std::vector<std::string> read = NewTodos("read", kRows);
  const std::vector<std::string> hidden = NewTodos("hidden", kRows);
  const std::vector<std::string> deleted = NewTodos("deleted", kRows);
  std::atomic<bool> deleting{true};
  std::vector<std::function<void()>> work;
  for (size_t reader = 0; reader < 4; ++reader) {
    work.emplace_back([&, reader] {
      for (int round = 0; deleting || round < 5; ++round) {
        for (int i = 0; i < kRows; ++i) {
          const Json todo = Server(reader).MustCall("TodoRepository.GetById", {{"id", read[i]}});
          ASSERT_EQ(todo.value("id", ""), read[i]);
          ASSERT_EQ(todo.value("title", ""), Cat("read", i));
          ASSERT_EQ(todo.value("estimate", ""), "5400.500s");
        }
      }
    });
  }
  std::atomic<int> deleters{0};
  for (size_t deleter = 0; deleter < 4; ++deleter) {
    work.emplace_back([&, deleter] {
      ++deleters;
      for (int i = static_cast<int>(deleter); i < kRows; i += 4) {
        Server(deleter / 2).MustCall("TodoRepository.SoftDelete", {{"id", hidden[i]}});
        Server(deleter / 2).MustCall("TodoRepository.Delete", {{"id", deleted[i]}});
      }
      if (--deleters == 0) deleting = false;
    });
  }
  RunAll(work);
  EXPECT_EQ(database().Value("SELECT count(*) FROM todos WHERE title LIKE 'read%' AND deleted_at IS NULL"), "30");
  EXPECT_EQ(database().Value("SELECT count(*) FROM todos WHERE title LIKE 'hidden%' AND deleted_at IS NOT NULL"), "30");
  EXPECT_EQ(database().Value("SELECT count(*) FROM todos WHERE title LIKE 'deleted%'"), "0");
}

/// One caller with rows of its own, and what it knows of them.
class Worker {
 public:
  Worker(InProcessServer* server, std::string owner, std::string name, unsigned seed)
      : server_(server), owner_(std::move(owner)), name_(std::move(name)), random_(seed) {}

  void Work(int rounds) {
    for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
      switch (random_() % 8) {
        case 0:
          Create(round);
          break;
        case 1:
          CreateWithKey(round);
          break;
        case 2:
          Update({});
          break;
        case 3:
          UpdateInUnit(true);
          break;
        case 4:
          UpdateInUnit(false);
          break;
        case 5:
          UpdateInTooShortATime();
          break;
        case 6:
          Delete();
          break;
        default:
          Read();
      }
    }
  }

  /// What a row may be.
  struct Row {
    std::set<int> numbers;
    /// A call that got no answer in time changes it, perhaps, and nobody knows when.
    bool in_doubt = false;

    void Becomes(int number) {
      if (!in_doubt) numbers.clear();
      numbers.insert(number);
    }
  };
  const std::map<std::string, Row>& rows() const { return rows_; }
  std::string Title(int number) const { return Cat(name_, "#", number); }

 private:
  Json Todo(int number) const { return {{"owner_id", owner_}, {"title", Title(number)}, {"priority", number}}; }
  Json Change(const std::string& id, int number) const {
    return {{"todo", {{"id", id}, {"title", Title(number)}, {"priority", number}}}, {"update_mask", "title,priority"}};
  }

  std::map<std::string, Row>::iterator Any() {
    return std::next(rows_.begin(), static_cast<long>(random_() % rows_.size()));
  }

  void Create(int number) {
    const Json made = server_->MustCall("TodoRepository.Create", {{"todo", Todo(number)}});
    EXPECT_EQ(made.value("title", ""), Title(number));
    rows_[made.value("id", "")].Becomes(number);
  }

  void CreateWithKey(int number) {
    CallOptions options;
    options.headers.emplace_back("idempotency-key", RandomHex(16));
    const Json first = server_->MustCall("TodoRepository.Create", {{"todo", Todo(number)}}, options);
    const Json again = server_->MustCall("TodoRepository.Create", {{"todo", Todo(number)}}, options);
    EXPECT_EQ(first, again);
    rows_[first.value("id", "")].Becomes(number);
  }

  void Update(const CallOptions& options) {
    if (rows_.empty()) return;
    const auto row = Any();
    const int number = next_++;
    const auto changed = server_->Call("TodoRepository.Update", Change(row->first, number), options);
    if (ReasonOf(changed) == "DEADLINE_UNREACHABLE") return;  // the row is as it was
    EXPECT_FALSE(IsWrong(changed.status())) << changed.status();
    if (changed.ok()) {
      EXPECT_EQ(changed->value("title", ""), Title(number));
    } else {
      row->second.in_doubt = true;
    }
    row->second.Becomes(number);
  }

  void UpdateInTooShortATime() {
    CallOptions options;
    options.timeout = std::chrono::milliseconds(1 + random_() % 4);
    Update(options);
  }

  void UpdateInUnit(bool commit) {
    if (rows_.empty()) return;
    const Unit unit(server_);
    const auto one = Any();
    const auto two = Any();
    const int number = next_++;
    unit.MustCall("TodoRepository.Update", Change(one->first, number));
    EXPECT_EQ(unit.MustCall("TodoRepository.GetById", {{"id", one->first}}).value("title", ""), Title(number));
    EXPECT_TRUE(unit.Savepoint("s").ok());
    // Fails, and only the savepoint is lost with it.
    const Json absent = Change("00000000-0000-4000-8000-000000000000", number);
    EXPECT_EQ(ReasonOf(unit.Call("TodoRepository.Update", absent)), "ROW_NOT_FOUND");
    EXPECT_TRUE(unit.RollbackTo("s").ok());
    unit.MustCall("TodoRepository.Update", Change(two->first, number));
    const CallResult ended = commit ? unit.Commit() : unit.Rollback();
    EXPECT_TRUE(ended.ok()) << ended.status();
    if (!commit) return;
    one->second.Becomes(number);
    two->second.Becomes(number);
  }

  void Delete() {
    if (rows_.empty()) return;
    const auto row = Any();
    server_->MustCall("TodoRepository.Delete", {{"id", row->first}});
    const auto gone = server_->Call("TodoRepository.GetById", {{"id", row->first}});
    EXPECT_EQ(ReasonOf(gone), "ROW_NOT_FOUND");
    rows_.erase(row);
  }

  void Read() {
    if (rows_.empty()) return;
    const auto row = Any();
    const Json todo = server_->MustCall("TodoRepository.GetById", {{"id", row->first}});
    EXPECT_EQ(todo.value("id", ""), row->first);
    const int number = todo.value("priority", 0);
    EXPECT_EQ(todo.value("title", ""), Title(number));
    EXPECT_EQ(row->second.numbers.count(number), 1) << todo;
  }

  InProcessServer* const server_;
  const std::string owner_;
  const std::string name_;
  std::minstd_rand random_;
  int next_ = 1000000;
  std::map<std::string, Row> rows_;
};

TEST_P(PoolerCallsTest, EveryRowIsAsItsOnlyWriterLeftIt) {
  constexpr int kWorkers = 8;
  constexpr int kRounds = 150;
  std::vector<Worker> workers;
  for (unsigned i = 0; i < kWorkers; ++i) workers.emplace_back(&Server(i), owner_, Cat("w", i), i + 1);
  std::vector<std::function<void()>> work;
  for (Worker& worker : workers) work.emplace_back([&worker] { worker.Work(kRounds); });
  RunAll(work);
  // A call whose caller left goes on, and the servers look at the schema now and then.
  EXPECT_TRUE(Eventually([this] {
    return database().Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "pid <> pg_backend_pid() AND xact_start IS NOT NULL") == "0";
  })) << "a transaction stays open";
  size_t rows = 0;
  for (const Worker& worker : workers) {
    rows += worker.rows().size();
    for (const auto& [id, row] : worker.rows()) {
      std::string titles;
      for (const int number : row.numbers) titles += Cat(titles.empty() ? "'" : ", '", worker.Title(number), "'");
      const std::string one = Cat("SELECT count(*) FROM todos WHERE id = '", id, "' AND title IN (", titles, ")");
      EXPECT_EQ(database().Value(one), "1") << id << " may be " << titles;
    }
  }
  EXPECT_EQ(database().Value("SELECT count(*) FROM todos"), Cat(rows)) << "no row more, no row fewer";
}

/// A way to create a to-do; gives the reason of what its caller is told in the end.
using Writer = std::function<std::string(InProcessServer*, const Json& request)>;

std::string CreateAlone(InProcessServer* server, const Json& request) {
  return ReasonOf(server->Call("TodoRepository.Create", request));
}

std::string CreateInUnit(InProcessServer* server, const Json& request) {
  const auto begun = server->Call("UnitOfWork.Begin", Json::object());
  if (!begun.ok()) return ReasonOf(begun);
  const std::string handle = begun->value("handle", "");
  CallOptions inside;
  inside.headers.emplace_back("rowkeeper-unit-of-work", handle);
  const auto made = server->Call("TodoRepository.Create", request, inside);
  if (!made.ok()) return ReasonOf(made);
  return ReasonOf(server->Call("UnitOfWork.Commit", {{"handle", handle}}));
}

/// Sends it until it is answered.
std::string CreateWithKey(InProcessServer* server, const Json& request) {
  CallOptions options;
  options.headers.emplace_back("idempotency-key", RandomHex(16));
  std::string reason;
  for (int attempt = 0; attempt < 1500 && reason != "OK"; ++attempt) {
    reason = ReasonOf(server->Call("TodoRepository.Create", request, options));
    if (reason != "OK") std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(reason, "OK") << "not in " << request;
  return reason;
}

TEST_P(PoolerCallsTest, WhatIsAnsweredIsSoThoughThePoolerIsKilled) {
  const Writer writers[] = {CreateAlone, CreateAlone, CreateInUnit, CreateInUnit, CreateWithKey, CreateWithKey};
  std::atomic<bool> stop{false};
  absl::Mutex mutex;
  std::map<std::string, std::string> outcomes;  // by title
  std::vector<std::function<void()>> work;
  for (size_t number = 0; number < std::size(writers); ++number) {
    work.emplace_back([&, number] {
      for (int n = 0; !stop; ++n) {
        const std::string title = Cat("w", number, "#", n);
        const std::string reason =
            writers[number](&Server(number), {{"todo", {{"owner_id", owner_}, {"title", title}}}});
        const absl::MutexLock lock(&mutex);
        outcomes[title] = reason;
      }
    });
  }
  std::thread writing([&work] { RunAll(work); });
  for (int round = 0; round < 5; ++round) {  // on this thread, for the pooler ends with the one that started it
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    const absl::Status status = pooler().Restart();
    EXPECT_TRUE(status.ok()) << status;
  }
  EXPECT_TRUE(Eventually([&] {
    const absl::MutexLock lock(&mutex);
    return std::count_if(outcomes.begin(), outcomes.end(), [](const auto& one) { return one.second == "OK"; }) > 20;
  }));
  stop = true;
  writing.join();
  std::map<std::string, int> rows;
  for (const auto title : absl::StrSplit(database().Value("SELECT string_agg(title, ' ') FROM todos"), ' ')) {
    ++rows[std::string(title)];
  }
  std::map<std::string, int> reasons;
  for (const auto& [title, reason] : outcomes) {
    ++reasons[reason];
    if (reason == "OK") {
      EXPECT_EQ(rows[title], 1) << title;
    } else if (reason == "COMMIT_OUTCOME_UNKNOWN") {
      EXPECT_LE(rows[title], 1) << title;
    } else {
      EXPECT_EQ(rows[title], 0) << title << ": " << reason << " says that nothing was executed";
    }
  }
  for (const auto& [reason, count] : reasons) RecordProperty(reason, count);
}

TEST_P(PoolerCallsTest, PagesAndBatchesAreComplete) {
  const std::vector<std::string> ids = NewTodos("many", 25);
  std::vector<std::function<void()>> work;
  for (size_t reader = 0; reader < 6; ++reader) {
    work.emplace_back([&, reader] {
      for (int round = 0; round < 10; ++round) {
        std::set<std::string> seen;
        Json request = {{"title_prefix", "many"}, {"page_size", 7}, {"order_by", "title"}};
        do {
          const Json page = Server(reader).MustCall("TodoRepository.List", request);
          for (const Json& todo : page.value("todos", Json::array())) seen.insert(todo.value("id", ""));
          request["page_token"] = page.value("next_page_token", "");
        } while (!request["page_token"].get<std::string>().empty());
        EXPECT_EQ(seen, std::set<std::string>(ids.begin(), ids.end()));
        const Json got = Server(reader).MustCall("TodoRepository.BatchGet", {{"ids", ids}});
        EXPECT_EQ(got["todos"].size(), ids.size());
      }
    });
  }
  RunAll(work);
}

std::string NameOf(const ::testing::TestParamInfo<PgBouncer::Options>& info) { return Describe(info.param); }

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PoolerCallsTest);
INSTANTIATE_TEST_SUITE_P(Modes, PoolerCallsTest, ::testing::ValuesIn(PoolerVariants()), NameOf);

TEST(PoolerCalls, NeedPgBouncer) {
  if (!PgBouncer::Installed()) GTEST_SKIP() << "PgBouncer is not installed: deploy/install_packages.sh --tests";
}

}  // namespace
}  // namespace rowkeeper::testing
