#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/reload_fixture.h"
#include "tests/pg/server/run_fixture.h"

namespace rowkeeper::testing {
namespace {

using app::CatalogueGeneration;
using ::testing::ContainsRegex;

/// Calls without end, each of which is checked.
class Callers {
 public:
  ~Callers() { End(); }

  /// `call` says what was wrong; nothing: all was right.
  void Run(std::function<std::string()> call) {
    threads_.emplace_back([this, call = std::move(call)] {
      while (!done_) {
        const std::string problem = call();
        ++calls_;
        if (problem.empty()) continue;
        ADD_FAILURE() << problem;
        return;
      }
    });
  }
  int calls() const { return calls_; }
  int End() {
    done_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return calls_;
  }

 private:
  std::atomic<bool> done_{false};
  std::atomic<int> calls_{0};
  std::vector<std::thread> threads_;
};

/// Cancels a call at some moment of it, unless it is over before.
class Canceller {
 public:
  Canceller(grpc::ClientContext* context, unsigned turns)
      : thread_([this, context, turns] {
          for (unsigned turn = 0; turn < turns && !over_; ++turn) std::this_thread::yield();
          if (!over_) context->TryCancel();
        }) {}
  ~Canceller() {
    over_ = true;
    thread_.join();
  }
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;

  /// As many moments of a short time as of a long one: how long a turn takes depends on how busy the machine is.
  static unsigned SomeTurns(std::minstd_rand* random) { return (1U << ((*random)() % 13)) - 1; }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

/// Every kind of call, as clients of both versions make them. What they write has an id of kWritten or more. Each gives
/// what was wrong, or nothing.
class ReloadSwapTest : public ReloadTest {
 protected:
  static constexpr int kItems = 20;
  static constexpr int kWritten = 1000;

  ReloadSwapTest() : ReloadTest(ManyStreams()) {}
  /// Streams that were left have a place until the server is through with them.
  static InProcessServer::Options ManyStreams() {
    InProcessServer::Options options = SmallMessages();
    options.serve.streams.max_streams = 14;
    return options;
  }

  void SetUp() override {
    ReloadTest::SetUp();
    CreateKeyTable(&server_.database());
    for (int id = 1; id <= kItems; ++id) Create(id);
  }

  std::string NextId() { return std::to_string(next_id_++); }

  static int CountFirst(const Json& items) {
    int count = 0;
    for (const Json& item : items) count += std::stoi(item.value("id", "0")) < kWritten ? 1 : 0;
    return count;
  }

  std::string Get(const SharedCatalogue& as, int id) {
    const auto item = Call(as, "ItemRepository.GetById", {{"id", std::to_string(id)}});
    if (!item.ok()) return Cat("GetById: ", item.status().ToString());
    return (*item)["name"] == Cat("item ", id) ? std::string() : Cat("GetById ", id, ": ", item->dump());
  }

  std::string ListAll() {
    Json request = {{"page_size", 7}, {"order_by", "id"}};
    int seen = 0;
    do {
      const auto page = Call(first_, "ItemRepository.List", request);
      if (!page.ok()) return Cat("List: ", page.status().ToString());
      seen += CountFirst(page->value("items", Json::array()));
      request["page_token"] = page->value("next_page_token", "");
    } while (request["page_token"] != "" && seen < kItems);
    return seen == kItems ? "" : Cat("List saw ", seen);
  }

  /// A transaction, which is looked at from within.
  std::string WriteInUnit() {
    const auto begun = server_.Call("UnitOfWork.Begin", Json::object());
    if (!begun.ok()) return Cat("Begin: ", begun.status().ToString());
    const std::string handle = begun->value("handle", "");
    CallOptions inside;
    inside.headers = {{"rowkeeper-unit-of-work", handle}};
    const std::string id = NextId();
    auto status = Call(first_, "ItemRepository.Create", {{"item", {{"id", id}, {"name", "u"}}}}, inside).status();
    if (status.ok()) status = Call(first_, "ItemRepository.GetById", {{"id", id}}, inside).status();
    if (!status.ok()) return Cat("in a unit: ", status.ToString());
    const auto end = server_.Call("UnitOfWork.Rollback", {{"handle", handle}});
    return end.ok() ? "" : Cat("Rollback: ", end.status().ToString());
  }

  std::string WriteInRun() {
    const std::string id = NextId();
    RunRequest run(&server_);
    run.Add("ItemRepository.Create", {{"item", {{"id", id}, {"name", "run"}}}});
    run.Add("ItemRepository.GetById", Json::object(), {{"id", 0, "id"}});
    const auto answers = run.Send();
    if (!answers.ok()) return Cat("Run: ", answers.status().ToString());
    const bool right = answers->size() == 2 && answers->back() == Json({{"id", id}, {"name", "run"}});
    ++runs_;
    return right ? "" : Cat("Run of ", id, ": ", Json(*answers).dump());
  }

  std::string ExportAll() {
    StreamClient client(&server_, Method(*first_, "ItemRepository.Export"));
    client.Send(Json::object());
    client.SendNoMore();
    int seen = 0;
    for (const Json& message : client.ReceiveAll()) seen += CountFirst(message.value("items", Json::array()));
    const absl::Status end = client.Finish();
    return end.ok() && seen == kItems ? "" : Cat("Export saw ", seen, ": ", end.ToString());
  }

  /// An export that has begun.
  std::unique_ptr<StreamClient> BeginExport() {
    auto client = StartExport(&server_, "ItemRepository.Export", Json::object());
    EXPECT_TRUE(client->Receive().has_value());
    return client;
  }
  static std::string Leave(StreamClient* client) {
    client->Cancel();
    const absl::Status end = EndOf(client);
    return absl::IsCancelled(end) || end.ok() ? "" : Cat("a cancelled Export: ", end.ToString());
  }

  std::string Import() {
    StreamClient client(&server_, Method(*first_, "ItemRepository.Import"));
    for (int chunk = 1; chunk <= 3; ++chunk) {
      Json items = Json::array();
      for (int i = 0; i < 2; ++i) items.push_back({{"id", NextId()}, {"name", "import"}});
      client.Send({{"items", items}});
      const auto answer = client.Receive();
      if (!answer.has_value()) return Cat("Import ended with ", client.Finish().ToString());
      const Json right = {{"imported", std::to_string(2 * chunk)}, {"chunks", std::to_string(chunk)}};
      if (*answer != right) return Cat("Import: ", answer->dump());
    }
    client.SendNoMore();
    const absl::Status end = EndOf(&client);
    imported_ += end.ok() ? 6 : 0;
    return end.ok() ? "" : Cat("Import: ", end.ToString());
  }

  /// Left at some moment, and called again with the same key: it is written once.
  std::string CreateWithKey(unsigned turns) {
    const std::string id = NextId();
    const std::string key = NewKey();
    const Json request = {{"item", {{"id", id}, {"name", "keyed"}}}};
    absl::Status first;
    {
      grpc::ClientContext context;
      CallOptions options = WithKey(key);
      options.context = &context;
      const Canceller canceller(&context, turns);
      first = Call(first_, "ItemRepository.Create", request, options).status();
    }
    cancelled_ += absl::IsCancelled(first) ? 1 : 0;
    if (!first.ok() && !absl::IsCancelled(first)) return Cat("a cancelled Create: ", first.ToString());
    const auto again = Call(second_, "ItemRepository.Create", request, WithKey(key));
    if (!again.ok())
      return Cat("Create with the key of one that ended ", first.ToString(), ": ", again.status().ToString());
    ++keyed_;
    return (*again)["id"] == id ? std::string() : Cat("Create with a key: ", again->dump());
  }

  std::string CancelledGet(int id, unsigned turns) {
    grpc::ClientContext context;
    CallOptions options;
    options.context = &context;
    const Canceller canceller(&context, turns);
    const auto item = Call(second_, "ItemRepository.GetById", {{"id", std::to_string(id)}}, options);
    cancelled_ += absl::IsCancelled(item.status()) ? 1 : 0;
    return item.ok() || absl::IsCancelled(item.status()) ? "" : Cat("a cancelled GetById: ", item.status().ToString());
  }

  /// Deletes what was written under this name, and gives how much there was, so that lists stay short.
  int Take(const std::string& name) {
    return std::stoi(server_.database().Value(
        Cat("WITH taken AS (DELETE FROM items WHERE name = '", name, "' RETURNING 1) SELECT count(*) FROM taken")));
  }
  void TakeAll() {
    for (auto& [name, count] : taken_) count += Take(name);
  }

  void StartCallers(Callers* callers) {
    // So many that some run together.
    for (int caller = 0; caller < 8; ++caller) {
      const SharedCatalogue& as = caller % 2 == 0 ? first_ : second_;
      callers->Run([this, as, id = caller]() mutable { return Get(as, id++ % kItems + 1); });
    }
    callers->Run([this] { return ListAll(); });
    callers->Run([this] { return WriteInUnit(); });
    callers->Run([this] { return WriteInRun(); });
    callers->Run([this] { return ExportAll(); });
    callers->Run([this] { return Import(); });
    callers->Run(
        [this, random = std::minstd_rand(1)]() mutable { return CreateWithKey(Canceller::SomeTurns(&random)); });
    callers->Run([this, random = std::minstd_rand(2)]() mutable {
      return CancelledGet(static_cast<int>(random() % kItems) + 1, Canceller::SomeTurns(&random));
    });
  }

  /// Of calls that run together it depends on the machine when some do.
  bool EachKindWasThere() {
    const bool merged = ::testing::Matches(ContainsRegex("rowkeeper_merged_calls_total [1-9]"))(server_.MetricsText());
    return keyed_ > 0 && imported_ > 0 && runs_ > 0 && cancelled_ > 0 && merged;
  }

  std::atomic<int> next_id_{kWritten};
  std::atomic<int> imported_{0};
  std::atomic<int> keyed_{0};
  std::atomic<int> runs_{0};
  std::atomic<int> cancelled_{0};
  std::map<std::string, int> taken_{{"import", 0}, {"keyed", 0}, {"run", 0}, {"u", 0}, {"open", 0}};
};

TEST_F(ReloadSwapTest, NoCallFailsWhileCataloguesAreSwapped) {
  Callers callers;
  StartCallers(&callers);
  // On a machine where each takes long, fewer do.
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int swaps = 0;
  for (; swaps < 50 && !HasFailure() && (swaps < 6 || std::chrono::steady_clock::now() < until); ++swaps) {
    const Unit open(&server_);
    const auto left = BeginExport();
    const int before = callers.calls();
    Serve(swaps % 2 == 0 ? second_ : first_);
    EXPECT_TRUE(Eventually([&] { return HasFailure() || callers.calls() > before + 20; }));
    EXPECT_EQ(Leave(left.get()), "");
    const Json item = {{"id", NextId()}, {"name", "open"}};
    const auto made = Call(first_, "ItemRepository.Create", {{"item", item}}, open.Inside());
    EXPECT_TRUE(made.ok()) << "in a unit that began before: " << made.status();
    EXPECT_TRUE(open.Rollback().ok());
    TakeAll();
  }
  EXPECT_TRUE(Eventually([this] { return HasFailure() || EachKindWasThere(); })) << server_.MetricsText();
  EXPECT_GT(callers.End(), 20 * swaps);
  TakeAll();
  const std::map<std::string, int> written = {
      {"import", imported_}, {"keyed", keyed_}, {"run", runs_}, {"u", 0}, {"open", 0}};
  EXPECT_EQ(taken_, written);
  EXPECT_TRUE(Eventually([] { return CatalogueGeneration::alive() == 1; }));
}

}  // namespace
}  // namespace rowkeeper::testing
