#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/sql/idempotency_sql.h"
#include "tests/support/call_cost.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {

inline void CreateKeyTable(ScratchDatabase* database) {
  database->Run(absl::StrJoin(sql::CreateIdempotencyKeys(), ";\n"));
}

/// The answer to a call with an idempotency key, as it came.
struct KeyedAnswer {
  absl::StatusOr<std::string> bytes = absl::UnknownError("not called");
  bool replayed = false;
};

inline CallOptions WithKey(const std::string& key, CallOptions options = {}) {
  options.headers.emplace_back("idempotency-key", key);
  return options;
}

inline KeyedAnswer CallWithKey(InProcessServer* server, std::string_view method, const Json& request,
                               const std::string& key, const CallOptions& options = {}) {
  grpc::ClientContext context;
  CallOptions keyed = WithKey(key, options);
  keyed.context = &context;
  KeyedAnswer answer;
  answer.bytes = server->CallBytes(method, server->ToBytes(*server->FindMethod(method)->input_type(), request), keyed);
  answer.replayed = Trailer(context, "rowkeeper-idempotent-replay") == "true";
  return answer;
}

inline std::string NewKey() { return RandomHex(16); }

inline Json ProfileOf(const std::string& handle) {
  return {{"profile", {{"email", handle + "@example.org"}, {"handle", handle}, {"display_name", "Ada"}}}};
}

inline std::string ProfilesWith(InProcessServer* server, const std::string& handle) {
  return server->database().Value(Cat("SELECT count(*) FROM profiles WHERE handle = '", handle, "'"));
}

/// Of the table of keys: rows whose key is `key`.
inline std::string KeysStored(InProcessServer* server, const std::string& key) {
  return server->database().Value(Cat("SELECT count(*) FROM rowkeeper_idempotency_keys WHERE key = '", key, "'"));
}

/// One planner server with a table of keys, for the tests of a suite.
class IdempotencyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new InProcessServer(CompileExample("planner/v1"));
    CreateKeyTable(&server_->database());
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE(server_ != nullptr && server_->ok()); }

  static KeyedAnswer Keyed(std::string_view method, const Json& request, const std::string& key,
                           const CallOptions& options = {}) {
    return CallWithKey(server_, method, request, key, options);
  }

  static inline InProcessServer* server_ = nullptr;
};

}  // namespace rowkeeper::testing
