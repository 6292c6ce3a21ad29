#include "tests/support/in_process_server.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/app/server_process.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/observe/log.h"
#include "server/sql/ddl.h"
#include "server/wire/status.h"
#include "tests/support/pgbouncer.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

template <typename Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const auto payload = status.GetPayload("type.googleapis.com/" + Detail::descriptor()->full_name());
  if (payload) detail.ParseFromString(std::string(*payload));
  return detail;
}

absl::Status JsonProblem(std::string_view what, const std::string& problem) {
  ADD_FAILURE() << what << ": " << problem;
  return absl::InternalError(Cat(what, ": ", problem));
}

/// Keeps the log of a test program to what should not happen.
class QuietLog {
 public:
  QuietLog() {
    observe::LogOptions options;
    options.level = observe::LogLevel::kError;
    observe::StartLog(options);
  }
  ~QuietLog() { observe::StopLog(); }
};

std::unique_ptr<PgBouncer> StartPooler(std::string_view mode) {
  PgBouncer::Options options;
  options.mode = mode == "session" ? PgBouncer::Mode::kSession : PgBouncer::Mode::kTransaction;
  options.pool_size = 40;  // what the greediest test has open
  auto started = PgBouncer::Start(options);
  EXPECT_TRUE(started.ok()) << started.status();
  return started.ok() ? *std::move(started) : nullptr;
}

/// A pooler for all servers of the process, where ROWKEEPER_TEST_POOLER asks for one: "session" or "transaction". The
/// same tests then say whether a server behind it is like one without.
const PgBouncer* PoolerOfTheProcess() {
  const char* const mode = std::getenv("ROWKEEPER_TEST_POOLER");
  if (mode == nullptr || *mode == '\0') return nullptr;
  static const std::unique_ptr<PgBouncer> pooler = StartPooler(mode);
  return pooler.get();
}

void RouteThroughPooler(ScratchDatabase* database, db::ConnectionOptions* connection) {
  const PgBouncer* const pooler = PoolerOfTheProcess();
  if (pooler == nullptr) return;
  // What the reference tells to do, for the server's own limit.
  const std::string alter = Cat("ALTER DATABASE ", database->name(), " SET ");
  database->Run(Cat(alter, "TimeZone = 'UTC'; ", alter, "lock_timeout = ", connection->lock_timeout_ms));
  connection->url = pooler->Route(database->url());
  if (pooler->mode() == PgBouncer::Mode::kSession) connection->pooler = db::Pooler::kSession;
}

}  // namespace

std::unique_ptr<app::LoadedCatalogue> WithPlans(std::unique_ptr<const catalogue::Catalogue> catalogue) {
  if (catalogue == nullptr) return nullptr;
  auto loaded = std::make_unique<app::LoadedCatalogue>();
  loaded->catalogue = std::move(catalogue);
  catalogue::Diagnostics diagnostics;
  loaded->plans = plan::CompilePlans(*loaded->catalogue, &diagnostics);
  if (diagnostics.ok()) return loaded;
  ADD_FAILURE() << diagnostics.ToString();
  return nullptr;
}

void CreateSchema(const catalogue::Catalogue& catalogue, ScratchDatabase* database) {
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : catalogue.entities()) entities.push_back(entity.get());
  database->Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
}

InProcessServer::Options::Options() {
  serve.listen = {"127.0.0.1:0"};
  serve.admin_listen = "none";
  serve.drain_timeout_s = 5;
}

InProcessServer::InProcessServer(std::unique_ptr<const catalogue::Catalogue> catalogue, Options options)
    : options_(std::move(options)),
      database_("server", options_.encoding),
      loaded_(WithPlans(std::move(catalogue))),
      messages_(std::make_unique<google::protobuf::DynamicMessageFactory>()) {
  static const QuietLog quiet;
  if (!database_.ok() || loaded_ == nullptr) return;
  if (options_.schema == Options::Schema::kCreate) CreateSchema(*loaded_->catalogue, &database_);
  options_.connection.url = options_.route ? options_.route(database_.url()) : database_.url();
  if (!options_.route) RouteThroughPooler(&database_, &options_.connection);
  Start();
}

void InProcessServer::Start() {
  auto process = app::ServerProcess::Start(
      *loaded_, {options_.serve, options_.pool, options_.connection, &clock(), nullptr, options_.files});
  if (!process.ok()) {
    ADD_FAILURE() << process.status();
    return;
  }
  process_ = *std::move(process);
  addresses_ = process_->addresses();
  options_.serve.listen = addresses_;
  channel_ = NewChannel(addresses_.front());
  if (options_.schema == Options::Schema::kCreate) WaitUntilServing();
}

InProcessServer::~InProcessServer() { Stop(); }

void InProcessServer::Stop() {
  if (process_ == nullptr) return;
  auto stopped = std::async(std::launch::async, [this] { process_->Shutdown(); });
  if (options_.time == Options::Time::kStill) {
    fake_clock_.AdvanceUntil(
        [&stopped] { return stopped.wait_for(std::chrono::seconds(0)) == std::future_status::ready; },
        Clock::duration::max() / 2);
  }
  stopped.get();
  process_ = nullptr;
}

Clock& InProcessServer::clock() { return options_.time == Options::Time::kStill ? fake_clock_ : Clock::System(); }

void InProcessServer::Advance(Clock::duration time) {
  fake_clock_.Advance(time);
  process_->timers().Settle();
}

bool InProcessServer::AdvanceUntil(const std::function<bool()>& ready, Clock::duration limit) {
  return fake_clock_.AdvanceUntil(ready, limit);
}

std::string InProcessServer::MetricsText() const { return process_->MetricsText(); }

bool InProcessServer::IsServing(const std::string& service) {
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse health;
  const auto reply = wire::CallRaw(channel_, "/grpc.health.v1.Health/Check", request.SerializeAsString());
  return reply.status.ok() && health.ParseFromString(reply.response) &&
         health.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

void InProcessServer::WaitUntilServing() {
  EXPECT_TRUE(Eventually([this] { return IsServing(); })) << "the server is not serving after 10 s";
}

std::unique_ptr<db::Connection> InProcessServer::Connect() {
  db::ConnectionOptions options;
  options.url = database_.url();
  options.application_name = "test";
  auto connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  return connection.ok() ? *std::move(connection) : nullptr;
}

const plan::MethodPlan* InProcessServer::FindPlan(std::string_view method) const {
  const plan::MethodPlan* found = nullptr;
  for (const auto& plan : loaded_->plans) {
    if (!EndsWithName(plan->full_name, method)) continue;
    EXPECT_EQ(found, nullptr) << method << " is ambiguous";
    found = plan.get();
  }
  EXPECT_NE(found, nullptr) << "no method " << method;
  return found;
}

const google::protobuf::MethodDescriptor* InProcessServer::FindMethod(std::string_view method) const {
  const auto* units = v1::BeginRequest::descriptor()->file()->FindServiceByName("UnitOfWork");
  for (int i = 0; i < units->method_count(); ++i) {
    if (EndsWithName(units->method(i)->full_name(), method)) return units->method(i);
  }
  const plan::MethodPlan* plan = FindPlan(method);
  return plan == nullptr ? nullptr : plan->method;
}

absl::StatusOr<std::string> InProcessServer::CallBytes(std::string_view method, const std::string& request,
                                                       const CallOptions& options) {
  const auto* found = FindMethod(method);
  if (found == nullptr) return absl::InternalError("no such method");
  return CallPath(Cat("/", found->service()->full_name(), "/", found->name()), request, options);
}

absl::StatusOr<std::string> InProcessServer::CallPath(const std::string& path, const std::string& request,
                                                      const CallOptions& options) {
  grpc::ClientContext own_context;
  grpc::ClientContext& context = options.context == nullptr ? own_context : *options.context;
  context.set_deadline(std::chrono::system_clock::now() + options.timeout);
  for (const auto& [name, value] : options.headers) context.AddMetadata(name, value);
  const auto& channel = options.channel == nullptr ? channel_ : options.channel;
  wire::RawReply reply = wire::CallRaw(channel, path, {request}, &context);
  if (!reply.status.ok()) return wire::FromGrpcStatus(reply.status);
  return std::move(reply.response);
}

std::unique_ptr<google::protobuf::Message> InProcessServer::New(const google::protobuf::Descriptor* type) {
  const bool generated = type->file()->pool() == google::protobuf::DescriptorPool::generated_pool();
  google::protobuf::MessageFactory* const factory =
      generated ? google::protobuf::MessageFactory::generated_factory() : messages_.get();
  return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(type)->New());
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> InProcessServer::CallMessage(
    const plan::MethodPlan& plan, const google::protobuf::Message& request, const CallOptions& options) {
  auto bytes = CallPath(plan.path, request.SerializeAsString(), options);
  if (!bytes.ok()) return bytes.status();
  auto response = New(plan.method->output_type());
  if (!response->ParseFromString(*bytes)) return JsonProblem(plan.full_name, "the response does not parse");
  return response;
}

std::string InProcessServer::ToBytes(const google::protobuf::Descriptor& type, const Json& json) {
  const auto message = New(&type);
  const auto parsed = google::protobuf::util::JsonStringToMessage(json.dump(), message.get());
  EXPECT_TRUE(parsed.ok()) << json << ": " << parsed.ToString();
  return message->SerializeAsString();
}

Json InProcessServer::ToJson(const google::protobuf::Descriptor& type, const std::string& bytes) {
  const auto message = New(&type);
  EXPECT_TRUE(message->ParseFromString(bytes)) << "no " << type.full_name();
  google::protobuf::util::JsonPrintOptions print;
  print.preserve_proto_field_names = true;
  std::string text;
  const auto printed = google::protobuf::util::MessageToJsonString(*message, &text, print);
  EXPECT_TRUE(printed.ok()) << type.full_name() << ": " << printed.ToString();
  return Json::parse(text, nullptr, false);
}

absl::StatusOr<Json> InProcessServer::Call(std::string_view method, const Json& request, const CallOptions& options) {
  const auto* found = FindMethod(method);
  if (found == nullptr) return absl::InternalError("no such method");
  const auto bytes = CallBytes(found->full_name(), ToBytes(*found->input_type(), request), options);
  if (!bytes.ok()) return bytes.status();
  return ToJson(*found->output_type(), *bytes);
}

absl::StatusOr<Json> InProcessServer::CallMethod(const google::protobuf::MethodDescriptor& method, const Json& request,
                                                 const CallOptions& options) {
  const std::string path = Cat("/", method.service()->full_name(), "/", method.name());
  const auto bytes = CallPath(path, ToBytes(*method.input_type(), request), options);
  if (!bytes.ok()) return bytes.status();
  return ToJson(*method.output_type(), *bytes);
}

Json InProcessServer::MustCall(std::string_view method, const Json& request, const CallOptions& options) {
  auto answer = Call(method, request, options);
  EXPECT_TRUE(answer.ok()) << method << " " << request << ": " << answer.status();
  return answer.ok() ? *std::move(answer) : Json::object();
}

std::shared_ptr<grpc::Channel> NewChannel(const std::string& address) { return wire::NewChannel(address); }

std::string ReasonOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  const std::string reason = ErrorReason(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

std::string Summary(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::vector<std::string> fields;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  for (const auto& violation : bad_request.field_violations()) fields.push_back(violation.field());
  const std::string names = fields.empty() ? "" : Cat(" [", absl::StrJoin(fields, ", "), "]");
  return Cat(absl::StatusCodeToString(status.code()), " ", ErrorReason(status), names);
}

std::string MetadataOf(const absl::Status& status, const std::string& key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  const auto found = info.metadata().find(key);
  return found == info.metadata().end() ? "" : found->second;
}

int64_t RetryDelayOf(const absl::Status& status) {
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  if (!retry.has_retry_delay()) return -1;
  return retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1000000;
}

std::vector<std::string> PreconditionsOf(const absl::Status& status) {
  std::vector<std::string> violations;
  const auto failure = DetailOf<google::rpc::PreconditionFailure>(status);
  for (const auto& violation : failure.violations()) {
    violations.push_back(Cat(violation.type(), " ", violation.subject()));
  }
  return violations;
}

}  // namespace rowkeeper::testing
