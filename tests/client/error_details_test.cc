#include "rowkeeper/client/error_details.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "absl/strings/cord.h"
#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/wire/status.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// An error of the server, as it comes over the wire.
absl::Status Received(const absl::Status& sent) { return ToAbslStatus(wire::ToGrpcStatus(sent)); }

TEST(ErrorDetails, CodeMessageAndDetailsComeAsTheyWereSent) {
  const absl::Status sent = RowNotFound("tracker.v1.Account", "id 7");
  const absl::Status received = Received(sent);
  EXPECT_EQ(received.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(received, sent);
  EXPECT_TRUE(ToAbslStatus(grpc::Status::OK).ok());
}

TEST(ErrorDetails, ReasonDomainMetadataAndResource) {
  const ErrorDetails details = DetailsOf(Received(RowNotFound("tracker.v1.Account", "id 7")));
  EXPECT_EQ(details.reason, reason::kRowNotFound);
  EXPECT_EQ(details.domain, "rowkeeper");
  EXPECT_EQ(details.Metadata("entity"), "tracker.v1.Account");
  EXPECT_EQ(details.Metadata("no such key"), "");
  ASSERT_TRUE(details.resource);
  EXPECT_EQ(details.resource->type, "tracker.v1.Account");
  EXPECT_EQ(details.resource->name, "id 7");
  EXPECT_FALSE(details.retry_delay);
}

TEST(ErrorDetails, ConstraintAndItsFields) {
  const ErrorDetails details =
      DetailsOf(Received(AlreadyExists("tracker.v1.TaskBoard", "task_board_key", {"project_id", "name"})));
  EXPECT_EQ(details.reason, reason::kUniqueViolation);
  EXPECT_EQ(details.constraint(), "task_board_key");
  EXPECT_THAT(details.fields(), ElementsAre("project_id", "name"));
}

TEST(ErrorDetails, ReferenceAndItsPrecondition) {
  const ErrorDetails details = DetailsOf(wire::ToGrpcStatus(
      ReferenceViolation("tracker.v1.Account", "account_owner_fkey", "owner_id", "tracker.v1.User")));
  EXPECT_EQ(details.reason, reason::kReferenceViolation);
  EXPECT_THAT(details.fields(), ElementsAre("owner_id"));
  ASSERT_EQ(details.preconditions.size(), 1u);
  EXPECT_EQ(details.preconditions[0].type, "REFERENCE");
  EXPECT_EQ(details.preconditions[0].subject, "tracker.v1.Account.owner_id");
  EXPECT_NE(details.preconditions[0].description, "");
}

TEST(ErrorDetails, EveryFieldViolation) {
  FieldViolations violations;
  violations.Add("account.balance", "is no number");
  violations.Add("account.currency", "is too long");
  const ErrorDetails details = DetailsOf(Received(violations.ToStatus()));
  EXPECT_EQ(details.reason, reason::kInvalidField);
  EXPECT_THAT(details.fields(), ElementsAre("account.balance", "account.currency"));
  EXPECT_EQ(details.field_violations[1].description, "is too long");
}

TEST(ErrorDetails, RetryDelayToTheMillisecond) {
  EXPECT_EQ(DetailsOf(Received(ShuttingDown())).retry_delay, std::chrono::seconds(1));
  EXPECT_EQ(DetailsOf(Received(SerializationFailure())).retry_delay, std::chrono::milliseconds(20));
}

TEST(ErrorDetails, WhatAStrangerSendsDoesNoHarm) {
  const std::string good = wire::ToGrpcStatus(Deadlock()).error_details();
  ASSERT_FALSE(DetailsOf(grpc::Status(grpc::StatusCode::ABORTED, "broken", good)).reason.empty());
  const grpc::Status garbage(grpc::StatusCode::ABORTED, "broken", good + "\xff\x01garbage");
  EXPECT_EQ(ToAbslStatus(garbage), absl::AbortedError("broken")) << "not the half that could be read";
  absl::Status status = absl::AbortedError("broken");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord("\x0a\x03"
                                                                           "ABC\xff\xff"));
  status.SetPayload("type.googleapis.com/google.rpc.BadRequest", absl::Cord(std::string("\x0a\x03\x0a\x01"
                                                                                        "f\x0a\x7f")));
  // A thousand years, then a negative delay.
  status.SetPayload("type.googleapis.com/google.rpc.RetryInfo", absl::Cord("\x0a\x06\x08\xff\xff\xff\xff\x7f"));
  status.SetPayload("without a slash", absl::Cord("x"));
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "");
  EXPECT_THAT(details.fields(), IsEmpty());
  EXPECT_EQ(details.retry_delay, std::chrono::hours(24));
  status.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                    absl::Cord(std::string("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13)));
  EXPECT_EQ(DetailsOf(status).retry_delay, std::chrono::nanoseconds(0));
}

TEST(ErrorDetails, AMessageThatIsNoTextDoesNotHideTheDetails) {
  // google.rpc.Status {code: 10, message: "\xff"}, and the details of a real one after it.
  const std::string details = "\x08\x0a\x12\x01\xff" + wire::ToGrpcStatus(Deadlock()).error_details();
  const grpc::Status shown(grpc::StatusCode::ABORTED, "\xff", details);
  EXPECT_EQ(DetailsOf(shown).reason, reason::kDeadlock);
  const std::string last = "\x08\x0a" + wire::ToGrpcStatus(Deadlock()).error_details() + "\x12\x01\xff";
  EXPECT_EQ(DetailsOf(grpc::Status(grpc::StatusCode::ABORTED, "\xff", last)).reason, reason::kDeadlock);
}

TEST(ErrorDetails, TheTypeCountsAndNotWhereItIsFrom) {
  const auto payload = Received(Deadlock()).GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  ASSERT_TRUE(payload);
  absl::Status status = absl::AbortedError("through a proxy");
  status.SetPayload("type.example.com/google.rpc.ErrorInfo", *payload);
  EXPECT_EQ(DetailsOf(status).reason, reason::kDeadlock);
  EXPECT_EQ(ReasonOf(status), reason::kDeadlock);
}

TEST(ErrorDetails, OnlyRowkeepersReasonsAreReasons) {
  absl::Status other = absl::AbortedError("of another service");
  // ErrorInfo {reason: "DEADLOCK", domain: "example.com"}
  other.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord("\x0a\x08"
                                                                          "DEADLOCK"
                                                                          "\x12\x0b"
                                                                          "example.com"));
  EXPECT_EQ(DetailsOf(other).reason, "DEADLOCK");
  EXPECT_EQ(DetailsOf(other).domain, "example.com");
  EXPECT_EQ(ReasonOf(other), "");
  EXPECT_EQ(ReasonOf(Received(Deadlock())), reason::kDeadlock);
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
}

}  // namespace
}  // namespace rowkeeper::client
