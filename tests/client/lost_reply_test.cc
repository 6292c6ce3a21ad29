// Answers of a real server that are lost on their way back.
#include <grpcpp/create_channel.h>
#include <grpcpp/support/client_interceptor.h>

#include <map>
#include <mutex>

#include "absl/strings/str_join.h"
#include "server/sql/idempotency_sql.h"
#include "tests/client/tracker_fixture.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace experimental = grpc::experimental;

/// Which answers are lost, by the method's path, and how often each was called. Thread-safe.
class Losses {
 public:
  void Lose(const std::string& path, int answers) {
    const std::lock_guard<std::mutex> lock(mutex_);
    to_lose_[path] = answers;
  }
  /// Counts a call that was answered; true when the answer is to be lost.
  bool Answered(const std::string& path) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++calls_[path];
    return to_lose_[path]-- > 0;
  }
  int Calls(const std::string& path) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return calls_[path];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> to_lose_;
  std::map<std::string, int> calls_;
};

/// Lets the server answer, then says that the connection was lost.
class LosingInterceptor final : public experimental::Interceptor {
 public:
  LosingInterceptor(Losses* losses, std::string path) : losses_(losses), path_(std::move(path)) {}

  void Intercept(experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(experimental::InterceptionHookPoints::POST_RECV_STATUS) &&
        losses_->Answered(path_)) {
      *methods->GetRecvStatus() = grpc::Status(grpc::StatusCode::UNAVAILABLE, "the connection was lost");
    }
    methods->Proceed();
  }

 private:
  Losses* const losses_;
  const std::string path_;
};

class LosingFactory final : public experimental::ClientInterceptorFactoryInterface {
 public:
  explicit LosingFactory(Losses* losses) : losses_(losses) {}
  experimental::Interceptor* CreateClientInterceptor(experimental::ClientRpcInfo* info) override {
    return new LosingInterceptor(losses_, info->method());
  }

 private:
  Losses* const losses_;
};

constexpr char kCommit[] = "/rowkeeper.v1.UnitOfWork/Commit";
constexpr char kSavepoint[] = "/rowkeeper.v1.UnitOfWork/Savepoint";
constexpr char kRelease[] = "/rowkeeper.v1.UnitOfWork/Release";
constexpr char kRollbackTo[] = "/rowkeeper.v1.UnitOfWork/RollbackTo";
constexpr char kCreate[] = "/tracker.v1.AccountRepository/Create";

class LostReplyTest : public TrackerTest {
 protected:
  std::shared_ptr<grpc::Channel> NewLosingChannel() {
    std::vector<std::unique_ptr<experimental::ClientInterceptorFactoryInterface>> factories;
    factories.push_back(std::make_unique<LosingFactory>(&losses_));
    return experimental::CreateCustomChannelWithInterceptors(address(), grpc::InsecureChannelCredentials(),
                                                             MakeChannelArguments(), std::move(factories));
  }
  UnitOfWork BeginLosing() {
    auto unit = UnitOfWork::Begin(losing_);
    EXPECT_TRUE(unit.ok()) << unit.status();
    return *std::move(unit);
  }
  absl::Status CreateLosing(UnitOfWork& unit, CallOptions::LostReply lost_reply) {
    CallOptions options;
    options.lost_reply = lost_reply;
    return unit.Call(&Accounts::Create, losing_accounts_, NewAccount("1.00"), options).status();
  }

  Losses losses_;
  const std::shared_ptr<grpc::Channel> losing_ = NewLosingChannel();
  Accounts losing_accounts_{losing_};
};

TEST_F(LostReplyTest, CommitIsAskedAgainAndTheStoredOutcomeIsTheAnswer) {
  UnitOfWork unit = BeginLosing();
  ASSERT_TRUE(Create(unit, "1.00").ok());
  losses_.Lose(kCommit, 2);
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(losses_.Calls(kCommit), 3);
  EXPECT_THAT(Balances(), ElementsAre("1.00"));
}

TEST_F(LostReplyTest, ACommitThatWasRefusedStaysRefused) {
  const int64_t taken = CommittedAccount("1.00");
  UnitOfWork unit = BeginLosing();
  EXPECT_FALSE(Collide(unit, taken).ok());
  losses_.Lose(kCommit, 1);
  EXPECT_EQ(ReasonOf(unit.Commit()), reason::kUnitOfWorkFailed);
  EXPECT_EQ(losses_.Calls(kCommit), 2);
}

TEST_F(LostReplyTest, TheOutcomeIsUnknownWhenNoAnswerComesAndTheUnitIsNotRunAgain) {
  losses_.Lose(kCommit, 1000);
  RunOptions options;
  options.unit.commit_time = milliseconds(4000);  // within which a commit arrives, on a busy machine too
  int runs = 0;
  const absl::Status status = RunInUnitOfWork(losing_, options, [&](UnitOfWork& unit) {
    ++runs;
    return Create(unit, "1.00");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(ReasonOf(status), reason::kCommitOutcomeUnknown);
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(Balances(), ElementsAre("1.00")) << "in truth it was committed, once";
}

TEST_F(LostReplyTest, ACallIsNotSentAgainUnlessItIsToldTo) {
  UnitOfWork unit = BeginLosing();
  losses_.Lose(kCreate, 1);
  EXPECT_EQ(CreateLosing(unit, CallOptions::LostReply::kGiveUp).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(losses_.Calls(kCreate), 1);
  losses_.Lose(kCreate, 1);
  CallOptions outside;
  outside.lost_reply = CallOptions::LostReply::kSendAgain;
  EXPECT_EQ(Call(&Accounts::Create, losing_accounts_, NewAccount(), outside).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(losses_.Calls(kCreate), 2);
}

TEST_F(LostReplyTest, ANumberedCallIsSentAgainAndExecutedOnce) {
  UnitOfWork unit = BeginLosing();
  losses_.Lose(kCreate, 2);
  EXPECT_TRUE(CreateLosing(unit, CallOptions::LostReply::kSendAgain).ok());
  EXPECT_EQ(losses_.Calls(kCreate), 3);
  EXPECT_TRUE(CreateLosing(unit, CallOptions::LostReply::kGiveUp).ok());
  losses_.Lose(kCreate, 1);
  EXPECT_TRUE(CreateLosing(unit, CallOptions::LostReply::kSendAgain).ok());
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("1.00", "1.00", "1.00"));
}

TEST_F(LostReplyTest, ACallWithAnIdempotencyKeyIsSentAgainAndExecutedOnce) {
  server().database().Run(absl::StrJoin(sql::CreateIdempotencyKeys(), ";\n"));
  CallOptions options;
  options.idempotency_key = NewIdempotencyKey();
  EXPECT_NE(options.idempotency_key, NewIdempotencyKey());
  losses_.Lose(kCreate, 1);
  const auto lost = Call(&Accounts::Create, losing_accounts_, NewAccount("1.00"), options);
  EXPECT_EQ(lost.status().code(), absl::StatusCode::kUnavailable) << "nobody asked for more than one attempt";
  options.lost_reply = CallOptions::LostReply::kSendAgain;
  losses_.Lose(kCreate, 2);
  const auto account = Call(&Accounts::Create, losing_accounts_, NewAccount("1.00"), options);
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(losses_.Calls(kCreate), 4);
  EXPECT_THAT(Balances(), ElementsAre("1.00"));
  UnitOfWork unit = BeginLosing();
  const auto inside = unit.Call(&Accounts::Create, losing_accounts_, NewAccount("1.00"), options);
  ASSERT_TRUE(inside.ok()) << inside.status();
  EXPECT_EQ(inside->id(), account->id()) << "a unit's calls carry the key too";
  EXPECT_TRUE(unit.Commit().ok());
}

TEST_F(LostReplyTest, SavepointsSurviveLostAnswers) {
  UnitOfWork unit = BeginLosing();
  for (const char* path : {kSavepoint, kRelease, kRollbackTo}) losses_.Lose(path, 1);
  {
    auto kept = Savepoint::Begin(unit);
    ASSERT_TRUE(kept.ok()) << kept.status();
    ASSERT_TRUE(Create(unit, "1.00").ok());
    EXPECT_TRUE(kept->Release().ok());
    auto dropped = Savepoint::Begin(unit);
    ASSERT_TRUE(dropped.ok()) << dropped.status();
    ASSERT_TRUE(Create(unit, "2.00").ok());
  }
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("1.00"));
}

TEST_F(LostReplyTest, CommitRefusesWhatASavepointCouldNotUndo) {
  UnitOfWorkOptions options;
  options.drop_timeout = milliseconds(200);
  auto unit = UnitOfWork::Begin(losing_, options);
  ASSERT_TRUE(unit.ok()) << unit.status();
  {
    const auto savepoint = Savepoint::Begin(*unit);
    ASSERT_TRUE(Create(*unit, "1.00").ok());
    losses_.Lose(kRollbackTo, 1000);
  }
  EXPECT_EQ(ReasonOf(unit->Commit()), "SAVEPOINT_OPEN");
  EXPECT_EQ(losses_.Calls(kCommit), 0);
  EXPECT_TRUE(unit->Rollback().ok());
  EXPECT_THAT(Balances(), IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::client
