// How exports end before their last row: readers that stop, cancellations, deadlines, servers and connections that go.
#include <gmock/gmock.h>

#include <thread>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/export_fixture.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST_F(ExportTest, AReaderThatStopsLosesItsConnectionAndCanGoOn) {
  InProcessServer::Options options = SmallMessages(1000);
  options.time = InProcessServer::Options::Time::kStill;
  Serve(options);
  Fill("t", 2000, "repeat('x', 10000)");
  CallOptions patient;
  patient.timeout = std::chrono::minutes(5);  // letting so much of the server's time pass takes a while
  const auto stream = Export(Json::object(), patient);
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
  // On a busy machine the time may be up before the export has begun.
  for (bool begun = false; !begun; options.timeout *= 2) {
    ASSERT_LT(options.timeout, std::chrono::seconds(60));
    const auto late = Export(Json::object(), options);
    begun = late->Receive().has_value() && server_->database().Value(Cat("SELECT ", kNoTransaction)) == "f";
    EXPECT_TRUE(Eventually(server_.get(), kNoTransaction));
    EXPECT_EQ(EndOf(late.get()).code(), absl::StatusCode::kDeadlineExceeded);
  }
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
}  // namespace
}  // namespace rowkeeper::testing
