// Nothing that a caller or a row holds is in the log, whatever fails: everything is logged at level debug, calls of all
// methods are made with marked values, and the log is searched for the mark.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "server/plan/batch/import_response.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/log_capture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"

namespace rowkeeper::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kMark[] = "SECRET-";

/// Fields with the mark, and the rest as it has to be for requests to come far: ids that are ids, numbers.
enum class Ids { kMarked, kWellFormed };

bool IsId(const FieldDescriptor& field) {
  const std::string& name = field.name();
  return name == "id" || name == "ids" || name == "slug" || EndsWithName(name, "id") ||
         (name.size() > 3 && (name.substr(name.size() - 3) == "_id" || name.substr(name.size() - 4) == "_ids"));
}

std::string TextFor(const FieldDescriptor& field, Ids ids) {
  if (ids == Ids::kWellFormed && IsId(field)) return kNoId;
  if (field.name() == "filter") return "title = \"SECRET-filter\"";
  return kMark + field.name();
}

void Fill(Message* message, Ids ids, int depth);

void FillField(Message* message, const FieldDescriptor& field, Ids ids, int depth) {
  const auto* reflection = message->GetReflection();
  const auto set = [&](auto set_one, auto add_one, auto value) {
    field.is_repeated() ? (reflection->*add_one)(message, &field, value)
                        : (reflection->*set_one)(message, &field, value);
  };
  using Reflection = google::protobuf::Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return set(&Reflection::SetString, &Reflection::AddString, TextFor(field, ids));
    case FieldDescriptor::CPPTYPE_INT32:
      return set(&Reflection::SetInt32, &Reflection::AddInt32, 7);
    case FieldDescriptor::CPPTYPE_INT64:
      return set(&Reflection::SetInt64, &Reflection::AddInt64, int64_t{7});
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.is_map() || depth == 0) return;
      return Fill(
          field.is_repeated() ? reflection->AddMessage(message, &field) : reflection->MutableMessage(message, &field),
          ids, depth - 1);
    default:
      return;
  }
}

void Fill(Message* message, Ids ids, int depth) {
  const auto& type = *message->GetDescriptor();
  if (type.full_name() == "google.protobuf.Timestamp" || type.full_name() == "google.protobuf.Duration") return;
  for (int i = 0; i < type.field_count(); ++i) FillField(message, *type.field(i), ids, depth);
}

/// The lines with the mark, but for what is logged on purpose: the caller's own request id, and ids of rows.
std::vector<std::string> LinesWithMark(const std::string& log) {
  std::vector<std::string> found;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(kMark) != std::string::npos) found.push_back(line);
  }
  return found;
}

class LogSecretsTest : public ::testing::TestWithParam<const char*> {
 protected:
  static InProcessServer::Options WithPassword() {
    InProcessServer::Options options;
    options.route = [](const std::string& url) {
      const size_t at = url.find('@');
      return Cat(url.substr(0, at), ":SECRET-password", url.substr(at));
    };
    options.pool.echo = true;
    return options;
  }
  static CallOptions Headers() {
    CallOptions options;
    options.headers = {
        {"authorization", "Bearer SECRET-token"}, {"cookie", "SECRET-cookie"}, {"x-api-key", "SECRET-key"}};
    return options;
  }
};

/// A stream of two messages, until it ends.
void StreamMarked(InProcessServer* server, const plan::MethodPlan& plan, Ids ids) {
  CallOptions options;
  options.headers = {{"authorization", "Bearer SECRET-token"}};
  StreamClient stream(server, plan.full_name, options);
  const auto request = server->New(plan.method->input_type());
  Fill(request.get(), ids, 3);
  for (int i = 0; i < 2; ++i) stream.SendBytes(request->SerializeAsString());
  stream.SendNoMore();
  while (stream.ReceiveBytes().has_value()) {
  }
  (void)stream.Finish();
}

TEST_P(LogSecretsTest, NoValueOfAnyFailingCallIsInTheLog) {
  LogCapture capture;
  int calls = 0;
  {
    InProcessServer server(CompileExample(GetParam()), WithPassword());
    ASSERT_TRUE(server.ok());
    CreateKeyTable(&server.database());
    for (const auto& plan : server.loaded().plans) {
      if (plan::IsStreaming(*plan)) {
        for (const Ids ids : {Ids::kMarked, Ids::kWellFormed}) StreamMarked(&server, *plan, ids);
        calls += 2;
        continue;
      }
      for (const Ids ids : {Ids::kMarked, Ids::kWellFormed, Ids::kWellFormed}) {  // twice: the second is a duplicate
        const auto request = server.New(plan->method->input_type());
        Fill(request.get(), ids, 3);
        CallOptions options = Headers();
        if (!plan->reads_only()) options.headers.emplace_back("idempotency-key", Cat("SECRET-", calls));
        (void)server.CallMessage(*plan, *request, options);
        (void)server.CallMessage(*plan, *request, Headers());
        calls += 2;
      }
      for (const char* header : {"rowkeeper-unit-of-work", "rowkeeper-sequence", "rowkeeper-debug", "rowkeeper-none"}) {
        CallOptions options = Headers();
        options.headers.emplace_back(header, "SECRET-header");
        (void)server.CallMessage(*plan, *server.New(plan->method->input_type()), options);
        ++calls;
      }
    }
  }
  const std::string log = capture.Read();
  EXPECT_GT(calls, 100);
  EXPECT_GT(std::count(log.begin(), log.end(), '\n'), calls) << "every call has a line";
  EXPECT_THAT(LinesWithMark(log), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Catalogues, LogSecretsTest, ::testing::Values("planner/v1", "tracker/v1"),
                         [](const auto& one) { return std::string(one.param, 7); });

TEST(LogSecretsOfRowsTest, ValuesInPostgresOwnMessagesAreNotLogged) {
  LogCapture capture;
  {
    InProcessServer server(CompileExample("planner/v1"));
    ASSERT_TRUE(server.ok());
    server.database().Run("ALTER TABLE profiles ADD CONSTRAINT ck_secret CHECK (display_name <> 'SECRET-check')");
    const Json profile = {
        {"email", "SECRET-mail@example.org"}, {"handle", "SECRET-handle"}, {"display_name", "SECRET-x"}};
    server.MustCall("ProfileRepository.Create", {{"profile", profile}});
    EXPECT_FALSE(server.Call("ProfileRepository.Create", {{"profile", profile}}).ok()) << "a duplicate";
    Json checked = profile;
    checked.update({{"email", "SECRET-other"}, {"handle", "SECRET-other"}, {"display_name", "SECRET-check"}});
    EXPECT_FALSE(server.Call("ProfileRepository.Create", {{"profile", checked}}).ok()) << "a check";
    checked["display_name"] = kMark + std::string(1000, 'x');
    EXPECT_FALSE(server.Call("ProfileRepository.Create", {{"profile", checked}}).ok()) << "too long";
    EXPECT_FALSE(
        server.Call("TodoRepository.Create", {{"todo", {{"owner_id", kNoId}, {"title", "SECRET-title"}}}}).ok())
        << "no such owner";
    for (const char* filter : {"title = \"SECRET-filter\"", "title = \"SECRET-filter", "SECRET-name = 1"}) {
      (void)server.Call("TodoRepository.List", {{"filter", filter}, {"page_token", "SECRET-token"}});
      (void)server.Call("TodoRepository.List", {{"filter", filter}, {"order_by", "SECRET-order"}});
    }
    server.database().Run("DROP TABLE todos CASCADE");
    EXPECT_FALSE(
        server.Call("TodoRepository.Create", {{"todo", {{"owner_id", kNoId}, {"title", "SECRET-title"}}}}).ok())
        << "no such table";
  }
  const std::string written = capture.Read();
  for (const char* state : {"23505", "23514", "23503", "42P01"}) {
    EXPECT_THAT(written, ::testing::HasSubstr(Cat("sqlstate=", state))) << "the failure is in the log";
  }
  EXPECT_THAT(LinesWithMark(written), ::testing::IsEmpty());
}

}  // namespace
}  // namespace rowkeeper::testing
