// What a unit of work does when its server does not answer, or not to the point.
#include <gtest/gtest.h>

#include <chrono>

#include "client/src/run_work.h"
#include "client/src/unit_state.h"
#include "rowkeeper/client/channel.h"
#include "rowkeeper/client/error_details.h"
#include "rowkeeper/client/run_in_unit_of_work.h"
#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/unit_of_work_errors.h"
#include "server/wire/status.h"
#include "tests/client/jumping_clock.h"
#include "tests/client/scripted_server.h"

namespace rowkeeper::client {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

UnitOfWorkOptions Patience(milliseconds commit_time) {
  UnitOfWorkOptions options;
  options.commit_time = commit_time;
  return options;
}

class UnresponsiveServer : public ::testing::Test {
 protected:
  UnitOfWork Begin(const UnitOfWorkOptions& options = {}) {
    auto unit = internal::UnitAccess::Begin(channel_, options, internal::kLongestTime, &clock_);
    EXPECT_TRUE(unit.ok()) << unit.status();
    return *std::move(unit);
  }

  /// Commit's first answer, and OK from then on.
  absl::Status CommitWhenFirstAnswerIs(const grpc::Status& first) {
    UnitOfWork unit = Begin();
    server_.commits = 0;
    server_.commit = [this, first] { return server_.commits == 1 ? first : grpc::Status::OK; };
    return unit.Commit();
  }

  absl::Status Run(const RunOptions& options, const internal::Work& work) {
    return internal::RunWork(channel_, options, work, &clock_);
  }

  ScriptedServer server_;
  JumpingClock clock_;
  std::shared_ptr<grpc::Channel> channel_ = MakeChannel(server_.address());
};

TEST_F(UnresponsiveServer, DroppingAUnitWaitsForTheDropTimeoutAtMost) {
  server_.rollback = server_.Held();
  UnitOfWorkOptions options;
  options.drop_timeout = milliseconds(2000);
  const auto begin = Clock::now();
  { const UnitOfWork unit = Begin(options); }
  EXPECT_GE(Clock::now() - begin, milliseconds(1990)) << "the time of the call is gRPC's";
  EXPECT_EQ(server_.rollbacks, 1);
}

TEST_F(UnresponsiveServer, CommitIsAskedAgainWhenItsAnswerIsLost) {
  for (const auto code : {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED,
                          grpc::StatusCode::CANCELLED, grpc::StatusCode::INTERNAL, grpc::StatusCode::UNKNOWN}) {
    EXPECT_TRUE(CommitWhenFirstAnswerIs(grpc::Status(code, "lost")).ok()) << code;
    EXPECT_EQ(server_.commits, 2) << code;
  }
  EXPECT_TRUE(CommitWhenFirstAnswerIs(wire::ToGrpcStatus(UnitOfWorkBusy(Limit::kUnitBusyWait, "1 s"))).ok());
  EXPECT_TRUE(CommitWhenFirstAnswerIs(wire::ToGrpcStatus(DeadlineExceeded("waiting"))).ok());
}

TEST_F(UnresponsiveServer, CommitIsNotAskedAgainWhenTheAnswerIsPlain) {
  for (const absl::Status& plain :
       {SerializationFailure(), DatabaseUnavailable(), CommitOutcomeUnknown(), UnitOfWorkNotFound(),
        UnitOfWorkExpired("IDLE_LIMIT", "no call came", ""), UnitOfWorkElsewhere("10.0.0.7:50051"),
        UnitOfWorkFailed(RowNotFound("t.T", "id 1"), "rolled back"), ShuttingDown(),
        absl::PermissionDeniedError("by a proxy")}) {
    EXPECT_EQ(CommitWhenFirstAnswerIs(wire::ToGrpcStatus(plain)), plain);
    EXPECT_EQ(server_.commits, 1) << plain;
  }
}

TEST_F(UnresponsiveServer, AnAnswerThatIsNotKnownToDecideIsAskedAgain) {
  for (const absl::Status& open :
       {Internal("a defect"), ResponseTooLarge(2, 1, "it was lost"), absl::FailedPreconditionError("by a proxy"),
        absl::NotFoundError(""), absl::AbortedError(""), absl::DataLossError("")}) {
    EXPECT_TRUE(CommitWhenFirstAnswerIs(wire::ToGrpcStatus(open)).ok()) << open;
    EXPECT_EQ(server_.commits, 2) << open;
  }
}

TEST_F(UnresponsiveServer, AStoredOutcomeDecides) {
  EXPECT_TRUE(CommitWhenFirstAnswerIs(wire::ToGrpcStatus(UnitOfWorkEnded("COMMITTED", ""))).ok());
  EXPECT_EQ(ReasonOf(CommitWhenFirstAnswerIs(wire::ToGrpcStatus(UnitOfWorkEnded("ROLLED_BACK", "")))),
            reason::kUnitOfWorkEnded);
  UnitOfWork unit = Begin();
  server_.commit = [] { return wire::ToGrpcStatus(UnitOfWorkEnded("UNKNOWN", "")); };
  const absl::Status outcome = unit.Commit();
  EXPECT_EQ(outcome.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(ReasonOf(outcome), reason::kCommitOutcomeUnknown);
  EXPECT_EQ(unit.state(), UnitOfWork::State::kOutcomeUnknown);
}

TEST_F(UnresponsiveServer, AfterALostAnswerOnlyAFinalOneDecides) {
  for (const absl::Status& later :
       {DatabaseUnavailable(), SerializationFailure(), UnitOfWorkEnded("ROLLED_BACK", "")}) {
    UnitOfWork unit = Begin(Patience(milliseconds(4000)));
    server_.commits = 0;
    server_.commit = [this, later] {
      return server_.commits == 1 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost") : wire::ToGrpcStatus(later);
    };
    EXPECT_EQ(unit.Commit(), later);
  }
}

TEST_F(UnresponsiveServer, AnUnknownOutcomeIsSaidOnlyAfterTheCommitTime) {
  server_.commit = [] { return grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost"); };
  UnitOfWork unit = Begin(Patience(milliseconds(5000)));
  const absl::Status outcome = unit.Commit();
  EXPECT_GT(clock_.slept(), milliseconds(5000 - 20)) << "until no other attempt fits";
  EXPECT_LT(clock_.slept(), milliseconds(5000));
  EXPECT_EQ(outcome.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(ReasonOf(outcome), reason::kCommitOutcomeUnknown);
  EXPECT_EQ(DetailsOf(outcome).Metadata("unit_of_work"), "unit");
  EXPECT_GT(server_.commits, 2);
  EXPECT_EQ(unit.state(), UnitOfWork::State::kOutcomeUnknown);
  EXPECT_EQ(unit.Commit(), outcome) << "it says the same again";
}

TEST_F(UnresponsiveServer, AServerThatKnowsNothingAfterALostAnswerDoesNotSettleTheOutcome) {
  for (const absl::Status& later :
       {UnitOfWorkNotFound(), UnitOfWorkElsewhere("10.0.0.7:50051"), ShuttingDown(), absl::UnimplementedError("")}) {
    UnitOfWork unit = Begin(Patience(milliseconds(4000)));
    server_.commits = 0;
    server_.commit = [this, later] {
      return server_.commits == 1 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost") : wire::ToGrpcStatus(later);
    };
    EXPECT_EQ(ReasonOf(unit.Commit()), reason::kCommitOutcomeUnknown) << later;
  }
}

TEST_F(UnresponsiveServer, ACommitThatHungIsAskedAgain) {
  UnitOfWorkOptions options;
  options.call_timeout = milliseconds(2000);
  UnitOfWork unit = Begin(options);
  server_.commit = [this, held = server_.Held()] { return server_.commits == 1 ? held() : grpc::Status::OK; };
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(server_.commits, 2);
}

TEST_F(UnresponsiveServer, AnUnknownOutcomeIsNeverRunAgain) {
  server_.commit = [] { return wire::ToGrpcStatus(CommitOutcomeUnknown()); };
  RunOptions options;
  options.rerun_on.push_back(reason::kCommitOutcomeUnknown);
  int runs = 0;
  const absl::Status status = Run(options, [&](UnitOfWork&) {
    ++runs;
    return absl::OkStatus();
  });
  EXPECT_EQ(ReasonOf(status), reason::kCommitOutcomeUnknown);
  EXPECT_EQ(runs, 1);
}

TEST_F(UnresponsiveServer, BeginIsAskedAgainWhileNothingHasBeenDone) {
  server_.begin = [this] {
    if (server_.begins == 1) return wire::ToGrpcStatus(ShuttingDown());
    if (server_.begins == 2)
      return wire::ToGrpcStatus(LimitReached(Reason::kUnitOfWorkLimit, "units", Limit::kUnitShare, "1"));
    return grpc::Status::OK;
  };
  int runs = 0;
  EXPECT_TRUE(Run({}, [&](UnitOfWork&) {
                ++runs;
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(server_.begins, 3);
  EXPECT_EQ(server_.commits, 1);
  EXPECT_GE(clock_.slept(), std::chrono::seconds(1)) << "the pause that the first answer asked for";
}

TEST_F(UnresponsiveServer, ACommitThatMeetsAStartingServerIsAskedAgain) {
  UnitOfWork unit = Begin();
  // The process before it may have committed: that this one did nothing is no outcome.
  server_.commit = [this] { return server_.commits < 3 ? wire::ToGrpcStatus(ServerStarting()) : grpc::Status::OK; };
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(server_.commits, 3);
}

TEST_F(UnresponsiveServer, ACallThatFailedForAnotherReasonIsNotRunAgain) {
  for (const absl::Status& error : {absl::UnavailableError("lost"), absl::DeadlineExceededError("slow"),
                                    UnitOfWorkExpired("IDLE_LIMIT", "no call came", ""), DatabaseUnavailable()}) {
    server_.get = [error] { return wire::ToGrpcStatus(error); };
    server_.begins = 0;
    int runs = 0;
    const absl::Status status = Run({}, [&](UnitOfWork& unit) {
      ++runs;
      return unit.Call(&v1::UnitOfWork::Stub::Get, v1::UnitOfWork::NewStub(channel_), {}).status();
    });
    EXPECT_EQ(status, error);
    EXPECT_EQ(runs, 1) << error;
    EXPECT_EQ(server_.begins, 1) << error;
  }
}

TEST_F(UnresponsiveServer, AUnitThatWentWithItsConnectionOrServerIsRunAgain) {
  for (const absl::Status& lost : {UnitOfWorkExpired("CONNECTION_LOST", "lost", ""), UnitOfWorkLostInRestart(),
                                   UnitOfWorkOfAnotherRelease(), UnitOfWorkExpired("SHUTDOWN", "stopped", "")}) {
    for (const bool by_commit : {false, true}) {
      int runs = 0;
      server_.get = [&, lost] { return runs == 1 && !by_commit ? wire::ToGrpcStatus(lost) : grpc::Status::OK; };
      server_.commit = [&, lost] { return runs == 1 ? wire::ToGrpcStatus(lost) : grpc::Status::OK; };
      const auto work = [&](UnitOfWork& unit) {
        ++runs;
        return unit.Call(&v1::UnitOfWork::Stub::Get, v1::UnitOfWork::NewStub(channel_), {}).status();
      };
      EXPECT_TRUE(RunInUnitOfWork(channel_, {}, work).ok()) << lost;
      EXPECT_EQ(runs, 2) << lost;
      RunOptions options;
      options.rerun_lost = RunOptions::RerunLost::kNo;
      runs = 0;
      EXPECT_EQ(RunInUnitOfWork(channel_, options, work), lost);
      EXPECT_EQ(runs, 1) << lost;
    }
  }
}

TEST_F(UnresponsiveServer, AnUnknownOutcomeOfALostUnitIsNotRunAgain) {
  server_.commit = [] { return wire::ToGrpcStatus(UnitOutcomeUnknown(UnitOfWorkLostInRestart())); };
  int runs = 0;
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork&) {
    ++runs;
    return absl::OkStatus();
  });
  EXPECT_EQ(ReasonOf(status), reason::kCommitOutcomeUnknown);
  EXPECT_EQ(runs, 1);
}

TEST_F(UnresponsiveServer, NoAttemptBeginsAfterTheTotalTime) {
  server_.begin = [] { return wire::ToGrpcStatus(ShuttingDown()); };  // asks for a second's pause
  RunOptions options;
  options.total_time = milliseconds(500);
  const absl::Status status = Run(options, [](UnitOfWork&) { return absl::OkStatus(); });
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
  EXPECT_EQ(server_.begins, 1);
  EXPECT_EQ(clock_.slept(), milliseconds(0)) << "nobody waits in vain";
}

/// What gRPC's server says of a call that came when it had begun to stop.
grpc::Status Dropped() { return grpc::Status(grpc::StatusCode::CANCELLED, "CANCELLED"); }

/// Answers of a server that did nothing with the call.
std::vector<grpc::Status> NotTaken() {
  return {Dropped(), wire::ToGrpcStatus(ShuttingDown()), wire::ToGrpcStatus(ServerStarting())};
}

TEST_F(UnresponsiveServer, ACallThatWasNotTakenIsSentAgain) {
  const auto stub = v1::UnitOfWork::NewStub(channel_);
  for (const grpc::Status& answer : NotTaken()) {
    int calls = 0;
    server_.get = [&] { return ++calls < 3 ? answer : grpc::Status::OK; };
    const auto send = [&](grpc::ClientContext* context) {
      v1::GetResponse response;
      return stub->Get(context, v1::GetRequest(), &response);
    };
    const absl::Status status = internal::SendCall({}, send, &clock_);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(calls, 3) << answer.error_message();
  }
}

TEST_F(UnresponsiveServer, OneThatMayHaveBeenTakenIsNot) {
  const auto stub = v1::UnitOfWork::NewStub(channel_);
  for (const grpc::Status& answer :
       {grpc::Status(grpc::StatusCode::CANCELLED, "by a proxy"), grpc::Status(grpc::StatusCode::CANCELLED, ""),
        grpc::Status(grpc::StatusCode::UNAVAILABLE, "CANCELLED"), wire::ToGrpcStatus(Cancelled())}) {
    int calls = 0;
    server_.get = [&] { return ++calls, answer; };
    const auto send = [&](grpc::ClientContext* context) {
      v1::GetResponse response;
      return stub->Get(context, v1::GetRequest(), &response);
    };
    EXPECT_EQ(internal::SendCall({}, send, &clock_).code(), ToAbslStatus(answer).code());
    EXPECT_EQ(calls, 1) << answer.error_message();
  }
}

TEST_F(UnresponsiveServer, BeginThatWasNotTakenIsSentAgain) {
  for (const grpc::Status& answer : NotTaken()) {
    server_.begins = 0;
    server_.begin = [&] { return server_.begins < 3 ? answer : grpc::Status::OK; };
    const absl::Status status = Run({}, [](UnitOfWork&) { return absl::OkStatus(); });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(server_.begins, 3) << answer.error_message();
  }
}

TEST_F(UnresponsiveServer, AUnitWhoseServerHasStoppedRunsAgain) {
  for (const absl::Status& gone : {ShuttingDown(), ServerStarting(), UnitOfWorkElsewhere("10.0.0.7:50051")}) {
    int runs = 0;
    server_.get = [&] { return runs == 1 ? wire::ToGrpcStatus(gone) : grpc::Status::OK; };
    const absl::Status status = Run({}, [&](UnitOfWork& unit) {
      ++runs;
      return unit.Call(&v1::UnitOfWork::Stub::Get, v1::UnitOfWork::NewStub(channel_), {}).status();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(runs, 2) << gone;
  }
}

TEST_F(UnresponsiveServer, AUnitWhoseCommitMeetsAServerThatHasStoppedRunsAgain) {
  for (const grpc::Status& answer :
       {Dropped(), wire::ToGrpcStatus(ShuttingDown()), wire::ToGrpcStatus(UnitOfWorkElsewhere("10.0.0.7:50051"))}) {
    int runs = 0;
    server_.commits = 0;
    server_.commit = [&] { return server_.commits == 1 ? answer : grpc::Status::OK; };
    const absl::Status status = Run({}, [&](UnitOfWork&) { return ++runs, absl::OkStatus(); });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(runs, 2) << answer.error_message();
    EXPECT_EQ(server_.commits, 2) << answer.error_message();
  }
}

TEST_F(UnresponsiveServer, ACommitWithoutAnswerIsNotRunAgainWhereverItsServerIs) {
  for (const absl::Status& later : {UnitOfWorkElsewhere("10.0.0.7:50051"), ShuttingDown(), ServerStarting()}) {
    server_.commits = 0;
    server_.commit = [&] {
      return server_.commits == 1 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost") : wire::ToGrpcStatus(later);
    };
    int runs = 0;
    const absl::Status status = Run({}, [&](UnitOfWork&) { return ++runs, absl::OkStatus(); });
    EXPECT_EQ(ReasonOf(status), reason::kCommitOutcomeUnknown) << status;
    EXPECT_EQ(runs, 1) << later;
  }
}

TEST_F(UnresponsiveServer, AMovedFromUnitDoesNothing) {
  UnitOfWork unit = Begin();
  const UnitOfWork other = std::move(unit);
  EXPECT_EQ(unit.state(), UnitOfWork::State::kMovedFrom);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(ReasonOf(unit.Commit()), reason::kUnitOfWorkEnded);
  EXPECT_EQ(ReasonOf(unit.Call(&v1::UnitOfWork::Stub::Get, v1::UnitOfWork::NewStub(channel_), {})),
            reason::kUnitOfWorkEnded);
  EXPECT_EQ(other.state(), UnitOfWork::State::kOpen);
  EXPECT_EQ(server_.commits, 0);
}

TEST_F(UnresponsiveServer, AssigningRollsBackWhatWasThere) {
  UnitOfWork unit = Begin();
  unit = Begin();
  EXPECT_EQ(server_.rollbacks, 1);
  EXPECT_TRUE(unit.Commit().ok());
}

}  // namespace
}  // namespace rowkeeper::client
