// A unit of work that the function of RunInUnitOfWork moves elsewhere.
#include <gtest/gtest.h>

#include <optional>

#include "rowkeeper/client/channel.h"
#include "rowkeeper/client/error_details.h"
#include "rowkeeper/client/run_in_unit_of_work.h"
#include "server/base/database_errors.h"
#include "server/wire/status.h"
#include "tests/client/scripted_server.h"

namespace rowkeeper::client {
namespace {

/// The conflict after which a unit is run again.
absl::Status Conflict() { return ToAbslStatus(wire::ToGrpcStatus(SerializationFailure())); }

class MovedUnit : public ::testing::Test {
 protected:
  ScriptedServer server_;
  std::shared_ptr<grpc::Channel> channel_ = MakeChannel(server_.address());
};

TEST_F(MovedUnit, OkWithoutACommitIsAnError) {
  std::optional<UnitOfWork> elsewhere;
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
    elsewhere.emplace(std::move(unit));
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(elsewhere->state(), UnitOfWork::State::kRolledBack);
  EXPECT_EQ(server_.commits, 0);
  EXPECT_EQ(server_.rollbacks, 1);
}

TEST_F(MovedUnit, OkIsAnErrorTooWhenItWasDroppedThere) {
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
    const UnitOfWork dropped = std::move(unit);
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_EQ(server_.commits, 0);
}

TEST_F(MovedUnit, ACommitThereIsTheCommit) {
  EXPECT_TRUE(RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
                UnitOfWork elsewhere = std::move(unit);
                return elsewhere.Commit();
              }).ok());
  EXPECT_EQ(server_.commits, 1);
}

TEST_F(MovedUnit, AnErrorAfterACommitThereDoesNotRunItAgain) {
  int runs = 0;
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
    ++runs;
    UnitOfWork elsewhere = std::move(unit);
    EXPECT_TRUE(elsewhere.Commit().ok());
    return Conflict();
  });
  EXPECT_EQ(status, Conflict());
  EXPECT_EQ(runs, 1);
}

TEST_F(MovedUnit, AnErrorRollsItBackBeforeItIsRunAgain) {
  std::optional<UnitOfWork> elsewhere;
  int runs = 0;
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
    if (++runs > 1) return absl::OkStatus();
    elsewhere.emplace(std::move(unit));
    return Conflict();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(elsewhere->state(), UnitOfWork::State::kRolledBack);
  EXPECT_EQ(server_.rollbacks, 1);
}

TEST_F(MovedUnit, TheObjectLeftBehindSaysSo) {
  auto unit = UnitOfWork::Begin(channel_);
  auto other = UnitOfWork::Begin(channel_);
  ASSERT_TRUE(unit.ok() && other.ok());
  *other = *std::move(unit);
  EXPECT_EQ(unit->state(), UnitOfWork::State::kMovedFrom);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(unit->id(), "");
  EXPECT_EQ(server_.rollbacks, 1) << "of what was there before";
  EXPECT_TRUE(other->Commit().ok());
}

}  // namespace
}  // namespace rowkeeper::client
