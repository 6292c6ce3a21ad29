#include "server/wire/permission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "server/base/error_details.h"
#include "server/observe/counters.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/status.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

constexpr char kListed[] = "t.T.Listed";

/// A service whose callers are anonymous, and whose policies know one method.
class PermissionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    policy::CataloguePolicy catalogue;
    catalogue.methods.emplace_back(kListed, policy::Rule{*policy::AllowList::Parse({"anonymous"}), "t.proto:1"});
    catalogue.features[static_cast<size_t>(policy::Feature::kDebug)] =
        policy::Rule{*policy::AllowList::Parse({"anonymous"}), "t.proto:1"};
    auto policies = policy::Policies::Open({std::move(catalogue), ""}, &rowkeeper::Clock::System());
    ASSERT_TRUE(policies.ok()) << policies.status();
    policies_ = *std::move(policies);
    const auto answer = [this](auto call) {
      ++begun_;
      call.Finish(absl::OkStatus());
    };
    const auto unary = [this](UnaryRpc call) {
      ++begun_;
      call.Finish(std::string("done"));
    };
    DynamicServiceOptions options;
    options.policies = policies_.get();
    service_ = std::make_unique<DynamicService>(
        std::vector<DynamicMethod>{{"/t.T/Listed", unary, &served_, policies_->Of(kListed)},
                                   {"/t.T/Forgotten", unary, nullptr}},
        std::vector<DynamicStream>{{"/t.T/ListedStream", answer, &served_, policies_->Of(kListed)},
                                   {"/t.T/ForgottenStream", answer, nullptr}},
        options);
    server_ = std::make_unique<TestServer>(std::vector<grpc::Service*>{service_.get()});
  }
  /// The reason of the refusal, with its metadata; empty when there is none.
  std::string Call(const std::string& path, const std::string& header = "") {
    grpc::ClientContext context;
    if (!header.empty()) context.AddMetadata(header, "x");
    const absl::Status status = FromGrpcStatus(CallRaw(server_->channel(), path, {"hi"}, &context).status);
    if (status.code() != absl::StatusCode::kPermissionDenied) return "";
    return ErrorReason(status) + " " + ErrorMetadataValue(status, "method") + ErrorMetadataValue(status, "feature");
  }

  const ServedMethod served_{kListed, "", observe::Counters::Process().Method(kListed)};
  std::unique_ptr<policy::Policies> policies_;
  std::atomic<int> begun_{0};
  std::unique_ptr<DynamicService> service_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(PermissionTest, WhatIsListedBegins) {
  EXPECT_EQ(Call("/t.T/Listed"), "");
  EXPECT_EQ(begun_, 1);
  EXPECT_EQ(Call("/t.T/ListedStream"), "");
  EXPECT_EQ(begun_, 2);
}

TEST_F(PermissionTest, AMethodThatNobodyHasTiedToAListDoesNotBegin) {
  EXPECT_EQ(Call("/t.T/Forgotten"), "METHOD_NOT_ALLOWED /t.T/Forgotten");
  EXPECT_EQ(Call("/t.T/ForgottenStream"), "METHOD_NOT_ALLOWED /t.T/ForgottenStream");
  EXPECT_EQ(begun_, 0);
}

TEST_F(PermissionTest, HeadersAreDecidedBeforeTheCallBegins) {
  for (const char* const path : {"/t.T/Listed", "/t.T/ListedStream"}) {
    EXPECT_EQ(Call(path, "idempotency-key"), "FEATURE_NOT_ALLOWED idempotency_keys") << path;
    EXPECT_EQ(Call(path, "rowkeeper-unit-of-work"), "FEATURE_NOT_ALLOWED units_of_work") << path;
  }
  EXPECT_EQ(begun_, 0);
  EXPECT_EQ(Call("/t.T/Listed", "rowkeeper-debug"), "") << "it has a list";
  EXPECT_EQ(begun_, 1);
}

TEST_F(PermissionTest, RefusalsAreCountedByReasonAndMethod) {
  const auto refusals = [] {
    const auto all = observe::Counters::Process().Snapshot();
    const auto found = all.refusals.find("FEATURE_NOT_ALLOWED");
    return found == all.refusals.end() ? uint64_t{0} : found->second;
  };
  const uint64_t before = refusals();
  Call("/t.T/Listed", "idempotency-key");
  EXPECT_EQ(refusals(), before + 1);
  EXPECT_GE(observe::Counters::Process().Snapshot().calls.at(kListed).at("PERMISSION_DENIED"), 1u);
}

}  // namespace
}  // namespace rowkeeper::wire
