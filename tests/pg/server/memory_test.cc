// What many or large calls at once take of the server's memory, and who is refused.

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "server/app/server_process.h"
#include "server/observe/counters.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/support/memory_figures.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::testing {
namespace {

using Use = MemoryBudget::Use;
using ::testing::HasSubstr;

constexpr size_t kMebibyte = size_t{1} << 20;

constexpr char kNotes[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/field_mask.proto";
import "rowkeeper/v1/annotations.proto";
message Note {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string slug = 2 [(rowkeeper.v1.column) = {max_length: 20, unique: true}];
  string title = 3;
}
service NoteRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Note";
  rpc Update(Rows) returns (Answer) {
    option (rowkeeper.v1.method) = {operation: OPERATION_BATCH_UPDATE, partial: true};
  }
}
message Rows { repeated Note notes = 1; google.protobuf.FieldMask update_mask = 2; }
message Answer { repeated Note notes = 1; repeated rowkeeper.v1.RowResult results = 2; }
)";

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
  /// Fails the running test when it is more.
  void ExpectGrownBelow(size_t mebibytes) const {
    const size_t grown = MemoryOf("VmHWM") - begin_;
    if (kMemoryFiguresTell) {
      EXPECT_LT(grown, mebibytes);
    }
  }

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
  peak.ExpectGrownBelow(700);  // 240 MB of rows for each of 8
  EXPECT_TRUE(EventuallyEmpty());
  EXPECT_EQ(Summary(server_->Call("TodoRepository.List", {{"page_size", 100}, {"read_mask", "id,title"}})), "OK");
}

TEST_F(MemoryTest, AnExportOfLargeRowsTakesNoMoreThanAFewOfThem) {
  Start(Budget(0));
  for (int i = 1; i < 100; ++i) {
    server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner_}, {"title", "large"}}}});
  }
  server_->database().Run("UPDATE todos SET notes = repeat('x', 4 << 20)");
  const PeakMemory peak;
  const auto stream = StartExport(server_.get(), "TodoRepository.Export", Json::object());
  for (int message = 0; message < 2; ++message) {
    const auto answer = stream->Receive();
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ((*answer)["todos"].size(), 1u);
    EXPECT_EQ((*answer)["todos"][0].value("notes", "").size(), size_t{4} << 20);
  }
  stream->Cancel();
  EXPECT_EQ(EndOf(stream.get()).code(), absl::StatusCode::kCancelled);
  peak.ExpectGrownBelow(150);  // of rows that have 400 MB
  EXPECT_TRUE(EventuallyEmpty());
}

/// One that cannot be sent is not read either.
TEST_F(MemoryTest, AnExportDoesNotReadARowThatIsTooLarge) {
  Start(Budget(0));
  server_->database().Run("UPDATE todos SET notes = repeat('x', 200 << 20)");
  const PeakMemory peak;
  const auto stream = StartExport(server_.get(), "TodoRepository.Export", Json::object());
  EXPECT_EQ(Summary(EndOf(stream.get())), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
  peak.ExpectGrownBelow(100);
  EXPECT_EQ(Summary(server_->Call("TodoRepository.GetById", {{"id", todo_["id"]}, {"read_mask", "id"}})), "OK");
}

/// It stands, whatever becomes of its response.
TEST_F(MemoryTest, APartialBatchKeepsNoRowsThatAreTooManyForAResponse) {
  server_ = std::make_unique<InProcessServer>(CompileProtoText(kNotes), Budget(0));
  ASSERT_TRUE(server_->ok());
  constexpr int kRows = 100;
  server_->database().Run(
      Cat("INSERT INTO notes (slug, title) SELECT 's' || i, repeat('x', 4 << 20) FROM generate_series"
          "(1, ",
          kRows, ") AS i"));
  for (const bool one_is_refused : {false, true}) {
    const std::string prefix = one_is_refused ? "other" : "new";
    Json notes = Json::array();
    for (int i = 1; i <= kRows; ++i) notes.push_back({{"id", std::to_string(i)}, {"slug", Cat(prefix, i)}});
    if (one_is_refused) notes[kRows - 1]["slug"] = notes[0]["slug"];
    const PeakMemory peak;
    const auto answer = server_->Call("NoteRepository.Update", {{"notes", notes}, {"update_mask", "slug"}});
    EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
    EXPECT_EQ(MetadataOf(answer.status(), "executed"), "true");
    const int stored = one_is_refused ? kRows - 1 : kRows;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr(Cat(stored, " of ", kRows, " elements were stored")));
    peak.ExpectGrownBelow(150);  // of rows that have 400 MB
    EXPECT_EQ(server_->database().Value(Cat("SELECT count(*) FROM notes WHERE slug LIKE '", prefix, "%'")),
              std::to_string(stored));
  }
  EXPECT_TRUE(EventuallyEmpty());
}

TEST_F(MemoryTest, CallsThatWaitAreBoundedInBytes) {
  Start(Budget(100));  // 30 MiB of them for requests
  constexpr int kCalls = 30;
  constexpr int kFit = 7;  // of 3 MiB and a little more, which leave a quarter to other callers
  Blocker blocker(server_.get(), LockTodo(todo_));
  std::vector<std::future<absl::StatusOr<Json>>> calls;
  for (int i = 0; i < kCalls; ++i) calls.push_back(StartUpdate(3 * kMebibyte));
  EXPECT_TRUE(
      Within(std::chrono::seconds(60), [this] { return Share(Use::kRequests).refused_total >= kCalls - kFit; }));
  EXPECT_LE(Share(Use::kRequests).used, Share(Use::kRequests).limit + kCalls * size_t{4096});
  EXPECT_EQ(Summary(server_->Call("TodoRepository.GetById", {{"id", todo_["id"]}})), "OK") << "a small one is let in";
  blocker.End();
  int refused = 0;
  for (auto& call : calls) {
    const auto answer = call.get();
    if (answer.ok()) continue;
    EXPECT_EQ(Summary(answer), "RESOURCE_EXHAUSTED MEMORY_FULL");
    EXPECT_EQ(MetadataOf(answer.status(), "limit"), "memory-share");
    EXPECT_EQ(MetadataOf(answer.status(), "value"), "30 MiB");
    EXPECT_GT(RetryDelayOf(answer.status()), 0);
    ++refused;
  }
  EXPECT_EQ(refused, kCalls - kFit);
  EXPECT_TRUE(EventuallyEmpty());
  EXPECT_EQ(Summary(StartUpdate(3 * kMebibyte).get()), "OK");
}

/// Bytes of a field that no request has.
std::string UnknownField(size_t bytes) {
  std::string field("\xfa\x3f", 2);  // 127, length-delimited
  for (size_t rest = bytes; rest != 0; rest >>= 7)
    field.push_back(static_cast<char>((rest & 127) | (rest > 127 ? 128 : 0)));
  return field + std::string(bytes, 'x');
}

/// Such calls are let in although memory is full, or wait for long.
TEST_F(MemoryTest, CallsAboutUnitsTakeNoLargeRequests) {
  Start(Budget(0));
  for (const std::string method :
       {"Begin", "Commit", "Rollback", "Savepoint", "RollbackTo", "Release", "Get", "List"}) {
    const auto answer = server_->CallBytes("rowkeeper.v1.UnitOfWork." + method, UnknownField(64 << 10));
    EXPECT_EQ(Summary(answer.status()), "INVALID_ARGUMENT MALFORMED_REQUEST") << method;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("at most 65536 are read")) << method;
    EXPECT_EQ(MetadataOf(answer.status(), "message"), Cat("rowkeeper.v1.", method, "Request"));
  }
  EXPECT_TRUE(EventuallyEmpty());
}

TEST_F(MemoryTest, NoCallerTakesTheMemoryOfAllOthers) {
  const TemporaryDirectory directory;
  InProcessServer::Options options = Budget(100);
  options.serve.listen.push_back("unix:" + directory.path() + "/s");
  Start(options);
  const Json large = {{"todo", {{"owner_id", owner_}, {"title", "t"}, {"notes", std::string(3 * kMebibyte, 'x')}}}};
  Blocker blocker(server_.get(), LockTodo(todo_));
  std::vector<std::future<absl::StatusOr<Json>>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(StartUpdate(3 * kMebibyte));
  EXPECT_TRUE(Within(std::chrono::seconds(60), [this] { return Share(Use::kRequests).refused_total >= 13; }));
  EXPECT_EQ(Summary(server_->Call("TodoRepository.Create", large)), "RESOURCE_EXHAUSTED MEMORY_FULL");
  CallOptions other;
  other.channel = grpc::CreateChannel(server_->addresses().back(), grpc::InsecureChannelCredentials());
  EXPECT_EQ(Summary(server_->Call("TodoRepository.Create", large, other)), "OK");
  blocker.End();
  for (auto& call : calls) (void)call.get();
  EXPECT_TRUE(EventuallyEmpty());
}

/// What is freed below a block that lives on stays with the allocator by itself.
TEST_F(MemoryTest, FreedMemoryGoesBack) {
  if (!kMemoryFiguresTell) GTEST_SKIP() << "a sanitizer keeps what is freed";
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

uint64_t RefusalsBy(std::string_view limit) {
  const auto limits = observe::Counters::Process().Snapshot().limits;
  const auto found = limits.find(std::string(limit));
  return found == limits.end() ? 0 : found->second;
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

Json Listed(const Json& value, int times) {
  Json list = Json::array();
  for (int i = 0; i < times; ++i) list.push_back(value);
  return list;
}

/// Each would keep PostgreSQL busy for a long time, and some of them deaf to cancellation.
TEST_F(MemoryTest, TextsThatMakeTooMuchWorkAreRefusedBeforePostgresHearsOfThem) {
  InProcessServer::Options options = Budget(0);
  options.serve.max_batch_kib = 64;
  options.serve.max_filter_bytes = 8192;
  Start(options);
  const Json todo = {{"owner_id", owner_}, {"title", "t"}, {"notes", std::string(1000, 'x')}};
  struct Case {
    std::string method;
    Json request;
    Limit limit;
  };
  const std::vector<Case> cases = {
      {"List", {{"search", "\"" + Repeated("a ", 500000)}}, Limit::kMaxSearchBytes},
      {"List", {{"title_like", Repeated("%a", 513)}}, Limit::kMaxSearchBytes},
      {"List", {{"title_prefix", Repeated("a", 1025)}}, Limit::kMaxSearchBytes},
      {"List", {{"search", Repeated("b ", 101)}}, Limit::kMaxSearchWords},
      {"List", {{"statuses", Listed("TODO_STATUS_OPEN", 10001)}}, Limit::kMaxFilterValues},
      {"List", {{"without_statuses", Listed("TODO_STATUS_OPEN", 10001)}}, Limit::kMaxFilterValues},
      {"List", {{"all_tags", Listed("t", 10001)}}, Limit::kMaxFilterValues},
      {"List", {{"any_tags", Listed("t", 10001)}}, Limit::kMaxFilterValues},
      {"List", {{"filter", "title = \"" + Repeated("a", 9000) + "\""}}, Limit::kMaxFilterBytes},
      {"List", {{"filter", "title = \"" + Repeated("a", 1025) + "*\""}}, Limit::kMaxSearchBytes},
      {"List", {{"labels", {{"a", Listed("b", 10000)}}}}, Limit::kMaxFilterBytes},
      {"List", {{"filter", Repeated("priority > 1 OR ", 100) + "priority > 1"}}, Limit::kMaxFilterTerms},
      {"List", {{"filter", Repeated("(", 21) + "priority > 1" + Repeated(")", 21)}}, Limit::kMaxFilterNesting},
      {"List", {{"filter", "labels" + Repeated(".a", 30) + " = 1"}}, Limit::kMaxFilterNesting},
      {"List", {{"skip", 10001}}, Limit::kMaxSkip},
      {"BatchCreate", {{"todos", Listed({{"owner_id", owner_}, {"title", "t"}}, 1001)}}, Limit::kMaxBatchRows},
      {"BatchCreate", {{"todos", Listed(todo, 100)}}, Limit::kMaxBatchSize},
  };
  for (const auto& [method, request, limit] : cases) {
    SCOPED_TRACE(Cat(method, " ", request.begin().key(), " ", LimitName(limit)));
    const uint64_t before = RefusalsBy(LimitName(limit));
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = server_->Call("TodoRepository." + method, request);
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(MetadataOf(answer.status(), "limit"), LimitName(limit)) << answer.status();
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr(std::string(LimitName(limit))));
    EXPECT_EQ(RefusalsBy(LimitName(limit)), before + 1);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
}

TEST_F(MemoryTest, AnOrderNamesEachFieldOnce) {
  Start(Budget(0));
  EXPECT_EQ(ReasonOf(server_->Call("TodoRepository.List", {{"order_by", "title, due_at, title"}})), "INVALID_FIELD");
}

}  // namespace
}  // namespace rowkeeper::testing
