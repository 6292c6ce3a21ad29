// Who may have how many streams open.
#include <gmock/gmock.h>

#include "server/app/server_process.h"
#include "server/base/listen_address.h"
#include "server/observe/counters.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/export_fixture.h"
#include "tests/pg/server/import_fixture.h"
#include "tests/support/raw_http_client.h"
#include "tests/support/scrape.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

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
  std::unique_ptr<StreamClient> Stalled() {
    CallOptions options;
    options.timeout = std::chrono::minutes(5);
    auto stream = Export(Json::object(), options);
    EXPECT_TRUE(stream->Receive().has_value());
    return stream;
  }
  CallOptions OverUnixSocket() {
    CallOptions options;
    options.channel = wire::NewChannel(server_->addresses().back());
    options.timeout = std::chrono::minutes(5);
    return options;
  }
  int Open() { return static_cast<int>(Scrape(server_->MetricsText()).Sum("rowkeeper_streams_open")); }

  /// Waits until `count` streams wait for their callers, by the page of what runs.
  bool AwaitWaiting(size_t count) {
    ListenAddress address;
    EXPECT_TRUE(ParseListenAddress(server_->process().admin_address(), &address).ok());
    return Eventually([&] {
      const std::string page = RawClient(address).Ask(HttpRequest("/status/running.json"));
      size_t waiting = 0;
      constexpr std::string_view kWaits = "\"waits for its caller\"";
      for (size_t at = page.find(kWaits); at != std::string::npos; at = page.find(kWaits, at + 1)) ++waiting;
      return waiting == count;
    });
  }

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
  options.serve.admin_listen = "127.0.0.1:0";
  options.time = InProcessServer::Options::Time::kStill;
  Serve(options);
  Fill("t", 20000, "repeat('x', 1000)");
  std::vector<std::unique_ptr<StreamClient>> stalled;
  for (int i = 0; i < 3; ++i) {
    stalled.push_back(Stalled());
    ASSERT_TRUE(AwaitWaiting(stalled.size()));
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
/// Of a server with one place.
class OnePlaceTest : public ImportTest {
 protected:
  void SetUp() override {
    InProcessServer::Options options;
    options.serve.streams.max_streams = 1;
    Serve(options);
  }
  absl::Status EmptyImport() {
    StreamClient stream(server_.get(), "TaskRepository.Import");
    stream.SendNoMore();
    return EndOf(&stream);
  }
  /// A server hears of a cancelled call a moment later than its caller.
  bool IsFree() {
    return Eventually([this] { return EmptyImport().ok(); });
  }
};

TEST_F(OnePlaceTest, StreamsAndRefusalsAreCounted) {
  const auto calls = [](const std::string& code) {
    return observe::Counters::Process().Snapshot().calls["tracker.v1.TaskRepository.Import"][code];
  };
  const auto refusals = [] { return observe::Counters::Process().Snapshot().refusals["STREAM_LIMIT"]; };
  const uint64_t ok = calls("OK"), exhausted = calls("RESOURCE_EXHAUSTED"), refused = refusals();
  {
    StreamClient open(server_.get(), "TaskRepository.Import");
    open.Send(Chunk("t", 1));
    ASSERT_TRUE(open.Receive().has_value());
    EXPECT_EQ(Summary(EmptyImport()), "RESOURCE_EXHAUSTED STREAM_LIMIT");
    open.SendNoMore();
    EXPECT_EQ(Summary(EndOf(&open)), "OK");
  }
  EXPECT_EQ(calls("OK"), ok + 1);
  EXPECT_EQ(calls("RESOURCE_EXHAUSTED"), exhausted + 1);
  EXPECT_EQ(refusals(), refused + 1);
}

TEST_F(OnePlaceTest, APlaceIsFreeAgainBeforeItsCallerKnowsThatItsStreamIsOver) {
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Summary(EmptyImport()), "OK");
}

TEST_F(OnePlaceTest, ACancelledImportKeepsWhatWasAnsweredAndFreesItsPlace) {
  for (int i = 0; i < 3; ++i) {
    StreamClient stream(server_.get(), "TaskRepository.Import");
    ASSERT_TRUE(stream.Send(Chunk("t", 4)));
    ASSERT_TRUE(stream.Receive().has_value());
    stream.Cancel();
    EXPECT_EQ(stream.Finish().code(), absl::StatusCode::kCancelled);
    EXPECT_TRUE(IsFree());
  }
  EXPECT_EQ(Count(), "12");
}

TEST_F(ImportTest, MoreStreamsThanTheLimitAreRefusedAndPlainCallsAreServed) {
  InProcessServer::Options options;
  options.serve.streams.max_streams = 2;
  Serve(options);
  StreamClient first(server_.get(), "TaskRepository.Import"), second(server_.get(), "TaskRepository.ImportAll");
  for (StreamClient* stream : {&first, &second}) stream->Send(Chunk("t", 1));
  ASSERT_TRUE(first.Receive().has_value());
  ASSERT_TRUE(Eventually(server_.get(), "(SELECT count(*) FROM task) = 2"));
  StreamClient third(server_.get(), "TaskRepository.Import");
  const absl::Status status = EndOf(&third);
  EXPECT_EQ(Summary(status), "RESOURCE_EXHAUSTED STREAM_LIMIT");
  EXPECT_EQ(MetadataOf(status, "limit"), "max-streams");
  server_->MustCall("TaskRepository.List", Json::object());
}

TEST_F(ImportTest, AServerWithoutPlacesForStreamsSaysSo) {
  InProcessServer::Options options;
  options.pool.pool_size = 1;
  options.pool.max_overflow = 0;
  Serve(options);
  StreamClient stream(server_.get(), "TaskRepository.Import");
  EXPECT_EQ(Summary(EndOf(&stream)), "FAILED_PRECONDITION STREAMS_OFF");
}

}  // namespace
}  // namespace rowkeeper::testing
