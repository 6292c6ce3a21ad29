// Every method of both examples, called by every kind of caller: each decision is that of a table.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "server/plan/batch/import_response.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/support/test_certificates.h"

namespace rowkeeper::testing {
namespace {

enum Caller { kAnonymous, kBob, kAlice, kCarolWhoBills, kDaveWhoReads, kTill, kCallers };

constexpr const char* kCallerNames[kCallers] = {"nobody known", "bob", "alice", "carol", "dave", "the till"};

/// A list of a method, and whom it lets call.
struct ListedCallers {
  std::vector<std::string> list;
  std::array<bool, kCallers> admitted;
};

/// Methods have these in turn. The first has no list of its own, and its repository none either.
const std::vector<ListedCallers>& ListsInTurn() {
  static const auto* const lists = new std::vector<ListedCallers>{
      {{}, {false, false, false, false, false, false}},
      {{"role:billing"}, {false, false, false, true, false, false}},
      {{"caller:jwt:alice"}, {false, false, true, false, false, false}},
      {{"caller:spiffe://example.org/shop/*"}, {false, false, false, false, false, true}},
      {{"anonymous"}, {true, false, false, false, false, false}},
      {{"authenticated"}, {false, true, true, true, true, true}},
      {{"everyone"}, {true, true, true, true, true, true}},
      {{"caller:jwt:bob", "role:reading"}, {false, true, false, false, true, false}},
  };
  return *lists;
}

/// Where the repository has a list, that of a method without one.
constexpr std::array<bool, kCallers> kReaders = {false, false, false, false, true, false};

/// An example whose methods have all lists in turn, over a socket and, with client certificates, over TLS.
class ListedServer {
 public:
  explicit ListedServer(const std::string& folder) : tls_(authority_.Issue(), authority_.root()) {
    InProcessServer::Options options;
    options.serve.listen = {"unix:" + tls_.path("socket"), "127.0.0.1:0"};
    options.serve.tls.certificate = tls_.files().certificate;
    options.serve.tls.key = tls_.files().key;
    options.serve.tls.client_roots = tls_.files().client_roots;
    options.serve.tls.client_certificates = "optional";
    issuer_.Configure(&options.serve.identity);
    Lists lists;
    lists.of_repository = [this](const std::string& repository) {
      const bool has_list = repositories_.size() % 2 == 1;
      repositories_.emplace(repository, has_list);
      return has_list ? std::vector<std::string>{"role:reading"} : std::vector<std::string>();
    };
    lists.of_method = [this](const std::string& method) {
      const size_t turn = turns_.size() % ListsInTurn().size();
      turns_.emplace(method, turn);
      return ListsInTurn()[turn].list;
    };
    lists.access.add_run("everyone");
    lists.access.add_idempotency_keys("everyone");
    lists.access.add_units_of_work("everyone");
    server_ = std::make_unique<InProcessServer>(CompileExampleWithLists(folder, lists), options);
    if (!server_->ok()) return;
    CreateKeyTable(&server_->database());
    MakeCallers();
  }

  InProcessServer& server() { return *server_; }
  const CallOptions& As(int caller) const { return callers_[static_cast<size_t>(caller)]; }
  bool Admits(const std::string& method, int caller) const {
    const size_t turn = turns_.at(method);
    const bool inherits = turn == 0 && repositories_.at(method.substr(0, method.rfind('.')));
    return (inherits ? kReaders : ListsInTurn()[turn].admitted)[static_cast<size_t>(caller)];
  }
  std::string Shown(const std::string& method, int caller) const {
    return Cat(method, " of turn ", turns_.at(method), " called by ", kCallerNames[caller]);
  }

 private:
  void MakeCallers() {
    callers_.emplace_back();
    callers_.push_back(issuer_.As("bob"));
    callers_.push_back(issuer_.As("alice", {"cooking"}));
    callers_.push_back(issuer_.As("carol", {"billing", "cooking"}));
    callers_.push_back(issuer_.As("dave", {"reading"}));
    TestAuthority::Request request;
    request.names = {"URI:spiffe://example.org/shop/till"};
    const CertificateAndKey own = authority_.Issue(request);
    CallOptions till;
    till.channel = grpc::CreateChannel(server_->addresses().back(),
                                       grpc::SslCredentials({authority_.root(), own.key, own.certificate}));
    callers_.push_back(std::move(till));
  }

  const TestAuthority authority_{"root"};
  const TlsDirectory tls_;
  const PolicyIssuer issuer_;
  std::map<std::string, size_t> turns_;
  /// Whether it has a list.
  std::map<std::string, bool> repositories_;
  std::unique_ptr<InProcessServer> server_;
  std::vector<CallOptions> callers_;
};

class PolicyWalkTest : public ::testing::TestWithParam<std::string> {
 protected:
  static void TearDownTestSuite() { servers_.clear(); }
  void SetUp() override {
    auto& listed = servers_[GetParam()];
    if (listed == nullptr) listed = std::make_unique<ListedServer>(GetParam());
    listed_ = listed.get();
    ASSERT_TRUE(server().ok());
  }
  InProcessServer& server() { return listed_->server(); }

  /// Calls every method as every caller. `call` gives what became of it.
  void Walk(const std::function<absl::Status(const plan::MethodPlan&, const CallOptions&)>& call) {
    int admitted = 0, refused = 0;
    for (const auto& plan : server().loaded().plans) {
      for (int caller = 0; caller < kCallers; ++caller) {
        const absl::Status status = call(*plan, listed_->As(caller));
        const std::string reason = ReasonOf(status), shown = listed_->Shown(plan->full_name, caller);
        if (listed_->Admits(plan->full_name, caller)) {
          ++admitted;
          EXPECT_NE(status.code(), absl::StatusCode::kPermissionDenied) << shown << ": " << status;
          EXPECT_NE(status.code(), absl::StatusCode::kUnauthenticated) << shown << ": " << status;
        } else {
          ++refused;
          EXPECT_EQ(Summary(status), "PERMISSION_DENIED METHOD_NOT_ALLOWED") << shown;
          EXPECT_EQ(MetadataOf(status, "method"), plan->full_name) << shown;
        }
      }
    }
    EXPECT_GT(admitted, 100);
    EXPECT_GT(refused, 200);
  }

  ListedServer* listed_ = nullptr;

 private:
  static inline std::map<std::string, std::unique_ptr<ListedServer>> servers_;
};

INSTANTIATE_TEST_SUITE_P(Examples, PolicyWalkTest, ::testing::Values("planner/v1", "tracker/v1"),
                         [](const auto& tested) { return tested.param.substr(0, tested.param.find('/')); });

TEST_P(PolicyWalkTest, AMethodIsForWhoIsOnItsList) {
  Walk([this](const plan::MethodPlan& plan, const CallOptions& as) {
    return server().CallBytes(plan.full_name, "", as).status();
  });
}

TEST_P(PolicyWalkTest, BytesThatAreNoRequestDoNotComeBeforeTheDecision) {
  Walk([this](const plan::MethodPlan& plan, const CallOptions& as) {
    return server().CallBytes(plan.full_name, "\xff\xff", as).status();
  });
}

TEST_P(PolicyWalkTest, AnIdempotencyKeyIsNoWayRoundIt) {
  Walk([this](const plan::MethodPlan& plan, const CallOptions& as) {
    return server().CallBytes(plan.full_name, "", WithKey(NewKey(), as)).status();
  });
}

TEST_P(PolicyWalkTest, AUnitOfWorkIsNoWayRoundIt) {
  Walk([this](const plan::MethodPlan& plan, const CallOptions& as) {
    CallOptions inside = as;
    inside.headers.emplace_back("rowkeeper-unit-of-work", "no handle");
    return server().CallBytes(plan.full_name, "", inside).status();
  });
}

TEST_P(PolicyWalkTest, RunIsNoWayRoundIt) {
  for (const std::string_view style : {"name", "path"}) {
    Walk([&](const plan::MethodPlan& plan, const CallOptions& as) {
      // Streams are refused whoever calls: a run has none. What the walk expects of them is what they say by
      // themselves.
      if (plan::IsStreaming(plan)) return server().CallBytes(plan.full_name, "", as).status();
      v1::RunRequest request;
      v1::RunCall* const call = request.add_calls();
      call->set_method(style == "name" ? plan.full_name : plan.path);
      return server().CallBytes("UnitOfWork.Run", request.SerializeAsString(), as).status();
    });
  }
}

TEST_P(PolicyWalkTest, OneCallThatIsNotAllowedRefusesTheWholeRun) {
  std::string allowed, refused;
  for (const auto& plan : server().loaded().plans) {
    if (plan::IsStreaming(*plan)) continue;
    (listed_->Admits(plan->full_name, kAlice) ? allowed : refused) = plan->full_name;
  }
  v1::RunRequest request;
  request.add_calls()->set_method(allowed);
  request.add_calls()->set_method(refused);
  const absl::Status status =
      server().CallBytes("UnitOfWork.Run", request.SerializeAsString(), listed_->As(kAlice)).status();
  EXPECT_EQ(Summary(status), "PERMISSION_DENIED METHOD_NOT_ALLOWED");
  EXPECT_EQ(MetadataOf(status, "call"), "1");
  EXPECT_EQ(MetadataOf(status, "method"), refused);
}

TEST_P(PolicyWalkTest, HealthIsOpenAndTheCountersTellOfRefusals) {
  EXPECT_TRUE(server().IsServing());
  const auto& plans = server().loaded().plans;
  const auto refusing = std::find_if(plans.begin(), plans.end(),
                                     [this](const auto& plan) { return !listed_->Admits(plan->full_name, kBob); });
  ASSERT_NE(refusing, plans.end());
  EXPECT_EQ(ReasonOf(server().CallBytes((*refusing)->full_name, "", listed_->As(kBob))), "METHOD_NOT_ALLOWED");
  EXPECT_THAT(server().MetricsText(), ::testing::HasSubstr("rowkeeper_refusals_total{reason=\"METHOD_NOT_ALLOWED\"}"));
}

}  // namespace
}  // namespace rowkeeper::testing
