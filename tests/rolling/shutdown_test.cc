// What the pages promise of a server that stops, seen from outside its process: tests/pg/server/uow_shutdown_test.cc
// and tests/cli/signals_test.sh have what is seen of one server alone.
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "rolling/v1/rolling.grpc.pb.h"
#include "rowkeeper/client/error_details.h"
#include "rowkeeper/client/run_in_unit_of_work.h"
#include "tests/hostile/http2_client.h"
#include "tests/rolling/callers.h"
#include "tests/rolling/fleet.h"
#include "tests/support/eventually.h"

namespace rowkeeper::testing {
namespace {

namespace pb = ::rolling::v1;
using Entries = pb::EntryRepository::Stub;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Of the servers here; units are rolled back half a second before its end.
constexpr milliseconds kDrain{2000};

absl::Status Create(client::UnitOfWork& unit, Entries* entries, const std::string& mark) {
  pb::CreateEntryRequest request;
  request.mutable_entry()->set_mark(mark);
  return unit.Call(&Entries::Create, entries, request).status();
}

/// GetParam: how many servers there are.
class StoppingServerTest : public ::testing::TestWithParam<int> {
 protected:
  explicit StoppingServerTest(int servers = GetParam()) : fleet_(servers, {"--drain-timeout", "2"}) {}
  void SetUp() override { ASSERT_TRUE(fleet_.ok()); }

  void BeginToStop() {
    fleet_.server(0).Terminate();
    // On a busy machine it may have ended before anybody looks.
    EXPECT_TRUE(Eventually([&] { return HealthOf(fleet_.server(0).address()) != "SERVING"; }));
  }
  /// The drain lasts while a unit is open.
  client::UnitOfWork OpenUnit(const std::shared_ptr<grpc::Channel>& channel) {
    auto unit = client::UnitOfWork::Begin(channel);
    EXPECT_TRUE(unit.ok()) << unit.status();
    return *std::move(unit);
  }
  std::string CountOf(const std::string& mark) {
    return fleet_.database().Value("SELECT count(*) FROM entries WHERE mark = '" + mark + "'");
  }

  Fleet fleet_;
};

TEST_P(StoppingServerTest, AUnitThatOutlastsTheDrainRunsAgain) {
  const auto channel = ConnectTo(fleet_.target());
  Entries entries(channel);
  absl::Notification in_unit;
  absl::Notification restarted;
  int runs = 0;
  auto done = std::async(std::launch::async, [&] {
    return client::RunInUnitOfWork(channel, {}, [&](client::UnitOfWork& unit) {
      const absl::Status status = Create(unit, &entries, "first");
      if (++runs > 1 || !status.ok()) return status;
      in_unit.Notify();
      restarted.WaitForNotification();
      return Create(unit, &entries, "second");
    });
  });
  in_unit.WaitForNotification();
  const absl::Status restart = fleet_.Restart(0);
  restarted.Notify();
  EXPECT_TRUE(restart.ok()) << restart;
  const absl::Status status = done.get();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(CountOf("first"), "1");
  EXPECT_EQ(CountOf("second"), "0");
}

TEST_P(StoppingServerTest, WhoBeginsMeanwhileIsServedAfterwards) {
  const auto channel = ConnectTo(fleet_.target());
  Entries entries(channel);
  const client::UnitOfWork unit = OpenUnit(channel);
  BeginToStop();
  auto done = std::async(std::launch::async, [&] {
    return client::RunInUnitOfWork(channel, {},
                                   [&](client::UnitOfWork& begun) { return Create(begun, &entries, "begun"); });
  });
  EXPECT_EQ(fleet_.server(0).WaitForExit(), 0);
  EXPECT_TRUE(fleet_.server(0).StartAgain().ok());
  const absl::Status status = done.get();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(CountOf("begun"), "1");
}

TEST_P(StoppingServerTest, ACommitThatOutlastsTheDrainIsAnsweredAndDone) {
  fleet_.database().Run(
      "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5); RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
      "EXECUTE FUNCTION linger()");
  const auto channel = ConnectTo(fleet_.target());
  Entries entries(channel);
  client::UnitOfWork unit = OpenUnit(channel);
  ASSERT_TRUE(Create(unit, &entries, "slow").ok());
  auto committed = std::async(std::launch::async, [&] { return unit.Commit(); });
  EXPECT_TRUE(Eventually([&] {
    return fleet_.database().Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "wait_event = 'PgSleep'") == "1";
  }));
  fleet_.server(0).Terminate();
  const absl::Status outcome = committed.get();
  EXPECT_TRUE(outcome.ok()) << outcome;
  EXPECT_EQ(fleet_.server(0).WaitForExit(), 0);
  EXPECT_EQ(CountOf("slow"), "1");
}

INSTANTIATE_TEST_SUITE_P(Servers, StoppingServerTest, ::testing::Values(1, 2));

/// Clients who do not care that the server goes.
class StubbornClientsTest : public StoppingServerTest {
 protected:
  StubbornClientsTest() : StoppingServerTest(1) {}

  std::unique_ptr<Http2Client> Connect(const Http2Client::Options& options) {
    auto client = Http2Client::Connect(fleet_.server(0).address(), options);
    EXPECT_NE(client, nullptr);
    client->AddPreface();
    EXPECT_TRUE(client->Send());
    return client;
  }
  /// How long the server took to end.
  milliseconds Stop() {
    const auto start = steady_clock::now();
    EXPECT_EQ(fleet_.server(0).Stop(), 0);
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  }
};

TEST_F(StubbornClientsTest, WhoDoesNotAnswerTheGoodbyeHoldsNothingUp) {
  Http2Client::Options deaf;
  deaf.settings = Http2Client::Settings::kNeverAcknowledge;
  deaf.reading = Http2Client::Reading::kNeverReads;
  std::vector<std::unique_ptr<Http2Client>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(Connect(deaf));
    clients.push_back(Connect({}));
    clients.push_back(Http2Client::Connect(fleet_.server(0).address()));  // says nothing at all
  }
  // gRPC would give each 20 s.
  EXPECT_LT(Stop(), seconds(10));
}

TEST_F(StubbornClientsTest, CallsThatAreNeverSentWholeHoldItUpForTheDrainAtMost) {
  std::vector<std::unique_ptr<Http2Client>> clients;
  for (const char* path :
       {"/rolling.v1.EntryRepository/Create", "/rolling.v1.ParcelRepository/Import", "/no.such/Method"}) {
    clients.push_back(Connect({}));
    clients.back()->AddRequest(clients.back()->NextStream(), path, kNoFlags);
    EXPECT_TRUE(clients.back()->Send());
  }
  EXPECT_LT(Stop(), kDrain + seconds(10));
}

}  // namespace
}  // namespace rowkeeper::testing
