#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <thread>

#include "server/app/server_process.h"
#include "server/schema/migration_file.h"
#include "server/sql/servers_sql.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/https_server.h"
#include "tests/support/raw_http_client.h"
#include "tests/support/scrape.h"
#include "tests/support/test_certificates.h"
#include "tests/support/test_issuer.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kCalls[] = "rpc_server_call_duration_seconds_count";
constexpr char kMigrations[] = "migrations/planner";
constexpr char kReference[] = "proto/reference/metrics.md";

std::string Join(const std::set<std::string>& words) { return absl::StrJoin(words, ", "); }

/// "name type labels" of each row of the reference's tables.
std::set<std::string> DocumentedMetrics() {
  const std::regex row(R"(\| `([a-z_0-9]+)` \| (counter|gauge|histogram) \|([^|]*)\| [^|]+ \|)");
  const std::regex label("`([a-z_]+)`");
  std::ifstream page(kReference);
  std::set<std::string> metrics;
  for (std::string line; std::getline(page, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    std::set<std::string> labels;
    const std::string cell = match[3];
    for (std::sregex_iterator word(cell.begin(), cell.end(), label), end; word != end; ++word)
      labels.insert((*word)[1]);
    EXPECT_TRUE(metrics.insert(Cat(match[1].str(), " ", match[2].str(), " ", Join(labels))).second) << line;
  }
  return metrics;
}

std::set<std::string> ServedMetrics(const Scrape& scrape) {
  std::set<std::string> metrics;
  for (const auto& [name, family] : scrape.families()) {
    metrics.insert(Cat(name, " ", family.type, " ", Join(family.labels)));
  }
  return metrics;
}

std::vector<std::string> Without(const std::set<std::string>& all, const std::set<std::string>& some) {
  std::vector<std::string> left;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(left));
  return left;
}

std::vector<schema::MigrationFile> PlannerMigrations() {
  auto files = schema::ReadMigrationDirectory(kMigrations);
  EXPECT_TRUE(files.ok()) << files.status();
  return *std::move(files);
}

/// As if the oldest migration of the planner had been applied to the database at `url`, and no other.
std::string WithOneMigration(const std::string& url) {
  db::ConnectionOptions options;
  options.url = url;
  auto connection = db::Connection::Open(options);
  EXPECT_TRUE(connection.ok()) << connection.status();
  EXPECT_TRUE((*connection)
                  ->ExecuteScript(Cat("CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);"
                                      "INSERT INTO schema_migrations VALUES ('",
                                      PlannerMigrations().front().version, "')"),
                                  nullptr)
                  .ok());
  return url;
}

/// A planner server whose batches are small, with tables of keys and servers, and with TLS beside the socket that is
/// called, where tokens may be sent, whose keys it fetches.
class MetricsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    InProcessServer::Options options;
    options.serve.max_batch_rows = 2;
    options.serve.migrations = kMigrations;
    options.serve.admin_listen = "127.0.0.1:0";
    tls_ = new TlsDirectory(TestAuthority("root").Issue());
    options.serve.listen = {"unix:" + tls_->path("socket"), "127.0.0.1:0"};
    options.serve.tls.certificate = tls_->files().certificate;
    options.serve.tls.key = tls_->files().key;
    options.serve.traces.endpoint = "http://127.0.0.1:1";
    policy_ = new TemporaryDirectory;
    issuer_ = new HttpsServer({}, [keys = JwkSet({TestSigningKey(TestSigningKey::Kind::kEd25519, "one").Jwk()})](
                                      const std::string& /*request*/, HttpsServer::Connection* client) {
      client->Write(HttpAnswer("200 OK", "", keys));
    });
    ReplaceTestFile(policy_->path() + "/policy.toml",
                    "[methods]\n\"*\" = [\"everyone\"]\n[features]\n\"*\" = [\"everyone\"]\n");
    options.serve.identity.policy_file = policy_->path() + "/policy.toml";
    options.serve.identity.jwt_keys = Cat("http://localhost:", issuer_->port(), "/keys");
    options.serve.identity.jwt_issuer = kTestIssuer;
    options.serve.identity.jwt_audiences = {kTestAudience};
    options.serve.identity.allow_anonymous = true;
    options.route = WithOneMigration;
    app::CatalogueSettings catalogue;
    catalogue.proto_paths = {"proto"};
    options.serve.watch_protos = false;  // it is all that is below
    options.files = app::CatalogueFiles{catalogue, {}};
    server_ = new InProcessServer(CompileExample("planner/v1"), options);
    CreateKeyTable(&server_->database());
    server_->database().Run(absl::StrJoin(sql::CreateServers(), ";\n"));
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
    delete tls_;
    delete issuer_;
    delete policy_;
  }
  void SetUp() override { ASSERT_TRUE(server_ != nullptr && server_->ok()); }

  static Scrape Take() { return Scrape(server_->MetricsText()); }
  static double CallsOf(const Scrape& scrape, const std::string& method, const std::string& code) {
    return scrape.Sum(kCalls, {{"rpc_method", method}, {"rpc_response_status_code", code}});
  }

  /// A page of the admin listener.
  static std::string Page(std::string_view path) {
    ListenAddress address;
    EXPECT_TRUE(ParseListenAddress(server_->process().admin_address(), &address).ok());
    return RawClient(address).Ask(HttpRequest(path));
  }

  static void CallEveryKind() {
    EXPECT_THAT(Page("/livez"), HasSubstr("OK"));
    server_->MustCall("ProfileRepository.Create", ProfileOf(RandomHex(8)));
    EXPECT_FALSE(server_->Call("TodoRepository.GetById", {{"id", kUnknownId}}).ok());
    EXPECT_FALSE(server_->Call("TodoRepository.BatchGet", {{"ids", {kUnknownId, kUnknownId, kUnknownId}}}).ok());
    EXPECT_TRUE(Unit(server_).Commit().ok());
    EXPECT_TRUE(Unit(server_).Rollback().ok());
    const std::string key = NewKey(), handle = RandomHex(8);
    for (int i = 0; i < 2; ++i) CallWithKey(server_, "ProfileRepository.Create", ProfileOf(handle), key);
    StreamClient stream(server_, "TodoRepository.Export");
    stream.Send(Json::object());
    stream.SendNoMore();
    EXPECT_TRUE(EndOf(&stream).ok());
    wire::CallRaw(server_->channel(), "/no.such.Service/Method", "");
  }

  static inline const std::string kUnknownId = "00000000-0000-4000-8000-000000000000";
  static inline InProcessServer* server_ = nullptr;
  static inline TlsDirectory* tls_ = nullptr;
  static inline HttpsServer* issuer_ = nullptr;
  static inline TemporaryDirectory* policy_ = nullptr;
};

TEST_F(MetricsTest, EveryMetricIsInTheReferenceAndTheOtherWayAround) {
  CallEveryKind();
  EXPECT_TRUE(Eventually([] { return Take().Count("rowkeeper_migrations_pending") == 1; }));
  EXPECT_TRUE(Eventually([] { return Take().Count("rowkeeper_registered") == 1; }));
  EXPECT_TRUE(Eventually([] { return Take().Count("rowkeeper_token_keys_age_seconds") == 1; }));
  const std::set<std::string> served = ServedMetrics(Take()), documented = DocumentedMetrics();
  EXPECT_THAT(Without(served, documented), IsEmpty()) << "not in " << kReference;
  EXPECT_THAT(Without(documented, served), IsEmpty()) << "only in " << kReference;
}

TEST_F(MetricsTest, PromtoolFindsNothingToSay) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is not installed";
  CallEveryKind();
  const std::string file = ::testing::TempDir() + "metrics-" + RandomHex(8);
  std::ofstream(file) << server_->MetricsText();
  EXPECT_EQ(std::system(Cat("promtool check metrics < ", file, " >&2").c_str()), 0);
  std::remove(file.c_str());
}

TEST_F(MetricsTest, CallsAreTimedByMethodAndCode) {
  const Scrape before = Take();
  const std::string id = server_->MustCall("ProfileRepository.Create", ProfileOf(RandomHex(8)))["id"];
  for (int i = 0; i < 3; ++i) server_->MustCall("ProfileRepository.GetById", {{"id", id}});
  EXPECT_FALSE(server_->Call("ProfileRepository.GetById", {{"id", kUnknownId}}).ok());
  const Scrape after = Take();
  const std::string get = "planner.v1.ProfileRepository/GetById";
  EXPECT_EQ(CallsOf(after, get, "OK") - CallsOf(before, get, "OK"), 3);
  EXPECT_EQ(CallsOf(after, get, "NOT_FOUND") - CallsOf(before, get, "NOT_FOUND"), 1);
  EXPECT_GT(after.Sum("rpc_server_call_duration_seconds_sum", {{"rpc_method", get}}),
            before.Sum("rpc_server_call_duration_seconds_sum", {{"rpc_method", get}}));
  EXPECT_GT(after.Sum("rowkeeper_received_bytes_total"), before.Sum("rowkeeper_received_bytes_total"));
  EXPECT_GT(after.Sum("rowkeeper_sent_bytes_total"), before.Sum("rowkeeper_sent_bytes_total"));
}

TEST_F(MetricsTest, StatementsAreTimedByOperationTableAndSqlstate) {
  constexpr char kStatements[] = "db_client_operation_duration_seconds_count";
  const Scrape before = Take();
  const std::string handle = RandomHex(8);
  server_->MustCall("ProfileRepository.Create", ProfileOf(handle));
  EXPECT_FALSE(server_->Call("ProfileRepository.Create", ProfileOf(handle)).ok()) << "the handle is taken";
  Unit unit(server_);
  server_->MustCall("ProfileRepository.Create", ProfileOf(RandomHex(8)), unit.Inside());
  EXPECT_TRUE(unit.Commit().ok());
  const Scrape after = Take();
  const auto more = [&](const std::string& operation, const std::string& table, const std::string& state) {
    const std::map<std::string, std::string> labels = {
        {"db_operation_name", operation}, {"db_collection_name", table}, {"db_response_status_code", state}};
    return after.Sum(kStatements, labels) - before.Sum(kStatements, labels);
  };
  EXPECT_EQ(more("INSERT", "profiles", ""), 2);
  EXPECT_EQ(more("INSERT", "profiles", "23505"), 1);
  EXPECT_GE(more("COMMIT", "", ""), 1);
  EXPECT_GT(after.Sum("db_client_connection_use_time_seconds_count"),
            before.Sum("db_client_connection_use_time_seconds_count"));
  EXPECT_GT(after.Sum("rowkeeper_sessions_total", {{"pooler", "none"}}), 0);
}

TEST_F(MetricsTest, RefusalsAreCountedByReasonAndByLimit) {
  const Scrape before = Take();
  EXPECT_FALSE(server_->Call("TodoRepository.BatchGet", {{"ids", {kUnknownId, kUnknownId, kUnknownId}}}).ok());
  const Scrape after = Take();
  const auto more = [&](const std::string& name, const std::map<std::string, std::string>& labels) {
    return after.Sum(name, labels) - before.Sum(name, labels);
  };
  EXPECT_EQ(more("rowkeeper_refusals_total", {}), 1);
  EXPECT_EQ(more("rowkeeper_limit_refusals_total", {{"limit", "max-batch-rows"}}), 1);
}

TEST_F(MetricsTest, MigrationsThatTheDatabaseLacksAreCounted) {
  ASSERT_TRUE(Eventually([] { return Take().Count("rowkeeper_migrations_pending") == 1; }));
  EXPECT_EQ(Take().Sum("rowkeeper_migrations_pending"), PlannerMigrations().size() - 1);
}

TEST_F(MetricsTest, UnitsAndKeysAreCounted) {
  // A call may be answered before its connection is given back.
  ASSERT_TRUE(Eventually([] { return Take().Sum("rowkeeper_pool_connections", {{"state", "used"}}) == 0; }));
  const Scrape before = Take();
  Unit open(server_);
  const Scrape during = Take();
  EXPECT_EQ(during.Sum("rowkeeper_units_open"), before.Sum("rowkeeper_units_open") + 1);
  EXPECT_GT(during.Sum("rowkeeper_units_oldest_seconds"), 0);
  EXPECT_EQ(during.Sum("rowkeeper_pool_connections", {{"state", "used"}}),
            before.Sum("rowkeeper_pool_connections", {{"state", "used"}}) + 1);
  EXPECT_TRUE(open.Commit().ok());
  const std::string key = NewKey(), handle = RandomHex(8);
  for (int i = 0; i < 3; ++i) CallWithKey(server_, "ProfileRepository.Create", ProfileOf(handle), key);
  const Scrape after = Take();
  const auto more = [&](const std::string& name) { return after.Sum(name) - before.Sum(name); };
  EXPECT_EQ(more("rowkeeper_units_ended_total"), 1);
  EXPECT_EQ(more("rowkeeper_idempotency_claims_total"), 1);
  EXPECT_EQ(more("rowkeeper_idempotency_replays_total"), 2);
  EXPECT_GT(more("rowkeeper_idempotency_stored_bytes_total"), 0);
}

TEST_F(MetricsTest, TheAdminListenerCountsItself) {
  const Scrape before = Take();
  EXPECT_THAT(Page("/metrics"), HasSubstr("rowkeeper_admin_refused_total{limit=\"time\"}"));
  EXPECT_THAT(Page("/made/up"), HasSubstr("404"));
  const Scrape after = Take();
  const auto more = [&](const std::string& page, const std::string& code) {
    const std::map<std::string, std::string> labels = {{"page", page}, {"code", code}};
    return after.Sum("rowkeeper_admin_requests_total", labels) - before.Sum("rowkeeper_admin_requests_total", labels);
  };
  EXPECT_EQ(more("/metrics", "200"), 1);
  EXPECT_EQ(more("_OTHER", "404"), 1);
  EXPECT_EQ(after.Count("rowkeeper_admin_refused_total"), admin::kAdminLimits);
}

TEST_F(MetricsTest, TenThousandUnknownMethodsAreOneSeries) {
  wire::CallRaw(server_->channel(), "/planner.v1.TodoRepository/NoSuchMethod", "");
  const Scrape before = Take();
  for (int i = 0; i < 10000; ++i) {
    const auto reply = wire::CallRaw(server_->channel(), Cat("/planner.v1.TodoRepository/Made", i, "Up"), "");
    ASSERT_EQ(reply.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  }
  const Scrape after = Take();
  EXPECT_EQ(after.Count(kCalls), before.Count(kCalls));
  EXPECT_EQ(CallsOf(after, "_OTHER", "UNIMPLEMENTED") - CallsOf(before, "_OTHER", "UNIMPLEMENTED"), 10000);
}

TEST_F(MetricsTest, WhatCallersSendIsNoLabel) {
  const std::string secret = "s" + RandomHex(8);
  CallOptions options;
  options.headers = {{"x-request-id", secret}, {"idempotency-key", secret}, {"x-anything", secret}};
  EXPECT_TRUE(server_->Call("ProfileRepository.Create", ProfileOf(secret), options).ok());
  EXPECT_FALSE(server_->Call("ProfileRepository.GetById", {{"id", secret}}).ok());
  EXPECT_FALSE(server_->Call("TodoRepository.List", {{"filter", secret + " = 1"}}).ok());
  wire::CallRaw(server_->channel(), "/" + secret + "/" + secret, secret);
  EXPECT_THAT(server_->MetricsText(), Not(HasSubstr(secret)));
}

TEST_F(MetricsTest, NoGaugeIsEverBelowZero) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&stop] {
      const std::string handle = RandomHex(8);
      while (!stop) {
        Unit unit(server_);
        EXPECT_FALSE(server_->Call("TodoRepository.GetById", {{"id", kUnknownId}}, unit.Inside()).ok());
        EXPECT_TRUE(unit.Rollback().ok());
        CallWithKey(server_, "ProfileRepository.Create", ProfileOf(handle), handle);
      }
    });
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  for (int scrapes = 0; scrapes < 10 || std::chrono::steady_clock::now() < until; ++scrapes) {
    const Scrape scrape = Take();
    for (const MetricSample& sample : scrape.samples()) EXPECT_GE(sample.value, 0) << sample.name;
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(Take().Sum("rowkeeper_units_open"), 0);
}

}  // namespace
}  // namespace rowkeeper::testing
