#include "server/wire/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/utf8.h"

namespace rowkeeper::wire {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

TEST(ToGrpcStatusTest, OkHasNeitherMessageNorDetails) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpcStatus(absl::OkStatus()).error_details(), "");
}

TEST(ToGrpcStatusTest, EveryCodeKeepsItsNumber) {
  for (int code = 1; code <= 16; ++code) {
    EXPECT_EQ(ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(code), "m")).error_code(), code);
  }
}

TEST(ToGrpcStatusTest, DetailsAreAGoogleRpcStatusWithErrorInfoFirst) {
  const grpc::Status status = ToGrpcStatus(InvalidField("todo.title", "is too long"));
  const google::rpc::Status details = Details(status);
  EXPECT_EQ(details.code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(details.message(), status.error_message());
  ASSERT_EQ(details.details_size(), 2);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "INVALID_FIELD");
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations(0).field(), "todo.title");
}

TEST(ToGrpcStatusTest, RoundTripKeepsEverything) {
  for (const absl::Status& status : {Deadlock(), VersionMismatch("e.E", 7), RowNotFound("e.E", "id 1"),
                                     AlreadyExists("e.E", "uq", {"a", "b"}), absl::OkStatus()}) {
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(status)), status);
  }
}

TEST(ToGrpcStatusTest, MessageIsShortAndValidUtf8) {
  const grpc::Status status = ToGrpcStatus(absl::InternalError("\xFF" + std::string(100000, '\xC3')));
  EXPECT_LE(status.error_message().size(), kMaxErrorMessageBytes);
  EXPECT_EQ(ValidUtf8Prefix(status.error_message()), status.error_message().size());
}

TEST(ToGrpcStatusTest, TooManyViolationsGiveWayToANote) {
  FieldViolations violations;
  for (int i = 0; i < 1000; ++i) violations.Add("rows[" + std::to_string(i) + "].title", "is too long; send less");
  const grpc::Status status = ToGrpcStatus(violations.ToStatus());
  EXPECT_LE(status.error_details().size(), kMaxErrorDetailsBytes);
  const google::rpc::Status details = Details(status);
  ASSERT_EQ(details.details_size(), 2);
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad_request));
  const int kept = bad_request.field_violations_size() - 1;
  EXPECT_GT(kept, 20);
  EXPECT_EQ(bad_request.field_violations(0).field(), "rows[0].title");
  EXPECT_EQ(bad_request.field_violations(kept).description(),
            "and " + std::to_string(1000 - kept) + " more that do not fit here");
}

TEST(ToGrpcStatusTest, DetailsThatCannotBeTrimmedAreLeftOutBeforeErrorInfo) {
  absl::Status status = Deadlock();
  status.SetPayload("type.googleapis.com/x.Huge", absl::Cord(std::string(10000, 'x')));
  const google::rpc::Status details = Details(ToGrpcStatus(status));
  ASSERT_GE(details.details_size(), 1);
  EXPECT_THAT(details.details(0).type_url(), EndsWith("google.rpc.ErrorInfo"));
  for (const auto& detail : details.details()) EXPECT_THAT(detail.type_url(), Not(HasSubstr("Huge")));
}

TEST(ToGrpcStatusTest, OneHugeViolationIsCut) {
  const grpc::Status status = ToGrpcStatus(InvalidField("f", std::string(100000, 'x')));
  const google::rpc::Status details = Details(status);
  ASSERT_EQ(details.details_size(), 2);
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations(0).field(), "f");
  EXPECT_LE(status.error_details().size(), kMaxErrorDetailsBytes);
}

TEST(FromGrpcStatusTest, BrokenDetailsAreLeftOut) {
  const absl::Status status = FromGrpcStatus(grpc::Status(grpc::StatusCode::ABORTED, "m", "\xFF\xFF"));
  EXPECT_EQ(status, absl::AbortedError("m"));
}

}  // namespace
}  // namespace rowkeeper::wire
