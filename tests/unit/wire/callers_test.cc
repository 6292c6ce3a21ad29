#include "server/wire/callers.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/observe/counters.h"
#include "server/wire/health.h"
#include "server/wire/reflection.h"
#include "server/wire/status.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_certificates.h"
#include "tests/support/test_issuer.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using rowkeeper::testing::Eventually;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::JwkSet;
using rowkeeper::testing::kTestAudience;
using rowkeeper::testing::kTestIssuer;
using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;
using rowkeeper::testing::TestAuthority;
using rowkeeper::testing::TestClaims;
using rowkeeper::testing::TestSigningKey;
using rowkeeper::testing::TlsDirectory;
using ::testing::HasSubstr;
using ::testing::Not;
using Anonymous = Callers::Options::Anonymous;
using Kind = TestSigningKey::Kind;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr char kStream[] = "/t.T/Stream";

std::string ReasonNameOf(const grpc::Status& status) {
  const auto reason = ReasonOf(FromGrpcStatus(status));
  return reason.has_value() ? std::string(ReasonName(*reason)) : std::string();
}

/// A server whose one method answers who calls, with roles.
class CallersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteKeys({key_.Jwk()});
    identity::TokenVerifier::Options options;
    options.keys = directory_.path() + "/keys.json";
    options.rules.issuer = kTestIssuer;
    options.rules.audiences = {kTestAudience};
    auto tokens = identity::TokenVerifier::Open(options, &clock_);
    ASSERT_TRUE(tokens.ok()) << tokens.status();
    tokens_ = *std::move(tokens);
  }

  void Serve(Anonymous anonymous = Anonymous::kRefused, ServerOptions options = {}) {
    Callers::Options rules{tokens_.get(), anonymous, IdentityProof::kToken};
    rules.proxies = *policy::AllowList::Parse(proxies_);
    callers_ = std::make_unique<const Callers>(std::move(rules));
    const auto who = [](UnaryRpc call) {
      const auto identity = call.identity();
      call.Finish(
          Cat(call.caller(), identity == nullptr ? " anonymous" : Cat(" ", absl::StrJoin(identity->roles, ","))));
    };
    const auto stream = [this](StreamRpc call) {
      ++streams_begun_;
      call.Finish(absl::OkStatus());
    };
    DynamicServiceOptions service;
    service.callers = callers_.get();
    service_ = std::make_unique<DynamicService>(std::vector<DynamicMethod>{{kCall, who, &served_}},
                                                std::vector<DynamicStream>{{kStream, stream, &served_}}, service);
    ReflectionOptions reflection;
    reflection.callers = callers_.get();
    reflection_ = std::make_unique<Reflection>(reflection);
    std::vector<grpc::Service*> services = reflection_->services();
    services.push_back(service_.get());
    services.push_back(&health_);
    options.callers = callers_.get();
    server_ = std::make_unique<TestServer>(services, std::move(options));
  }

  void WriteKeys(const std::vector<std::string>& keys) {
    ReplaceTestFile(directory_.path() + "/keys.json", JwkSet(keys));
  }
  std::string Token(const std::string& subject = "alice", const std::string& more = "") const {
    return TokenOf(key_, subject, more);
  }
  std::string TokenOf(const TestSigningKey& key, const std::string& subject, const std::string& more = "") const {
    TestClaims claims;
    claims.subject = subject;
    claims.expires =
        std::chrono::duration_cast<std::chrono::seconds>(clock_.WallNow().time_since_epoch()).count() + 3600;
    claims.more = more;
    return key.Token(ToJson(claims));
  }
  static RawReply CallOver(const std::shared_ptr<grpc::Channel>& channel, const Headers& headers,
                           const std::string& path = kCall, const std::string& request = "hi") {
    grpc::ClientContext context;
    for (const auto& [name, value] : headers) context.AddMetadata(name, value);
    return CallRaw(channel, path, {request}, &context);
  }
  /// What the method answers, or the reason of the refusal.
  std::string Ask(const Headers& headers, const std::string& path = kCall, const std::string& request = "hi") {
    const RawReply reply = CallOver(server_->channel(), headers, path, request);
    if (reply.status.ok()) return reply.response;
    EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << reply.status.error_message();
    EXPECT_THAT(reply.status.error_message(), Not(HasSubstr("key"))) << "tells of the keys";
    return ReasonNameOf(reply.status);
  }
  static Headers Bearer(const std::string& token) { return {{"authorization", Cat("Bearer ", token)}}; }

  /// What an optional certificate of `authority` with these names is shown to.
  std::shared_ptr<grpc::Channel> ChannelWith(const TestAuthority& authority, const std::vector<std::string>& names) {
    TestAuthority::Request request;
    request.names = names;
    const auto own = names.empty() ? rowkeeper::testing::CertificateAndKey() : authority.Issue(request);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(server_->server().BoundAddresses().front(),
                                     grpc::SslCredentials({authority.root(), own.key, own.certificate}), arguments);
  }

  std::vector<std::string> proxies_;
  FakeClock clock_;
  const TestSigningKey key_{Kind::kEd25519, "one"};
  TemporaryDirectory directory_;
  std::unique_ptr<identity::TokenVerifier> tokens_;
  std::unique_ptr<const Callers> callers_;
  const ServedMethod served_{"t.T.Call", "", observe::Counters::Process().Method("t.T.Call")};
  std::atomic<int> streams_begun_{0};
  HealthService health_;
  std::unique_ptr<Reflection> reflection_;
  std::unique_ptr<DynamicService> service_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(CallersTest, ATokenSaysWhoCalls) {
  Serve();
  EXPECT_EQ(Ask(Bearer(Token("alice", R"(,"roles":["b","a"])"))), "jwt:alice a,b");
  EXPECT_EQ(Ask({{"authorization", Cat("bearer ", Token("bob"))}}), "jwt:bob ");
}

TEST_F(CallersTest, AnonymousCallersAreRefusedUnlessTheyAreAllowed) {
  Serve();
  EXPECT_EQ(Ask({}), "IDENTITY_REQUIRED");
  EXPECT_EQ(Ask({}, kCall, std::string(100000, 'x')), "IDENTITY_REQUIRED");
  server_.reset();
  Serve(Anonymous::kAllowed);
  EXPECT_EQ(Ask({}), "ipv4:127.0.0.1 anonymous");
}

TEST_F(CallersTest, ABadTokenIsNeverTakenForNone) {
  Serve(Anonymous::kAllowed);
  const std::string token = Token();
  const TestSigningKey stranger(Kind::kEd25519, "one");
  for (const std::string& value :
       {Cat("Bearer ", TokenOf(stranger, "alice")), Cat("Bearer ", token, "x"), Cat("Bearer  ", token), token,
        std::string("Bearer"), std::string("Bearer x.y.z"), std::string("Basic YTpi"), Cat("Basic ", token),
        Cat("Bearer ", token, ",Bearer ", token)}) {
    EXPECT_EQ(Ask({{"authorization", value}}), "TOKEN_INVALID") << value;
  }
  Headers twice = Bearer(token);
  twice.push_back(twice.front());
  EXPECT_EQ(Ask(twice), "TOKEN_INVALID") << "which of them?";
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(Ask(Bearer(token)), "TOKEN_EXPIRED");
}

/// An issuer of tokens that does not answer.
class DownFetcher : public identity::KeyFetcher {
 public:
  identity::FetchAnswer Fetch(const std::string& /*etag*/) override { return {}; }
  void Cancel() override {}
};

TEST_F(CallersTest, WithoutKeysATokenIsNotJudgedAndCanBeSentAgain) {
  identity::TokenVerifier::Options options;
  options.rules.issuer = kTestIssuer;
  options.rules.audiences = {kTestAudience};
  tokens_ = identity::TokenVerifier::OpenFetched(options, std::make_unique<DownFetcher>(), &clock_);
  Serve(Anonymous::kAllowed);
  const RawReply reply = CallOver(server_->channel(), Bearer(Token()));
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonNameOf(reply.status), "SERVER_STARTING");
  EXPECT_EQ(Ask({}), "ipv4:127.0.0.1 anonymous") << "for which no keys are needed";
}

TEST_F(CallersTest, RefusalsAreCountedByReasonAndMethod) {
  Serve();
  const auto refused = [] { return observe::Counters::Process().Snapshot(); };
  const auto before = refused();
  Ask({});
  Ask(Bearer("x.y.z"));
  const auto after = refused();
  const auto count = [](const observe::CountersSnapshot& all, const char* reason) {
    const auto found = all.refusals.find(reason);
    return found == all.refusals.end() ? uint64_t{0} : found->second;
  };
  EXPECT_EQ(count(after, "IDENTITY_REQUIRED"), count(before, "IDENTITY_REQUIRED") + 1);
  EXPECT_EQ(count(after, "TOKEN_INVALID"), count(before, "TOKEN_INVALID") + 1);
  EXPECT_GE(after.calls.at("t.T.Call").at("UNAUTHENTICATED"), 2u);
}

TEST_F(CallersTest, StreamsReflectionAndUnknownMethodsNeedAnIdentityToo) {
  Serve();
  for (const char* const path :
       {kStream, "/t.T/None", "/none.T/None", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    EXPECT_EQ(Ask({}, path), "IDENTITY_REQUIRED") << path;
    EXPECT_EQ(Ask(Bearer("x.y.z"), path), "TOKEN_INVALID") << path;
  }
  EXPECT_EQ(streams_begun_, 0);
  CallOver(server_->channel(), Bearer(Token()), kStream);
  EXPECT_EQ(streams_begun_, 1);
  EXPECT_EQ(CallOver(server_->channel(), Bearer(Token()), "/t.T/None").status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  grpc::ClientContext context;
  context.AddMetadata("authorization", Cat("Bearer ", Token()));
  const auto stub = grpc::reflection::v1::ServerReflection::NewStub(server_->channel());
  const auto stream = stub->ServerReflectionInfo(&context);
  grpc::reflection::v1::ServerReflectionRequest request;
  request.set_list_services("");
  grpc::reflection::v1::ServerReflectionResponse response;
  EXPECT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_GT(response.list_services_response().service_size(), 0);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(CallersTest, HealthIsOpenForWhoWatchesTheServer) {
  Serve();
  health_.SetStatus("", HealthService::Status::kServing);
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckResponse response;
  const auto stub = grpc::health::v1::Health::NewStub(server_->channel());
  EXPECT_TRUE(stub->Check(&context, {}, &response).ok());
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
}

TEST_F(CallersTest, OneConnectionCarriesCallsOfManyAndOneCallerUsesManyConnections) {
  Serve();
  const std::string alice = Token("alice"), bob = Token("bob");
  const auto other = NewChannel(server_->server().BoundAddresses().front());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask(Bearer(alice)), "jwt:alice ");
    EXPECT_EQ(Ask(Bearer(bob)), "jwt:bob ");
    EXPECT_EQ(Ask({}), "IDENTITY_REQUIRED") << "a connection has no identity of its own";
    EXPECT_EQ(CallOver(other, Bearer(alice)).response, "jwt:alice ");
  }
  EXPECT_EQ(tokens_->stats().by_signature_total, 2u);
}

TEST_F(CallersTest, ATokenGoesBeforeTheCertificateWhichGoesBeforeNothing) {
  const TestAuthority authority("root");
  const TlsDirectory files(authority.Issue(), authority.root());
  const auto certificates = net::TlsCertificates::Open(files.files(), &clock_);
  ASSERT_TRUE(certificates.ok()) << certificates.status();
  ServerOptions options;
  options.security.certificates = certificates->get();
  options.security.clients = ClientCertificates::kOptional;
  Serve(Anonymous::kRefused, options);
  const auto channel = [&](const std::vector<std::string>& names) { return ChannelWith(authority, names); };
  const auto billing = channel({"URI:spiffe://example.org/billing"});
  EXPECT_EQ(CallOver(billing, {}).response, "spiffe://example.org/billing ");
  EXPECT_EQ(CallOver(billing, Bearer(Token())).response, "jwt:alice ");
  EXPECT_EQ(ReasonNameOf(CallOver(billing, Bearer("x.y.z")).status), "TOKEN_INVALID");
  EXPECT_EQ(ReasonNameOf(CallOver(channel({"DNS:localhost"}), {}).status), "IDENTITY_REQUIRED");
  EXPECT_EQ(ReasonNameOf(CallOver(channel({}), {}).status), "IDENTITY_REQUIRED");
  EXPECT_EQ(CallOver(channel({}), Bearer(Token())).response, "jwt:alice ");
}

/// The header rowkeeper-tenant beside `headers`.
Headers ForTenant(const std::string& tenant, Headers headers) {
  headers.emplace_back("rowkeeper-tenant", tenant);
  return headers;
}

TEST_F(CallersTest, OnlyANamedProxySaysWhoseRowsACallIsAbout) {
  proxies_ = {"role:gateway", "caller:jwt:edge"};
  Serve(Anonymous::kAllowed);
  const Headers gateway = Bearer(Token("g", R"(,"roles":["gateway"])"));
  EXPECT_EQ(Ask(ForTenant("acme", gateway)), "tenant:acme jwt:g gateway");
  EXPECT_EQ(Ask(ForTenant("globex", Bearer(Token("edge")))), "tenant:globex jwt:edge ") << "each call has its own";
  EXPECT_EQ(Ask(gateway), "jwt:g gateway") << "a call without the header is of no tenant";
  const auto refusal = [&](const Headers& headers, const std::string& path = kCall) {
    return ReasonNameOf(CallOver(server_->channel(), headers, path).status);
  };
  for (const std::string& path : {kCall, std::string(kStream), std::string("/t.T/None"),
                                  std::string("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")}) {
    EXPECT_EQ(refusal(ForTenant("acme", Bearer(Token("bob"))), path), "FEATURE_NOT_ALLOWED") << path;
    EXPECT_EQ(refusal(ForTenant("acme", {}), path), "FEATURE_NOT_ALLOWED") << path;
  }
  EXPECT_EQ(streams_begun_, 0);
  EXPECT_EQ(refusal(ForTenant("acme", Bearer("x.y.z"))), "TOKEN_INVALID");
  EXPECT_EQ(refusal(ForTenant("acme", ForTenant("acme", gateway))), "INVALID_HEADER") << "which of them?";
  for (const std::string& bad : {std::string(), std::string(256, 'x')}) {
    EXPECT_EQ(refusal(ForTenant(bad, gateway)), "INVALID_HEADER") << bad.size();
  }
  EXPECT_EQ(Ask(ForTenant(std::string(255, 'x'), gateway)), Cat("tenant:", std::string(255, 'x'), " jwt:g gateway"));
}

TEST_F(CallersTest, WithoutProxiesNobodyMaySayWhoseRowsACallIsAbout) {
  Serve(Anonymous::kAllowed);
  EXPECT_EQ(ReasonNameOf(CallOver(server_->channel(), ForTenant("acme", Bearer(Token()))).status),
            "FEATURE_NOT_ALLOWED");
}

TEST_F(CallersTest, AProxysHeaderDoesNotContradictTheToken) {
  identity::TokenVerifier::Options options;
  options.keys = directory_.path() + "/keys.json";
  options.rules.issuer = kTestIssuer;
  options.rules.audiences = {kTestAudience};
  options.rules.tenant_claim = "tenant";
  tokens_ = *identity::TokenVerifier::Open(options, &clock_);
  proxies_ = {"role:gateway"};
  Serve();
  const Headers gateway = Bearer(Token("g", R"(,"roles":["gateway"],"tenant":"acme")"));
  EXPECT_EQ(Ask(ForTenant("acme", gateway)), "tenant:acme jwt:g gateway");
  EXPECT_EQ(ReasonNameOf(CallOver(server_->channel(), ForTenant("globex", gateway)).status), "INVALID_HEADER");
}

TEST_F(CallersTest, AProxyIsKnownByItsCertificateAlsoWhenItPassesOnTokens) {
  const TestAuthority authority("root");
  const TlsDirectory files(authority.Issue(), authority.root());
  const auto certificates = net::TlsCertificates::Open(files.files(), &clock_);
  ASSERT_TRUE(certificates.ok()) << certificates.status();
  ServerOptions options;
  options.security.certificates = certificates->get();
  options.security.clients = ClientCertificates::kOptional;
  proxies_ = {"caller:spiffe://example.org/edge/*"};
  Serve(Anonymous::kRefused, options);
  const auto proxy = ChannelWith(authority, {"URI:spiffe://example.org/edge/1"});
  const auto other = ChannelWith(authority, {"URI:spiffe://example.org/billing"});
  EXPECT_EQ(CallOver(proxy, ForTenant("acme", {})).response, "tenant:acme spiffe://example.org/edge/1 ");
  EXPECT_EQ(CallOver(proxy, ForTenant("acme", Bearer(Token()))).response, "tenant:acme jwt:alice ");
  EXPECT_EQ(CallOver(proxy, Bearer(Token())).response, "jwt:alice ");
  for (const auto& channel : {other, ChannelWith(authority, {})}) {
    EXPECT_EQ(ReasonNameOf(CallOver(channel, ForTenant("acme", Bearer(Token()))).status), "FEATURE_NOT_ALLOWED");
  }
}

/// An issuer publishes a key, signs with it when the server has it, and then takes the old one away.
TEST_F(CallersTest, KeysAreRotatedUnderLoadWithoutARefusal) {
  Serve();
  absl::Mutex mutex;
  std::string token = Token();
  std::atomic<bool> ending{false};
  std::atomic<int> good{0}, bad{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      const auto channel = NewChannel(server_->server().BoundAddresses().front());
      while (!ending) {
        const absl::ReaderMutexLock lock(&mutex);
        ++(CallOver(channel, Bearer(token)).response == "jwt:alice " ? good : bad);
      }
    });
  }
  std::string old_key = key_.Jwk();
  for (int round = 0; round < 5; ++round) {
    const TestSigningKey next(round % 2 == 0 ? Kind::kP256 : Kind::kEd25519, Cat("round", round));
    const std::string next_token = TokenOf(next, "alice");
    WriteKeys({old_key, next.Jwk()});
    EXPECT_TRUE(
        clock_.AdvanceUntil([&] { return tokens_->Verify(next_token).identity != nullptr; }, std::chrono::seconds(5)));
    {
      const absl::MutexLock lock(&mutex);  // which waits for calls with the old token
      token = next_token;
    }
    const uint64_t loads = tokens_->stats().loads_total;
    WriteKeys({next.Jwk()});
    EXPECT_TRUE(clock_.AdvanceUntil([&] { return tokens_->stats().loads_total > loads; }, std::chrono::seconds(5)));
    old_key = next.Jwk();
    const int before = good;
    EXPECT_TRUE(Eventually([&] { return good > before + 20; }));
  }
  ending = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(bad, 0);
}

}  // namespace
}  // namespace rowkeeper::wire
