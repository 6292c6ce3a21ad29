#include "server/base/reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/database_errors.h"
#include "server/base/error_details.h"

namespace rowkeeper {
namespace {

using ::testing::MatchesRegex;

absl::Status WithInfo(const google::rpc::ErrorInfo& info) {
  absl::Status status = absl::AbortedError("x");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord(info.SerializeAsString()));
  return status;
}

google::rpc::ErrorInfo Info(const std::string& reason, const std::string& domain) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(domain);
  return info;
}

TEST(ReasonTest, NamesAreUniqueAndOfTheFormThatErrorInfoAsksFor) {
  std::set<std::string> names;
  for (size_t number = 0; number < kReasonCount; ++number) {
    const auto reason = static_cast<Reason>(number);
    const std::string name(ReasonName(reason));
    EXPECT_THAT(name, MatchesRegex("[A-Z][A-Z0-9_]+[A-Z0-9]"));
    EXPECT_LE(name.size(), 63u) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(ReasonFromName(name), reason);
    EXPECT_NE(CodeOf(reason), absl::StatusCode::kOk) << name;
  }
  EXPECT_EQ(ReasonFromName("NO_SUCH_REASON"), std::nullopt);
  EXPECT_EQ(ReasonFromName(""), std::nullopt);
}

TEST(ReasonTest, IsReadFromTheErrorInfo) {
  EXPECT_EQ(ReasonOf(Deadlock()), Reason::kDeadlock);
  EXPECT_EQ(ReasonOf(WithMetadata(Deadlock(), "chunk", "3", "before: ")), Reason::kDeadlock);
  google::rpc::ErrorInfo info = Info("LOCK_TIMEOUT", "rowkeeper");
  (*info.mutable_metadata())["limit"] = std::string(3000, 'x');
  EXPECT_EQ(ReasonOf(WithInfo(info)), Reason::kLockTimeout);
}

TEST(ReasonTest, OtherStatusesHaveNone) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), std::nullopt);
  EXPECT_EQ(ReasonOf(WithInfo(Info("DEADLOCK", "example.com"))), std::nullopt);
  EXPECT_EQ(ReasonOf(WithInfo(Info("DEADLOCK", ""))), std::nullopt);
  EXPECT_EQ(ReasonOf(WithInfo(Info("OF_THE_NEXT_RELEASE", "rowkeeper"))), std::nullopt);
}

TEST(ReasonTest, AMutilatedErrorInfoHasNone) {
  const std::string whole = Info("DEADLOCK", "rowkeeper").SerializeAsString();
  for (size_t size = 0; size < whole.size(); ++size) {
    absl::Status status = absl::AbortedError("x");
    status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord(whole.substr(0, size)));
    EXPECT_EQ(ReasonOf(status), std::nullopt) << size;
  }
}

}  // namespace
}  // namespace rowkeeper
