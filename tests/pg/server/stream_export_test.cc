#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <fstream>
#include <set>
#include <thread>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/support/scrape.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExportTest : public ::testing::Test {
 protected:
  void SetUp() override { Serve(SmallMessages(10)); }

  static InProcessServer::Options SmallMessages(int rows) {
    InProcessServer::Options options;
    options.serve.streams.export_rows = rows;
    return options;
  }

  void Serve(InProcessServer::Options options) {
    server_ = nullptr;
    server_ = std::make_unique<InProcessServer>(CompileExample("tracker/v1"), std::move(options));
    ASSERT_TRUE(server_->ok());
    const Json user =
        server_->MustCall("UserRepository.Create", {{"user", {{"email", "a@b.c"}, {"display_name", "Ada"}}}});
    owner_ = user["id"];
    project_ = NewProject("p");
  }

  std::string NewProject(const std::string& slug) {
    return server_
        ->MustCall("ProjectRepository.Create", {{"project", {{"name", "P"}, {"slug", slug}, {"owner_id", owner_}}}})
        .value("id", "");
  }

  /// Tasks "<name> 1" to "<name> <rows>" by SQL.
  void Fill(const std::string& name, int rows, const std::string& description = "''") {
    server_->database().Run(Cat("INSERT INTO task (project_id, title, description, position) SELECT '", project_,
                                "', '", name, " ' || i, ", description, ", 0 FROM generate_series(1, ", rows,
                                ") AS i"));
  }

  std::unique_ptr<StreamClient> Export(const Json& request = Json::object(), const CallOptions& options = {}) {
    return StartExport(server_.get(), "TaskRepository.Export", request, options);
  }

  static void Append(const Json& answer, std::vector<std::string>* ids) {
    for (const Json& task : answer.value("tasks", Json::array())) ids->push_back(task["id"]);
  }
  static std::vector<std::string> IdsOf(const std::vector<Json>& answers) {
    std::vector<std::string> ids;
    for (const Json& answer : answers) Append(answer, &ids);
    return ids;
  }
  std::vector<std::string> StoredIds(const std::string& condition = "NOT is_deleted") {
    std::vector<std::string> ids;
    const std::string joined =
        server_->database().Value(Cat("SELECT string_agg(id::text, ',' ORDER BY id) FROM task WHERE ", condition));
    for (size_t i = 0; i + 36 <= joined.size(); i += 37) ids.push_back(joined.substr(i, 36));
    return ids;
  }
  /// The server's open transactions.
  inline static const std::string kNoTransaction =
      "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rowkeeper' "
      "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)";

  std::unique_ptr<InProcessServer> server_;
  std::string owner_;
  std::string project_;
};

TEST_F(ExportTest, SendsAllRowsInTheOrderOfTheKeyInMessagesOfAtMostTheLimit) {
  Fill("t", 105);
  const auto stream = Export();
  const std::vector<Json> answers = stream->ReceiveAll();
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_EQ(answers.size(), 11u);
  for (const Json& answer : answers) {
    EXPECT_LE(answer["tasks"].size(), 10u);
    EXPECT_NE(answer.value("resume_token", ""), "");
  }
  EXPECT_EQ(IdsOf(answers), StoredIds());
  EXPECT_TRUE(Eventually(server_.get(), kNoTransaction));
}

TEST_F(ExportTest, NothingToExportIsAnEmptyStream) {
  const auto stream = Export();
  EXPECT_THAT(stream->ReceiveAll(), ElementsAre());
  EXPECT_EQ(Summary(stream->Finish()), "OK");
}

TEST_F(ExportTest, FiltersVisibilityAndReadMaskAreThoseOfALists) {
  Fill("t", 30);
  server_->database().Run("UPDATE task SET is_deleted = true WHERE title IN ('t 3', 't 4')");
  server_->database().Run("UPDATE task SET status = 'DONE' WHERE title = 't 5'");
  EXPECT_EQ(IdsOf(Export()->ReceiveAll()).size(), 28u);
  EXPECT_EQ(IdsOf(Export({{"deleted", "DELETED_INCLUDE"}})->ReceiveAll()).size(), 30u);
  EXPECT_EQ(IdsOf(Export({{"deleted", "DELETED_ONLY"}})->ReceiveAll()), StoredIds("is_deleted"));
  EXPECT_EQ(IdsOf(Export({{"statuses", {"TASK_STATUS_DONE"}}})->ReceiveAll()), StoredIds("status = 'DONE'"));
  EXPECT_EQ(IdsOf(Export({{"project_id", NewProject("other")}})->ReceiveAll()).size(), 0u);
  EXPECT_EQ(IdsOf(Export({{"filter", "status = DONE"}})->ReceiveAll()), StoredIds("status = 'DONE'"));
  const auto injection = Export({{"filter", "status = \"DONE'; DROP TABLE task; --\""}});
  EXPECT_EQ(Summary(EndOf(injection.get())), "INVALID_ARGUMENT INVALID_FIELD [filter]");
  const std::vector<Json> titles = Export({{"statuses", {"TASK_STATUS_DONE"}}, {"read_mask", "title"}})->ReceiveAll();
  ASSERT_EQ(titles.size(), 1u);
  EXPECT_EQ(titles[0]["tasks"], (Json{{{"title", "t 5"}}}));
}

TEST_F(ExportTest, ShowsOneMomentWhateverOthersWriteMeanwhile) {
  Fill("t", 2000, "repeat('x', 2000)");
  const std::vector<std::string> before = StoredIds();
  const auto stream = Export();
  std::vector<Json> answers = {*stream->Receive()};
  Fill("new", 500);
  server_->database().Run("DELETE FROM task WHERE title LIKE 't %7'");
  server_->database().Run("UPDATE task SET title = 'changed' WHERE title LIKE 't %'");
  for (Json& answer : stream->ReceiveAll()) answers.push_back(std::move(answer));
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_EQ(IdsOf(answers), before);
  for (const Json& answer : answers) {
    for (const Json& task : answer["tasks"]) EXPECT_NE(task["title"], "changed");
  }
}

TEST_F(ExportTest, GoesOnAfterABrokenStreamWithoutLosingOrRepeatingARow) {
  Fill("t", 95);
  const std::vector<std::string> before = StoredIds();
  std::vector<std::string> seen;
  std::string token;
  int streams = 0;
  for (bool over = false; !over; ++streams) {
    const auto stream = Export({{"resume_token", token}});
    for (int messages = 0; messages < 3 && !over; ++messages) {
      const auto answer = stream->Receive();
      over = !answer.has_value();
      if (over) break;
      Append(*answer, &seen);
      token = answer->value("resume_token", "");
    }
    if (over) {
      EXPECT_EQ(Summary(stream->Finish()), "OK");
    } else {
      stream->Cancel();
    }
    Fill(Cat("new in ", streams), 5);
  }
  EXPECT_EQ(streams, 4);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  const std::set<std::string> distinct(seen.begin(), seen.end());
  EXPECT_EQ(distinct.size(), seen.size());
  EXPECT_TRUE(std::includes(distinct.begin(), distinct.end(), before.begin(), before.end()));
}

TEST_F(ExportTest, ATokenIsForTheSameRequestAloneButForItsMask) {
  Fill("t", 30);
  const auto stream = Export({{"project_id", project_}});
  const std::string token = stream->Receive()->value("resume_token", "");
  const auto refused = [&](Json request) {
    request["resume_token"] = token;
    const auto again = Export(request);
    return Summary(EndOf(again.get()));
  };
  EXPECT_EQ(refused({{"project_id", project_}}), "OK");
  EXPECT_EQ(refused({{"project_id", project_}, {"read_mask", "title"}}), "OK");
  EXPECT_EQ(refused(Json::object()), "INVALID_ARGUMENT INVALID_FIELD [resume_token]");
  EXPECT_EQ(refused({{"project_id", project_}, {"filter", "title = \"t\""}}),
            "INVALID_ARGUMENT INVALID_FIELD [resume_token]");
  EXPECT_EQ(refused({{"project_id", owner_}}), "INVALID_ARGUMENT INVALID_FIELD [resume_token]");
  EXPECT_EQ(refused({{"project_id", project_}, {"deleted", "DELETED_INCLUDE"}}),
            "INVALID_ARGUMENT INVALID_FIELD [resume_token]");
}

TEST_F(ExportTest, BadRequestsAreRefusedBeforeAnythingIsRead) {
  const auto refused = [this](const Json& request) {
    const auto stream = Export(request);
    return Summary(EndOf(stream.get()));
  };
  EXPECT_EQ(refused({{"resume_token", "' OR 1=1 --"}}), "INVALID_ARGUMENT INVALID_FIELD [resume_token]");
  EXPECT_EQ(refused({{"project_id", "'; DROP TABLE task; --"}}), "INVALID_ARGUMENT INVALID_FIELD [project_id]");
  EXPECT_EQ(refused({{"read_mask", "title,noSuchField"}}), "INVALID_ARGUMENT INVALID_FIELD [read_mask]");
  StreamClient nothing(server_.get(), "TaskRepository.Export");
  nothing.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&nothing)), "INVALID_ARGUMENT MALFORMED_REQUEST");
  StreamClient garbage(server_.get(), "TaskRepository.Export");
  garbage.SendBytes("\xff\xff");
  EXPECT_EQ(Summary(EndOf(&garbage)), "INVALID_ARGUMENT MALFORMED_REQUEST");
  CallOptions in_unit;
  in_unit.headers = {{"rowkeeper-unit-of-work", "x"}};
  const auto unit = Export(Json::object(), in_unit);
  EXPECT_EQ(Summary(EndOf(unit.get())), "INVALID_ARGUMENT INVALID_HEADER");
}

TEST_F(ExportTest, MessagesStayBelowTheSizeLimitUnlessARowIsLarger) {
  InProcessServer::Options options;
  options.serve.streams.export_kib = 8;
  options.serve.max_response_kib = 64;
  Serve(options);
  Fill("t", 200, "repeat('x', (i % 7) * 900)");
  Fill("large", 1, "repeat('x', 20000)");
  const auto stream = Export();
  std::vector<std::string> ids;
  int messages = 0;
  while (const auto bytes = stream->ReceiveBytes()) {
    const Json answer = server_->ToJson(*server_->FindMethod("TaskRepository.Export")->output_type(), *bytes);
    const size_t rows = answer["tasks"].size();
    EXPECT_TRUE(rows == 1 || bytes->size() < 8 * 1024 + 300) << rows << " rows, " << bytes->size() << " bytes";
    Append(answer, &ids);
    ++messages;
  }
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_EQ(ids, StoredIds());
  EXPECT_GT(messages, 60);
  Fill("too large", 1, "repeat('x', 70000)");
  const auto last = Export();
  EXPECT_EQ(Summary(EndOf(last.get())), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
}

TEST_F(ExportTest, AReaderThatStopsLosesItsConnectionAndCanGoOn) {
  InProcessServer::Options options = SmallMessages(1000);
  options.time = InProcessServer::Options::Time::kStill;
  Serve(options);
  Fill("t", 2000, "repeat('x', 10000)");
  const auto stream = Export();
  std::vector<std::string> seen;
  const auto first = stream->Receive();
  ASSERT_TRUE(first.has_value());
  Append(*first, &seen);
  ASSERT_TRUE(Eventually(server_.get(), Cat("NOT ", kNoTransaction)));
  const std::string is_over = Cat("SELECT ", kNoTransaction);
  EXPECT_TRUE(server_->AdvanceUntil([&] { return server_->database().Value(is_over) == "t"; }));
  std::string token = first->value("resume_token", "");
  while (const auto answer = stream->Receive()) {
    Append(*answer, &seen);
    token = answer->value("resume_token", "");
  }
  const absl::Status status = stream->Finish();
  EXPECT_EQ(Summary(status), "ABORTED STREAM_IDLE");
  EXPECT_THAT(std::string(status.message()), HasSubstr("resume_token"));
  EXPECT_LT(seen.size(), 2000u);
  const auto rest = Export({{"resume_token", token}});
  while (const auto answer = rest->Receive()) Append(*answer, &seen);
  EXPECT_EQ(Summary(rest->Finish()), "OK");
  EXPECT_EQ(seen, StoredIds());
}

TEST_F(ExportTest, ASlowReaderGetsEverything) {
  Serve(SmallMessages(100));
  Fill("t", 1500, "repeat('x', 3000)");
  const auto stream = Export();
  std::vector<std::string> seen;
  while (const auto answer = stream->Receive()) {
    Append(*answer, &seen);
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_EQ(seen, StoredIds());
}

TEST_F(ExportTest, CancelAndDeadlineGiveTheConnectionBackAtOnce) {
  Serve(SmallMessages(1000));
  Fill("t", 20000, "repeat('x', 1000)");
  const auto cancelled = Export();
  ASSERT_TRUE(cancelled->Receive().has_value());
  ASSERT_TRUE(Eventually(server_.get(), Cat("NOT ", kNoTransaction)));
  cancelled->Cancel();
  EXPECT_TRUE(Eventually(server_.get(), kNoTransaction));
  EXPECT_EQ(EndOf(cancelled.get()).code(), absl::StatusCode::kCancelled);

  CallOptions options;
  options.timeout = milliseconds(500);
  const auto late = Export(Json::object(), options);
  ASSERT_TRUE(late->Receive().has_value());
  ASSERT_TRUE(Eventually(server_.get(), Cat("NOT ", kNoTransaction)));
  EXPECT_TRUE(Eventually(server_.get(), kNoTransaction));
  EXPECT_EQ(EndOf(late.get()).code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ExportTest, AnExportThatWaitsForALockIsCancelledToo) {
  Blocker blocker(server_.get(), "LOCK TABLE task");
  const auto stream = Export();
  const std::string waits =
      "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rowkeeper' AND "
      "wait_event_type = 'Lock')";
  ASSERT_TRUE(Eventually(server_.get(), waits));
  stream->Cancel();
  EXPECT_TRUE(Eventually(server_.get(), Cat("NOT ", waits)));
}

TEST_F(ExportTest, AServerThatStopsAbortsAnExportThatCanGoOnElsewhere) {
  InProcessServer::Options options = SmallMessages(1000);
  options.serve.drain_timeout_s = 0.3;
  Serve(options);
  Fill("t", 20000, "repeat('x', 1000)");
  const auto stream = Export();
  ASSERT_TRUE(stream->Receive().has_value());
  std::thread stop([this] { server_->Stop(); });
  EXPECT_TRUE(Eventually(server_.get(), kNoTransaction));  // cut, while nobody reads
  const absl::Status status = EndOf(stream.get());
  stop.join();
  EXPECT_EQ(Summary(status), "UNAVAILABLE SHUTTING_DOWN");
}

TEST_F(ExportTest, ALostConnectionEndsTheStreamWithUnavailable) {
  Serve(SmallMessages(1000));
  Fill("t", 20000, "repeat('x', 1000)");
  const auto stream = Export();
  ASSERT_TRUE(stream->Receive().has_value());
  ASSERT_TRUE(Eventually(server_.get(), Cat("NOT ", kNoTransaction)));
  server_->database().Value(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name "
      "= 'rowkeeper' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL");
  EXPECT_EQ(Summary(EndOf(stream.get())), "UNAVAILABLE DATABASE_UNAVAILABLE");
}

TEST_F(ExportTest, ExportsUseOnlyTheirShareOfThePool) {
  InProcessServer::Options options = SmallMessages(1000);
  options.serve.streams.max_streams = 2;
  options.pool.pool_size = 6;
  options.pool.max_overflow = 0;
  Serve(options);
  Fill("t", 20000, "repeat('x', 1000)");
  std::vector<std::unique_ptr<StreamClient>> stalled;
  for (int i = 0; i < 2; ++i) {
    stalled.push_back(Export());
    ASSERT_TRUE(stalled.back()->Receive().has_value());
  }
  const auto refused = Export();
  EXPECT_EQ(Summary(EndOf(refused.get())), "RESOURCE_EXHAUSTED STREAM_LIMIT");
  for (int i = 0; i < 20; ++i) server_->MustCall("TaskRepository.List", {{"page_size", 1}});
  stalled.clear();
  EXPECT_TRUE(Eventually(server_.get(), kNoTransaction));
}

/// Exports of callers over TCP and over a unix socket, who are two to the server, which has five places.
class ExportPlacesTest : public ExportTest {
 protected:
  void SetUp() override {
    InProcessServer::Options options = SmallMessages(1000);
    options.serve.listen.push_back("unix:" + directory_.path() + "/s");
    options.time = InProcessServer::Options::Time::kStill;
    Serve(options);
    Fill("t", 20000, "repeat('x', 1000)");
  }

  /// One of which the first message was read.
  std::unique_ptr<StreamClient> Stalled(const CallOptions& options = {}) {
    auto stream = Export(Json::object(), options);
    EXPECT_TRUE(stream->Receive().has_value());
    return stream;
  }
  CallOptions OverUnixSocket() {
    CallOptions options;
    options.channel = wire::NewChannel(server_->addresses().back());
    return options;
  }
  int Open() { return static_cast<int>(Scrape(server_->MetricsText()).Sum("rowkeeper_streams_open")); }

  const TemporaryDirectory directory_;
};

TEST_F(ExportPlacesTest, ACallerLeavesPlacesToOthers) {
  std::vector<std::unique_ptr<StreamClient>> stalled;
  for (int i = 0; i < 3; ++i) stalled.push_back(Stalled());
  const auto refused = Export();
  const absl::Status status = EndOf(refused.get());
  EXPECT_EQ(Summary(status), "RESOURCE_EXHAUSTED CALLER_LIMIT");
  EXPECT_EQ(MetadataOf(status, "limit"), "max-streams");
  const auto other = Export(Json::object(), OverUnixSocket());
  EXPECT_EQ(IdsOf(other->ReceiveAll()).size(), 20000u);
  for (auto& stream : stalled) EXPECT_EQ(Summary(EndOf(stream.get())), "OK") << "nobody needed its place";
}

TEST_F(ExportPlacesTest, ASlowStreamGivesItsPlaceToACallerWithFewer) {
  InProcessServer::Options options = SmallMessages(1000);
  options.serve.streams.max_streams = 3;  // so few that one caller may have all
  options.serve.listen.push_back("unix:" + directory_.path() + "/t");
  options.time = InProcessServer::Options::Time::kStill;
  Serve(options);
  Fill("t", 20000, "repeat('x', 1000)");
  std::vector<std::unique_ptr<StreamClient>> stalled;
  for (int i = 0; i < 3; ++i) {
    stalled.push_back(Stalled());
    server_->Advance(std::chrono::seconds(1));
  }
  const auto too_early = Export(Json::object(), OverUnixSocket());
  EXPECT_EQ(Summary(EndOf(too_early.get())), "RESOURCE_EXHAUSTED STREAM_LIMIT");
  server_->Advance(std::chrono::seconds(5));
  ASSERT_TRUE(stalled[0]->Receive().has_value());  // trickles
  server_->Advance(std::chrono::seconds(4));
  const auto same_caller = Export();
  EXPECT_EQ(Summary(EndOf(same_caller.get())), "RESOURCE_EXHAUSTED STREAM_LIMIT");
  EXPECT_EQ(Open(), 3);
  const auto first_try = Export(Json::object(), OverUnixSocket());
  EXPECT_EQ(Summary(EndOf(first_try.get())), "RESOURCE_EXHAUSTED STREAM_LIMIT");
  ASSERT_TRUE(Eventually([this] { return Open() == 2; }));
  const auto other = Export(Json::object(), OverUnixSocket());
  EXPECT_EQ(IdsOf(other->ReceiveAll()).size(), 20000u);
  std::vector<std::string> ends;
  for (auto& stream : stalled) {
    const absl::Status status = EndOf(stream.get());
    ends.push_back(Summary(status));
    if (status.ok()) continue;
    EXPECT_THAT(std::string(status.message()), HasSubstr("resume_token"));
  }
  EXPECT_THAT(ends, ::testing::UnorderedElementsAre("ABORTED STREAM_IDLE", "OK", "OK"));
}

TEST_F(ExportPlacesTest, ACallerHasNoMoreStreamsThanOneMay) {
  InProcessServer::Options options = SmallMessages(1000);
  options.serve.streams.streams_per_caller = 1;
  Serve(options);
  Fill("t", 20000, "repeat('x', 1000)");
  const auto first = Stalled();
  const auto second = Export();
  const absl::Status status = EndOf(second.get());
  EXPECT_EQ(Summary(status), "RESOURCE_EXHAUSTED CALLER_LIMIT");
  EXPECT_EQ(MetadataOf(status, "limit"), "streams-per-caller");
  EXPECT_EQ(Summary(EndOf(first.get())), "OK");
}

using PlannerExportTest = PlannerTest;

TEST_F(PlannerExportTest, RelationsAreNotExportedAndRunsHaveNoStreams) {
  const auto stream = StartExport(&server(), "TodoRepository.Export", {{"read_mask", "title,owner"}});
  EXPECT_EQ(Summary(EndOf(stream.get())), "INVALID_ARGUMENT INVALID_FIELD [read_mask]");
  const auto run = Call("UnitOfWork.Run", {{"calls", {{{"method", "planner.v1.TodoRepository.Export"}}}}});
  EXPECT_EQ(Summary(run), "INVALID_ARGUMENT INVALID_FIELD [calls[0].method]");
  EXPECT_THAT(std::string(run.status().message()), HasSubstr("is a stream"));
}

int64_t ResidentKib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  int64_t kib = 0;
  while (status >> word) {
    if (word == "VmRSS:") status >> kib;
  }
  return kib;
}

TEST_F(ExportTest, TwoHundredThousandRowsGoInAndOutInFlatMemory) {
  Serve(SmallMessages(1000));
  constexpr int kChunks = 200, kRows = 1000;
  Json tasks = Json::array();
  for (int i = 0; i < kRows; ++i) {
    tasks.push_back({{"project_id", project_}, {"title", Cat("task ", i)}, {"description", std::string(200, 'd')}});
  }
  const std::string chunk =
      server_->ToBytes(*server_->FindMethod("TaskRepository.Import")->input_type(), {{"tasks", tasks}});
  int64_t before = 0;
  StreamClient import(server_.get(), "TaskRepository.Import", {{}, std::chrono::minutes(5), nullptr, nullptr});
  for (int i = 0; i < kChunks; ++i) {
    ASSERT_TRUE(import.SendBytes(chunk));
    ASSERT_TRUE(import.ReceiveBytes().has_value());
    if (i == 20) before = ResidentKib();
  }
  import.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&import)), "OK");
  EXPECT_EQ(server_->database().Value("SELECT count(*) FROM task"), Cat(kChunks * kRows));
  EXPECT_LT(ResidentKib() - before, 32 * 1024);

  const auto stream = Export(Json::object(), {{}, std::chrono::minutes(5), nullptr, nullptr});
  size_t bytes = 0, messages = 0;
  for (; const auto message = stream->ReceiveBytes(); ++messages) {
    bytes += message->size();
    if (messages == 20) before = ResidentKib();
  }
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_GE(messages, 200u);
  EXPECT_GT(bytes, size_t{kChunks * kRows} * 300);
  EXPECT_LT(ResidentKib() - before, 32 * 1024);
}

}  // namespace
}  // namespace rowkeeper::testing
