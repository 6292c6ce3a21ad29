#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <fstream>
#include <set>
#include <thread>

#include "absl/strings/str_join.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/export_fixture.h"
#include "tests/support/memory_figures.h"
#include "tests/support/scrape.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

/// Large rows are read by themselves: first, last, alone, many after one another, and as large as a response may be.
TEST_F(ExportTest, RowsOfAllSizesComeInOrderWithTheirValues) {
  for (const int rows_in_message : {1, 7, 1000}) {
    Serve(SmallMessages(rows_in_message));
    const std::string size =
        "CASE i % 9 WHEN 0 THEN 4000000 WHEN 3 THEN 8192 WHEN 4 THEN 9000 WHEN 5 THEN 700000 WHEN 6 THEN 700000 ELSE "
        "10 "
        "END";
    Fill("t", 40, Cat("repeat(chr((65 + i % 26)::int), ", size, ")"));
    server_->database().Run(
        "UPDATE task SET custom_numbers = (SELECT jsonb_object_agg('n' || n, n) FROM generate_series(1, 2000) AS n) "
        "WHERE title IN ('t 8', 't 9')");
    const auto stream = Export();
    std::vector<std::string> seen;
    while (const auto answer = stream->Receive()) {
      for (const Json& task : answer->value("tasks", Json::array())) {
        const std::string description = task.value("description", "");
        seen.push_back(Cat(task["id"].get<std::string>(), " ", description.size(), " ", description.substr(0, 1), " ",
                           task.value("custom_numbers", Json::object()).size()));
      }
      EXPECT_NE(answer->value("resume_token", ""), "");
    }
    EXPECT_EQ(Summary(stream->Finish()), "OK");
    const std::string stored = server_->database().Value(
        "SELECT string_agg(concat_ws(' ', id, length(description), left(description, 1), "
        "(SELECT count(*) FROM jsonb_object_keys(custom_numbers))), '|' ORDER BY id) FROM task");
    EXPECT_EQ(absl::StrJoin(seen, "|"), stored) << rows_in_message;
  }
}

TEST_F(ExportTest, LargeRowsBetweenSmallOnesAreReadTogether) {
  InProcessServer::Options options;
  options.serve.max_response_kib = 4096;
  Serve(options);
  Fill("t", 100, "repeat('x', (i % 2) * 60000)");
  const auto statements = [this] {
    return Scrape(server_->MetricsText()).Sum("db_client_operation_duration_seconds_count");
  };
  const double before = statements();
  const auto stream = Export();
  std::vector<std::string> ids;
  while (const auto answer = stream->Receive()) Append(*answer, &ids);
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_EQ(ids, StoredIds());
  EXPECT_LT(statements() - before, 30) << "fifty rows are large";
}

TEST_F(ExportTest, ASlowReaderGetsEverything) {
  Serve(SmallMessages(100));
  Fill("t", 1500, "repeat('x', 3000)");
  const auto stream = Export();
  std::vector<std::string> seen;
  while (const auto answer = stream->Receive()) {
    Append(*answer, &seen);
    std::this_thread::sleep_for(milliseconds(20));  // the server has to wait for it
  }
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_EQ(seen, StoredIds());
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
  if (kMemoryFiguresTell) {
    EXPECT_LT(ResidentKib() - before, 32 * 1024);
  }

  const auto stream = Export(Json::object(), {{}, std::chrono::minutes(5), nullptr, nullptr});
  size_t bytes = 0, messages = 0;
  for (; const auto message = stream->ReceiveBytes(); ++messages) {
    bytes += message->size();
    if (messages == 20) before = ResidentKib();
  }
  EXPECT_EQ(Summary(stream->Finish()), "OK");
  EXPECT_GE(messages, 200u);
  EXPECT_GT(bytes, size_t{kChunks * kRows} * 300);
  if (kMemoryFiguresTell) {
    EXPECT_LT(ResidentKib() - before, 32 * 1024);
  }
}

}  // namespace
}  // namespace rowkeeper::testing
