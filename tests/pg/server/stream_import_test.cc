#include <gmock/gmock.h>

#include <cstdlib>
#include <future>
#include <thread>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/import_fixture.h"
#include "tests/support/cut_off.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST_F(ImportTest, EveryMessageIsStoredAndAnsweredWithTheRowsSoFar) {
  StreamClient stream(server_.get(), "TaskRepository.Import");
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(stream.Send(Chunk(Cat("c", i), 10)));
    EXPECT_EQ(stream.Receive(), (Json{{"imported", Cat(10 * i)}, {"chunks", Cat(i)}}));
    EXPECT_EQ(Count(), Cat(10 * i));
  }
  stream.SendNoMore();
  EXPECT_EQ(stream.Receive(), std::nullopt);
  EXPECT_EQ(Summary(stream.Finish()), "OK");
  EXPECT_EQ(Count("status = 'TODO' AND version = 1 AND title = 'c2 7'"), "1");
}

TEST_F(ImportTest, AStreamWithoutMessagesIsEmptyAndAMessageWithoutRowsCounts) {
  StreamClient nothing(server_.get(), "TaskRepository.Import");
  nothing.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&nothing)), "OK");
  StreamClient empty(server_.get(), "TaskRepository.Import");
  empty.Send(Json::object());
  EXPECT_EQ(empty.Receive(), (Json{{"chunks", "1"}}));
  empty.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&empty)), "OK");
}

TEST_F(ImportTest, AMessageWithARowThatATriggerSkipsIsNotStoredAtAll) {
  server_->database().Run(
      "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.title = ''two 3'' THEN RETURN NULL; "
      "END "
      "IF; RETURN NEW; END'; CREATE TRIGGER skip BEFORE INSERT ON task FOR EACH ROW EXECUTE FUNCTION skip()");
  StreamClient stream(server_.get(), "TaskRepository.Import");
  ASSERT_TRUE(stream.Send(Chunk("one", 5)));
  EXPECT_EQ(stream.Receive(), (Json{{"imported", "5"}, {"chunks", "1"}}));
  ASSERT_TRUE(stream.Send(Chunk("two", 5)));
  const absl::Status end = EndOf(&stream);
  EXPECT_EQ(Summary(end), "FAILED_PRECONDITION TRIGGER_REFUSED");
  EXPECT_THAT(std::string(end.message()), HasSubstr("none of its own"));
  EXPECT_EQ(MetadataOf(end, "imported"), "5");
  EXPECT_EQ(Count(), "5");
}

TEST_F(ImportTest, ACallerThatSendsAllAtOnceGetsAllAnswersInOrder) {
  StreamClient stream(server_.get(), "TaskRepository.Import");
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(stream.Send(Chunk("t", 20)));
  stream.SendNoMore();
  const std::vector<Json> answers = stream.ReceiveAll();
  ASSERT_EQ(answers.size(), 30u);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(answers[i]["imported"], Cat(20 * (i + 1)));
  EXPECT_EQ(Summary(stream.Finish()), "OK");
  EXPECT_EQ(Count(), "600");
}

TEST_F(ImportTest, AnImportWithOneResponseAnswersAtTheEnd) {
  StreamClient stream(server_.get(), "TaskRepository.ImportAll");
  for (int i = 0; i < 3; ++i) stream.Send(Chunk("t", 5));
  stream.SendNoMore();
  EXPECT_THAT(stream.ReceiveAll(), ::testing::ElementsAre(Json{{"imported", "15"}, {"chunks", "3"}}));
  EXPECT_EQ(Summary(stream.Finish()), "OK");
}

TEST_F(ImportTest, ABadRowEndsTheStreamAndWhatCameBeforeItsMessageStays) {
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.Send(Chunk("good", 20));
  Json bad = Chunk("bad", 20);
  bad["tasks"][17]["title"] = std::string(256, 'x');
  stream.Send(bad);
  stream.Send(Chunk("after", 20));
  EXPECT_EQ(stream.Receive(), (Json{{"imported", "20"}, {"chunks", "1"}}));
  EXPECT_EQ(stream.Receive(), std::nullopt);
  const absl::Status status = stream.Finish();
  EXPECT_EQ(Summary(status), "INVALID_ARGUMENT INVALID_FIELD [tasks[17].title]");
  EXPECT_EQ(MetadataOf(status, "chunk"), "2");
  EXPECT_EQ(MetadataOf(status, "imported"), "20");
  EXPECT_THAT(std::string(status.message()), HasSubstr("message 2 of the stream (20 rows"));
  EXPECT_EQ(Count(), "20");
}

TEST_F(ImportTest, AMistakeThatOnlyTheDatabaseSeesNamesItsMessageToo) {
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.Send(Chunk("good", 3));
  Json bad = Chunk("bad", 3);
  bad["tasks"][1]["project_id"] = kNoId;
  stream.Send(bad);
  const absl::Status status = EndOf(&stream);
  EXPECT_EQ(ReasonOf(status), "REFERENCE_VIOLATION");
  EXPECT_EQ(MetadataOf(status, "imported"), "3");
  EXPECT_EQ(Count(), "3");
}

TEST_F(ImportTest, TheOneResponseOfAFailedImportIsItsError) {
  StreamClient stream(server_.get(), "TaskRepository.ImportAll");
  stream.Send(Chunk("good", 7));
  stream.Send({{"tasks", {{{"title", "without a project"}}}}});
  EXPECT_EQ(stream.Receive(), std::nullopt);
  const absl::Status status = stream.Finish();
  EXPECT_EQ(Summary(status), "INVALID_ARGUMENT INVALID_FIELD [tasks[0].project_id]");
  EXPECT_EQ(MetadataOf(status, "imported"), "7");
}

TEST_F(ImportTest, AMessageHasTheLimitsOfABatch) {
  InProcessServer::Options options;
  options.serve.max_batch_rows = 10;
  options.serve.max_batch_kib = 4;
  Serve(options);
  StreamClient rows(server_.get(), "TaskRepository.Import");
  rows.Send(Chunk("t", 10));
  rows.Send(Chunk("t", 11));
  const absl::Status too_many = EndOf(&rows);
  EXPECT_EQ(Summary(too_many), "INVALID_ARGUMENT BATCH_TOO_LARGE [tasks]");
  EXPECT_EQ(MetadataOf(too_many, "imported"), "10");
  StreamClient bytes(server_.get(), "TaskRepository.Import");
  Json large = Chunk("t", 1);
  large["tasks"][0]["description"] = std::string(5000, 'x');
  bytes.Send(large);
  EXPECT_EQ(Summary(EndOf(&bytes)), "INVALID_ARGUMENT BATCH_TOO_LARGE [tasks]");
  EXPECT_EQ(Count(), "10");
}

TEST_F(ImportTest, AMessageThatIsNoneIsRefused) {
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.SendBytes("\xff\xff\xff");
  EXPECT_EQ(Summary(EndOf(&stream)), "INVALID_ARGUMENT MALFORMED_REQUEST");
}

TEST_F(ImportTest, TextsAreStoredAsTheyAreWhateverTheyHold) {
  const std::vector<std::string> texts = {"'); DROP TABLE task; --", "$1", "\\", "\"", "{a,b}", "NULL", "{\"}", "\t\n"};
  Json tasks = Json::array();
  for (const std::string& text : texts) tasks.push_back(Task(text));
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.Send({{"tasks", tasks}});
  stream.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&stream)), "OK");
  const Json listed = server_->MustCall("TaskRepository.List", {{"page_size", 100}});
  std::vector<std::string> stored;
  for (const Json& task : listed["tasks"]) stored.push_back(task["title"]);
  EXPECT_THAT(stored, ::testing::UnorderedElementsAreArray(texts));
}

TEST_F(ImportTest, HeadersThatChangeACallAreRefused) {
  const auto refused = [this](const std::string& name, const std::string& value) {
    CallOptions options;
    options.headers = {{name, value}};
    StreamClient stream(server_.get(), "TaskRepository.Import", options);
    stream.Send(Chunk("t", 1));
    return Summary(EndOf(&stream));
  };
  for (const char* name : {"rowkeeper-unit-of-work", "rowkeeper-sequence", "rowkeeper-debug", "idempotency-key"}) {
    EXPECT_EQ(refused(name, "1"), "INVALID_ARGUMENT INVALID_HEADER") << name;
  }
  EXPECT_EQ(Count(), "0");
}

TEST_F(ImportTest, AMessageThatWaitsForALockEndsWithTheDeadline) {
  Blocker blocker(server_.get(), "LOCK TABLE task");
  CallOptions options;
  options.timeout = milliseconds(2000);  // within which it waits, on a busy machine too
  StreamClient stream(server_.get(), "TaskRepository.Import", options);
  stream.Send(Chunk("t", 4));
  EXPECT_EQ(EndOf(&stream).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Eventually(server_.get(),
                         "NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                         "application_name = 'rowkeeper' AND pid <> pg_backend_pid() AND state = 'active')"));
  blocker.End();
  EXPECT_EQ(Count(), "0");
}

TEST_F(ImportTest, ACallerThatSendsNothingIsNotWaitedForForEver) {
  InProcessServer::Options options;
  options.serve.streams.idle_timeout_s = 0.3;
  options.time = InProcessServer::Options::Time::kStill;
  Serve(options);
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.Send(Chunk("t", 4));
  ASSERT_TRUE(stream.Receive().has_value());
  auto end = std::async(std::launch::async, [&stream] { return stream.Receive(); });
  EXPECT_TRUE(server_->AdvanceUntil([&end] { return end.wait_for(milliseconds(0)) == std::future_status::ready; }));
  EXPECT_EQ(end.get(), std::nullopt);
  const absl::Status status = stream.Finish();
  EXPECT_EQ(Summary(status), "ABORTED STREAM_IDLE");
  EXPECT_EQ(MetadataOf(status, "imported"), "4");
  EXPECT_EQ(MetadataOf(status, "limit"), "stream-idle-timeout");
  EXPECT_THAT(std::string(status.message()), HasSubstr("300 ms"));
}

TEST_F(ImportTest, AServerThatStopsTellsHowFarTheImportCame) {
  InProcessServer::Options options;
  options.serve.drain_timeout_s = 0.3;
  Serve(options);
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.Send(Chunk("t", 4));
  ASSERT_TRUE(stream.Receive().has_value());
  std::thread stop([this] { server_->Stop(); });
  EXPECT_EQ(stream.Receive(), std::nullopt);
  const absl::Status status = stream.Finish();
  stop.join();
  EXPECT_EQ(Summary(status), "UNAVAILABLE SHUTTING_DOWN");
  EXPECT_EQ(MetadataOf(status, "imported"), "4");
}

TEST_F(ImportTest, ALostConnectionInAMessageLeavesItsOutcomeOpenAndSaysWhatIsStored) {
  if (std::getenv("ROWKEEPER_TEST_POOLER") != nullptr) GTEST_SKIP() << "the sockets are the pooler's";
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.Send(Chunk("t", 4));
  ASSERT_TRUE(stream.Receive().has_value());
  Blocker blocker(server_.get(), "LOCK TABLE task");
  stream.Send(Chunk("lost", 4));
  ASSERT_TRUE(Eventually(server_.get(),
                         "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                         "application_name = 'rowkeeper' AND wait_event_type = 'Lock')"));
  EXPECT_EQ(CutOff(server_.get(), "wait_event_type = 'Lock'"), 1);
  const absl::Status status = EndOf(&stream);
  blocker.End();
  EXPECT_EQ(Summary(status), "UNKNOWN COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(MetadataOf(status, "imported"), "4");
  EXPECT_EQ(MetadataOf(status, "chunk"), "2");
  EXPECT_THAT(std::string(status.message()), HasSubstr("not known whether its own are"));
}

TEST_F(ImportTest, AMessageWhoseSessionPostgresqlEndsIsStoredByAnother) {
  StreamClient stream(server_.get(), "TaskRepository.Import");
  stream.Send(Chunk("t", 4));
  ASSERT_TRUE(stream.Receive().has_value());
  Blocker blocker(server_.get(), "LOCK TABLE task");
  stream.Send(Chunk("again", 4));
  const std::string waits =
      "pg_stat_activity WHERE datname = current_database() AND application_name = 'rowkeeper' AND wait_event_type = "
      "'Lock'";
  ASSERT_TRUE(Eventually(server_.get(), Cat("EXISTS (SELECT FROM ", waits, ")")));
  server_->database().Value(Cat("SELECT pg_terminate_backend(pid, 5000) FROM ", waits));
  blocker.End();
  EXPECT_EQ(stream.Receive().value_or(Json()).value("imported", ""), "8");
  stream.SendNoMore();
  EXPECT_TRUE(EndOf(&stream).ok());
  EXPECT_EQ(server_->database().Value("SELECT count(*) FROM task"), "8");
}

/// Todos are upserted by their id.
class UpsertingImportTest : public PlannerTest {
 protected:
  static std::string Id(int number) {
    std::string id = kNoId;
    id.replace(id.size() - 2, 2, Cat(10 + number));
    return id;
  }
};

TEST_F(UpsertingImportTest, CountsWhatWasInsertedUpdatedAndLeftAlone) {
  const std::string owner = NewProfile();
  const auto todo = [&owner](int number, const std::string& title) {
    return Json{{"id", Id(number)}, {"owner_id", owner}, {"title", title}};
  };
  StreamClient stream(&server(), "TodoRepository.Import");
  stream.Send({{"todos", {todo(1, "a"), todo(2, "b"), todo(3, "c")}}});
  EXPECT_EQ(stream.Receive(), (Json{{"imported", "3"}, {"chunks", "1"}, {"inserted", "3"}}));
  stream.Send({{"todos", {todo(2, "b"), todo(3, "changed"), todo(4, "d")}}});
  EXPECT_EQ(stream.Receive(),
            (Json{{"imported", "6"}, {"chunks", "2"}, {"inserted", "4"}, {"updated", "1"}, {"unchanged", "1"}}));
  stream.Send({{"todos", {todo(1, "not in the mask")}}, {"update_mask", "notes"}});
  EXPECT_EQ(stream.Receive()->value("unchanged", ""), "2");
  stream.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&stream)), "OK");
  EXPECT_EQ(GetTodo(Id(3))["title"], "changed");
  EXPECT_EQ(GetTodo(Id(1))["title"], "a");
}

TEST_F(UpsertingImportTest, TheSameRowTwiceInAMessageIsAMistakeAndInTwoMessagesIsNot) {
  const std::string owner = NewProfile();
  const Json todo = {{"id", Id(9)}, {"owner_id", owner}, {"title", "t"}};
  StreamClient stream(&server(), "TodoRepository.Import");
  stream.Send({{"todos", {todo}}});
  stream.Send({{"todos", {todo}}});
  stream.Send({{"todos", {todo, todo}}});
  const absl::Status status = EndOf(&stream);
  EXPECT_EQ(Summary(status), "INVALID_ARGUMENT INVALID_FIELD [todos[1].id]");
  EXPECT_EQ(MetadataOf(status, "imported"), "2");
}

}  // namespace
}  // namespace rowkeeper::testing
