// What many or large calls at once take of the server's memory, and who is refused.

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "server/app/server_process.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using Use = MemoryBudget::Use;
using ::testing::HasSubstr;

constexpr size_t kMebibyte = size_t{1} << 20;

/// "VmRSS" or "VmHWM" of this process, MiB.
size_t MemoryOf(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name, 0) == 0) return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10) / 1024;
  }
  return 0;
}

/// The most that this process took since Begin, MiB, beyond what it took then.
class PeakMemory {
 public:
  PeakMemory() {
    std::ofstream("/proc/self/clear_refs") << "5";
    begin_ = MemoryOf("VmRSS");
  }
  size_t Grown() const { return MemoryOf("VmHWM") - begin_; }

 private:
  size_t begin_ = 0;
};

class MemoryTest : public ::testing::Test {
 protected:
  static InProcessServer::Options Budget(int mib) {
    InProcessServer::Options options;
    options.serve.memory_budget_mib = mib;
    options.connection.lock_timeout_ms = 0;
    return options;
  }

  void Start(const InProcessServer::Options& options) {
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
    ASSERT_TRUE(server_->ok());
    owner_ = server_->MustCall("ProfileRepository.Create",
                               {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}})["id"];
    todo_ = server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner_}, {"title", "t"}}}});
  }

  MemoryBudget::Share Share(Use use) const { return server_->process().memory().share(use); }
  /// Nothing is charged any more.
  bool EventuallyEmpty() {
    return Eventually([this] { return server_->process().memory().used() == 0; });
  }

  std::future<absl::StatusOr<Json>> StartUpdate(size_t bytes) {
    return std::async(std::launch::async, [this, bytes] {
      return server_->Call(
          "TodoRepository.Update",
          {{"todo", {{"id", todo_["id"]}, {"notes", std::string(bytes, 'x')}}}, {"update_mask", "notes"}});
    });
  }

  std::unique_ptr<InProcessServer> server_;
  std::string owner_;
  Json todo_;
};

TEST_F(MemoryTest, ListsOfRowsThatAreTooLargeStayBoundedTogether) {
  InProcessServer::Options options = Budget(0);
  options.serve.max_page_size = 100;
  Start(options);
  for (int i = 0; i < 60; ++i) {
    server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner_}, {"title", "large"}}}});
  }
  server_->database().Run("UPDATE todos SET notes = repeat('x', 4 << 20)");
  const PeakMemory peak;
  std::vector<std::future<absl::StatusOr<Json>>> lists;
  for (int i = 0; i < 8; ++i) {
    lists.push_back(std::async(std::launch::async, [this] {
      return server_->Call("TodoRepository.List", {{"page_size", 100}});
    }));
  }
  for (auto& list : lists) {
    const auto answer = list.get();
    EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
    EXPECT_EQ(MetadataOf(answer.status(), "limit"), "max-response-size");
    EXPECT_EQ(MetadataOf(answer.status(), "value"), "8388608 bytes");
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("ask for fewer rows or fields"));
  }
  EXPECT_LT(peak.Grown(), 700u) << "240 MB of rows for each of 8";
  EXPECT_TRUE(EventuallyEmpty());
  EXPECT_EQ(Summary(server_->Call("TodoRepository.List", {{"page_size", 100}, {"read_mask", "id,title"}})), "OK");
}

TEST_F(MemoryTest, CallsThatWaitAreBoundedInBytes) {
  Start(Budget(100));  // 30 MiB of them for requests
  constexpr int kCalls = 30;
  constexpr int kFit = 9;  // of 3 MiB and a little more
  Blocker blocker(server_.get(), LockTodo(todo_));
  std::vector<std::future<absl::StatusOr<Json>>> calls;
  for (int i = 0; i < kCalls; ++i) calls.push_back(StartUpdate(3 * kMebibyte));
  EXPECT_TRUE(Eventually([this] { return Share(Use::kRequests).refused_total >= kCalls - kFit; }));
  EXPECT_LE(Share(Use::kRequests).used, Share(Use::kRequests).limit + kCalls * size_t{4096});
  EXPECT_EQ(Summary(server_->Call("TodoRepository.GetById", {{"id", todo_["id"]}})), "OK") << "a small one is let in";
  blocker.End();
  int refused = 0;
  for (auto& call : calls) {
    const auto answer = call.get();
    if (answer.ok()) continue;
    EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED MEMORY_FULL");
    EXPECT_EQ(MetadataOf(answer.status(), "limit"), "memory-budget");
    EXPECT_EQ(MetadataOf(answer.status(), "value"), "100 MiB");
    EXPECT_GT(RetryDelayOf(answer.status()), 0);
    ++refused;
  }
  EXPECT_EQ(refused, kCalls - kFit);
  EXPECT_TRUE(EventuallyEmpty());
  EXPECT_EQ(Summary(StartUpdate(3 * kMebibyte).get()), "OK");
}

/// What is freed below a block that lives on stays with the allocator by itself.
TEST_F(MemoryTest, FreedMemoryGoesBack) {
  Start(Budget(0));
  const size_t begin = MemoryOf("VmRSS");
  std::vector<std::string> blocks;
  for (int i = 0; i < 150000; ++i) blocks.emplace_back(2000, 'x');
  const std::string last(2000, 'x');
  blocks.clear();
  blocks.shrink_to_fit();
  EXPECT_TRUE(Eventually([begin] { return MemoryOf("VmRSS") < begin + 100; }))
      << MemoryOf("VmRSS") << " MiB, " << begin << " before";
}

TEST_F(MemoryTest, ABudgetThatOneCallCanExceedIsRefusedAtStart) {
  const auto loaded = WithPlans(CompileExample("planner/v1"));
  app::ServerProcessOptions options;
  options.serve.listen = {"127.0.0.1:0"};
  options.serve.admin_listen = "none";
  options.serve.memory_budget_mib = 70;
  const auto process = app::ServerProcess::Start(*loaded, options);
  ASSERT_FALSE(process.ok());
  EXPECT_THAT(std::string(process.status().message()), HasSubstr("memory-budget: is 70 MiB"));
}

/// Each would keep PostgreSQL busy for a long time, and some of them deaf to cancellation.
TEST_F(MemoryTest, TextsThatMakeTooMuchWorkAreRefusedBeforePostgresHearsOfThem) {
  Start(Budget(0));
  std::string phrase = "\"";
  for (int i = 0; i < 500000; ++i) phrase += "a ";
  std::string words;
  for (int i = 0; i < 101; ++i) words += "b ";
  std::string pattern;
  while (pattern.size() <= 1024) pattern += "%a";
  Json statuses = Json::array();
  for (int i = 0; i < 10001; ++i) statuses.push_back("TODO_STATUS_OPEN");
  const std::vector<std::pair<Json, std::string>> requests = {
      {{{"search", phrase}}, "max-search-bytes"},
      {{{"search", words}}, "max-search-words"},
      {{{"title_like", pattern}}, "max-search-bytes"},
      {{{"statuses", statuses}}, "max-filter-values"},
      {{{"without_statuses", statuses}}, "max-filter-values"},
  };
  for (const auto& [request, limit] : requests) {
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = server_->Call("TodoRepository.List", request);
    EXPECT_EQ(ReasonOf(answer), "INVALID_FIELD") << limit;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("the limit " + limit));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
}

}  // namespace
}  // namespace rowkeeper::testing
