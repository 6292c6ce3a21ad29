// What a tenant holds (units of work, tokens, idempotency keys) is of no use to anybody of another one, and a caller
// without a tenant has nothing to do with rows of tenants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>

#include "server/plan/batch/import_response.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/scrape.h"
#include "tests/support/tenant_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

class TenantBindingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    issuer_ = new PolicyIssuer();
    InProcessServer::Options options;
    issuer_->Configure(&options.serve.identity);
    options.serve.identity.tenant_proxies = {"role:gateway"};
    options.pool.pool_size = 6;  // so that calls have to wait for each other
    options.serve.merge = "all";
    server_ = new InProcessServer(WithTenants(*CompileExample("planner/v1")), options);
    if (server_->ok()) CreateKeyTable(&server_->database());
  }
  static void TearDownTestSuite() {
    delete server_;
    delete issuer_;
    server_ = nullptr;
  }
  void SetUp() override { ASSERT_TRUE(server_->ok()); }

  static CallOptions Of(const std::string& tenant) { return issuer_->Of(tenant); }

  static Json NewProfile(const std::string& tenant, const Json& fields = Json::object()) {
    Json request = ProfileOf("p" + RandomHex(6));
    request["profile"].update(fields);
    return server_->MustCall("ProfileRepository.Create", request, Of(tenant));
  }

  static inline PolicyIssuer* issuer_ = nullptr;
  static inline InProcessServer* server_ = nullptr;
};

TEST_F(TenantBindingTest, ACallerWithoutATenantMayCallNoMethodOfRowsThatHaveOne) {
  for (const CallOptions& nobodys : {issuer_->As("alice"), CallOptions()}) {
    for (const auto& plan : server_->loaded().plans) {
      SCOPED_TRACE(plan->full_name);
      const absl::Status status = server_->CallBytes(plan->full_name, "", nobodys).status();
      EXPECT_EQ(Summary(status), "PERMISSION_DENIED TENANT_REQUIRED");
      EXPECT_EQ(MetadataOf(status, "method"), plan->full_name);
      if (plan::IsStreaming(*plan)) continue;
      const Unit unit(server_, Json::object(), nobodys);
      EXPECT_EQ(ReasonOf(server_->CallBytes(plan->full_name, "", unit.Inside())), "TENANT_REQUIRED");
      v1::RunRequest run;
      v1::RunCall* const call = run.add_calls();
      call->set_method(plan->full_name);
      call->mutable_request()->set_type_url(Cat("type.googleapis.com/", plan->method->input_type()->full_name()));
      const absl::Status in_run = server_->CallBytes("UnitOfWork.Run", run.SerializeAsString(), nobodys).status();
      EXPECT_EQ(Summary(in_run), "PERMISSION_DENIED TENANT_REQUIRED");
      EXPECT_EQ(MetadataOf(in_run, "call"), "0");
      EXPECT_TRUE(unit.Do("Rollback").ok());
    }
  }
}

TEST_F(TenantBindingTest, ANewRowIsOfTheCallersTenantWhateverTheRequestSays) {
  const Json profile = NewProfile("acme", {{"tenant_id", "globex"}});
  EXPECT_EQ(profile.value("tenant_id", ""), "acme");
  const Json changed = server_->MustCall(
      "ProfileRepository.Update",
      {{"profile", {{"id", profile["id"]}, {"tenant_id", "globex"}, {"display_name", "Eve"}}}, {"update_mask", "*"}},
      Of("acme"));
  EXPECT_EQ(changed.value("tenant_id", ""), "acme");
}

TEST_F(TenantBindingTest, AProxysHeaderSaysWhoseRowsACallIsAbout) {
  const auto by_proxy = [](const std::string& tenant, const std::string& role) {
    CallOptions options = issuer_->As("edge", {role});
    options.headers.emplace_back("rowkeeper-tenant", tenant);
    return options;
  };
  const Json profile = NewProfile("hooli");
  const Json request = {{"id", profile["id"]}};
  EXPECT_EQ(server_->MustCall("ProfileRepository.GetById", request, by_proxy("hooli", "gateway")), profile);
  EXPECT_EQ(Summary(server_->Call("ProfileRepository.GetById", request, by_proxy("globex", "gateway")).status()),
            "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(server_->Call("ProfileRepository.GetById", request, by_proxy("hooli", "billing")).status()),
            "PERMISSION_DENIED FEATURE_NOT_ALLOWED");
  // A unit is of who began it, for the tenant for which it was begun.
  const Unit unit(server_, Json::object(), by_proxy("hooli", "gateway"));
  EXPECT_EQ(unit.MustCall("ProfileRepository.GetById", request), profile);
  EXPECT_TRUE(unit.Do("Commit").ok());
  server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}},
                    by_proxy("hooli", "gateway"));
  const auto stream = StartExport(server_, "TodoRepository.Export", Json::object(), by_proxy("hooli", "gateway"));
  int rows = 0;
  for (const Json& answer : stream->ReceiveAll()) {
    for (const Json& row : answer.value("todos", Json::array())) {
      ++rows;
      EXPECT_EQ(row.value("tenant_id", ""), "hooli");
    }
  }
  EXPECT_GT(rows, 0);
}

TEST_F(TenantBindingTest, AnothersRowIsAsOneThatIsNotThere) {
  const std::string id = NewProfile("acme").value("id", "");
  const std::string never = "00000000-0000-4000-8000-000000000001";
  const auto read = [](const std::string& of) {
    const absl::Status status = server_->Call("ProfileRepository.GetById", {{"id", of}}, Of("globex")).status();
    std::string words(status.message());
    const size_t at = words.find(of);
    if (at != std::string::npos) words.replace(at, of.size(), "ID");
    return Cat(Summary(status), " ", words);
  };
  EXPECT_EQ(read(id), read(never));
  EXPECT_THAT(read(id), HasSubstr("ROW_NOT_FOUND"));
  // Its key and its unique values are free.
  const Json theirs = NewProfile("globex", {{"id", id}});
  EXPECT_EQ(theirs.value("id", ""), id);
  const auto refer = [](const std::string& owner) {
    const absl::Status status =
        server_->Call("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", "x"}}}}, Of("initech"))
            .status();
    return Cat(Summary(status), " ", std::string(status.message()));
  };
  EXPECT_EQ(refer(id), refer(never));
  EXPECT_THAT(refer(id), HasSubstr("REFERENCE_VIOLATION"));
}

TEST_F(TenantBindingTest, AUnitOfWorkIsOfWhoBeganItForTheTenant) {
  const Unit unit(server_, Json::object(), Of("acme"));
  CallOptions stolen = Of("globex");
  stolen.headers.emplace_back("rowkeeper-unit-of-work", unit.handle());
  EXPECT_EQ(ReasonOf(server_->Call("ProfileRepository.List", Json::object(), stolen)), "UNIT_OF_WORK_NOT_FOUND");
  for (const char* method : {"UnitOfWork.Get", "UnitOfWork.Commit", "UnitOfWork.Savepoint"}) {
    EXPECT_EQ(ReasonOf(server_->Call(method, {{"handle", unit.handle()}}, Of("globex"))), "UNIT_OF_WORK_NOT_FOUND")
        << method;
  }
  EXPECT_EQ(server_->MustCall("UnitOfWork.Rollback", {{"handle", unit.handle()}}, Of("globex")), Json::object())
      << "as for a unit that never was";
  EXPECT_TRUE(unit.Call("ProfileRepository.List", Json::object()).ok());
  EXPECT_TRUE(unit.Do("Commit").ok());
}

TEST_F(TenantBindingTest, TheListOfUnitsShowsACallerItsOwn) {
  const Unit unit(server_, {{"label", "secret of acme"}}, Of("acme"));
  const auto shown = [](const CallOptions& as) {
    return server_->MustCall("UnitOfWork.List", Json::object(), as).dump();
  };
  EXPECT_THAT(shown(Of("acme")), HasSubstr("secret of acme"));
  EXPECT_THAT(shown(Of("acme")), HasSubstr("tenant:acme jwt:alice"));
  for (const CallOptions& other : {Of("globex"), issuer_->As("alice"), CallOptions()}) {
    EXPECT_THAT(shown(other), ::testing::Not(HasSubstr("acme")));
  }
  EXPECT_TRUE(unit.Do("Rollback").ok());
}

TEST_F(TenantBindingTest, APageTokenIsOfOneTenant) {
  for (const char* tenant : {"acme", "globex"}) {
    for (int i = 0; i < 3; ++i) NewProfile(tenant);
  }
  const Json page = server_->MustCall("ProfileRepository.List", {{"page_size", 1}}, Of("acme"));
  const Json next = {{"page_size", 1}, {"page_token", page.at("next_page_token")}};
  EXPECT_TRUE(server_->Call("ProfileRepository.List", next, Of("acme")).ok());
  EXPECT_EQ(Summary(server_->Call("ProfileRepository.List", next, Of("globex"))),
            "INVALID_ARGUMENT INVALID_FIELD [page_token]");
}

/// Large rows are read a second time, by their keys.
TEST_F(TenantBindingTest, AnExportOfLargeRowsIsOfOneTenantAndSoIsItsResumeToken) {
  std::string resume;
  for (const std::string tenant : {"acme", "globex"}) {
    const std::string owner = NewProfile(tenant, {{"id", "00000000-0000-4000-8000-0000000000aa"}}).value("id", "");
    for (int i = 0; i < 3; ++i) {
      server_->MustCall("TodoRepository.Create",
                        {{"todo",
                          {{"id", Cat("00000000-0000-4000-8000-00000000000", i)},
                           {"owner_id", owner},
                           {"title", tenant},
                           {"notes", tenant + std::string(300000, 'x')}}}},
                        Of(tenant));
    }
  }
  for (const std::string tenant : {"acme", "globex"}) {
    const auto stream = StartExport(server_, "TodoRepository.Export", Json::object(), Of(tenant));
    int rows = 0;
    for (const Json& answer : stream->ReceiveAll()) {
      if (tenant == "acme" && resume.empty()) resume = answer.value("resume_token", "");
      for (const Json& todo : answer.value("todos", Json::array())) {
        ++rows;
        EXPECT_EQ(todo.value("tenant_id", ""), tenant);
        EXPECT_EQ(todo.value("notes", "").substr(0, tenant.size()), tenant);
      }
    }
    EXPECT_EQ(rows, 3);
  }
  ASSERT_NE(resume, "");
  const auto stolen = StartExport(server_, "TodoRepository.Export", {{"resume_token", resume}}, Of("globex"));
  EXPECT_EQ(Summary(EndOf(stolen.get())), "INVALID_ARGUMENT INVALID_FIELD [resume_token]");
  const auto own = StartExport(server_, "TodoRepository.Export", {{"resume_token", resume}}, Of("acme"));
  EXPECT_TRUE(EndOf(own.get()).ok());
}

TEST_F(TenantBindingTest, AnIdempotencyKeyIsOfOneTenant) {
  const std::string key = NewKey();
  const Json request = ProfileOf("same" + RandomHex(6));
  const KeyedAnswer first = CallWithKey(server_, "ProfileRepository.Create", request, key, Of("acme"));
  const KeyedAnswer other = CallWithKey(server_, "ProfileRepository.Create", request, key, Of("globex"));
  const KeyedAnswer again = CallWithKey(server_, "ProfileRepository.Create", request, key, Of("acme"));
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  ASSERT_TRUE(other.bytes.ok()) << other.bytes.status();
  EXPECT_FALSE(other.replayed);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(*again.bytes, *first.bytes);
  EXPECT_NE(*other.bytes, *first.bytes);
}

/// PostgreSQL would cut the spaces off the end of what is too long for a varchar, and store another tenant.
TEST_F(TenantBindingTest, ATenantWithSpacesAroundItIsNone) {
  for (const char* tenant : {"acme ", " acme", "acme\u00a0 "}) {
    const auto status = server_->Call("ProfileRepository.List", Json::object(), Of(tenant)).status();
    EXPECT_EQ(Summary(status), "PERMISSION_DENIED TENANT_REQUIRED") << tenant;
  }
}

/// Calls of two tenants about the same keys, which meet before a table that nobody may read for a moment, so that those
/// behind the first ones run as one statement.
class TenantsMeetTest : public TenantBindingTest {
 protected:
  static constexpr int kCalls = 40;

  void SetUp() override {
    TenantBindingTest::SetUp();
    for (int i = 0; i < kCalls / 2; ++i) {
      ids_.push_back(NewProfile("acme").value("id", ""));
      NewProfile("globex", {{"id", ids_.back()}});
    }
  }

  static std::string TenantOf(int call) { return call % 2 == 0 ? "acme" : "globex"; }
  const std::string& IdOf(int call) const { return ids_[static_cast<size_t>(call) / 2]; }

  static double MergesTried() {
    const Scrape scrape(server_->MetricsText());
    return scrape.Sum("rowkeeper_merged_calls_total") + scrape.Sum("rowkeeper_merge_halvings_total");
  }

  /// What calls answer that all wait while nobody may read or write `table`.
  static std::vector<absl::StatusOr<Json>> MeetBefore(const std::string& table, const std::string& method,
                                                      const std::function<Json(int)>& request) {
    std::vector<absl::StatusOr<Json>> answers(kCalls, Json());
    Blocker blocker(server_, Cat("LOCK TABLE ", table, " IN ACCESS EXCLUSIVE MODE"));
    std::vector<std::thread> threads;
    for (int i = 0; i < kCalls; ++i) {
      threads.emplace_back(
          [&, i] { answers[static_cast<size_t>(i)] = server_->Call(method, request(i), Of(TenantOf(i))); });
    }
    EXPECT_TRUE(Eventually([] { return Scrape(server_->MetricsText()).Sum("rowkeeper_calls_in_flight") == kCalls; }));
    blocker.End();
    for (std::thread& thread : threads) thread.join();
    return answers;
  }

  /// What they answer, once some of them were to run together.
  static std::vector<absl::StatusOr<Json>> Meet(const std::string& method, const std::function<Json(int)>& request) {
    static const auto* const tables = new std::map<std::string, std::string>{
        {"TodoRepository", "todos"}, {"ProfileRepository", "profiles"}, {"LlmFactoryRepository", "llm_factories"}};
    const std::string& table = tables->at(method.substr(0, method.find('.')));
    const double before = MergesTried();
    std::vector<absl::StatusOr<Json>> answers;
    const bool met = Eventually([&] {
      answers = MeetBefore(table, method, request);
      return MergesTried() > before;
    });
    EXPECT_TRUE(met) << method << ": no calls ran together";
    return answers;
  }

  /// Each is the row of its call's tenant and key.
  void ExpectOwn(const std::vector<absl::StatusOr<Json>>& rows) const {
    for (int i = 0; i < kCalls; ++i) {
      const auto& row = rows[static_cast<size_t>(i)];
      ASSERT_TRUE(row.ok()) << row.status();
      EXPECT_EQ(row->value("tenant_id", ""), TenantOf(i));
      EXPECT_EQ(row->value("id", ""), IdOf(i));
    }
  }

  std::vector<std::string> ids_;
};

TEST_F(TenantsMeetTest, ReadsBringEachItsOwn) {
  ExpectOwn(Meet("ProfileRepository.GetById", [&](int i) { return Json{{"id", IdOf(i)}}; }));
}

/// Both tenants have an owner of each id; that of the second one has twice as many rows.
TEST_F(TenantsMeetTest, ListsAndCountsAreEachOfTheirOwn) {
  for (const std::string& owner : ids_) {
    for (const char* tenant : {"acme", "globex", "globex"}) {
      server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", tenant}}}}, Of(tenant));
    }
  }
  const auto of_owner = [&](int i) { return Json{{"owner_id", IdOf(i)}}; };
  const auto pages = Meet("TodoRepository.ListByOwner", of_owner);
  const auto counts = Meet("TodoRepository.Count", of_owner);
  for (int i = 0; i < kCalls; ++i) {
    const auto& page = pages[static_cast<size_t>(i)];
    const auto& count = counts[static_cast<size_t>(i)];
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_TRUE(count.ok()) << count.status();
    const size_t rows = TenantOf(i) == "acme" ? 1 : 2;
    ASSERT_EQ(page->at("todos").size(), rows);
    for (const Json& todo : page->at("todos")) EXPECT_EQ(todo.value("title", ""), TenantOf(i));
    EXPECT_EQ(count->value("total_size", ""), std::to_string(rows)) << count->dump();
  }
}

/// The elements of one statement are those of one tenant.
TEST_F(TenantsMeetTest, BatchesRunAloneAndBringEachItsOwn) {
  std::vector<std::string> todos;
  for (const std::string& owner : ids_) {
    const Json todo = {{"owner_id", owner}, {"title", "x"}};
    todos.push_back(server_->MustCall("TodoRepository.Create", {{"todo", todo}}, Of("acme")).value("id", ""));
    Json same = todo;
    same["id"] = todos.back();
    server_->MustCall("TodoRepository.Create", {{"todo", same}}, Of("globex"));
  }
  const double before = MergesTried();
  const auto answers = MeetBefore("todos", "TodoRepository.BatchGet", [&](int i) {
    return Json{{"ids", {todos[static_cast<size_t>(i) / 2]}}};
  });
  EXPECT_EQ(MergesTried(), before);
  for (int i = 0; i < kCalls; ++i) {
    const auto& answer = answers[static_cast<size_t>(i)];
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->at("todos").at(0).value("tenant_id", ""), TenantOf(i));
  }
}

TEST_F(TenantsMeetTest, ChangesChangeEachItsOwn) {
  for (int i = 0; i < kCalls; ++i) {
    const Json factory = {{"id", IdOf(i)}, {"name", "n" + RandomHex(8)}};
    server_->MustCall("LlmFactoryRepository.Create", {{"llm_factory", factory}}, Of(TenantOf(i)));
  }
  const auto name = [](int i) { return Cat(TenantOf(i), " ", i); };
  ExpectOwn(Meet("LlmFactoryRepository.Update", [&](int i) {
    return Json{{"llm_factory", {{"id", IdOf(i)}, {"name", name(i)}}}, {"update_mask", "name"}};
  }));
  for (int i = 0; i < kCalls; ++i) {
    const Json row = server_->MustCall("LlmFactoryRepository.GetById", {{"id", IdOf(i)}}, Of(TenantOf(i)));
    EXPECT_EQ(row.value("name", ""), name(i));
  }
}

TEST_F(TenantsMeetTest, NewRowsAreEachOfItsOwn) {
  const auto rows = Meet("LlmFactoryRepository.Create", [](int i) {
    return Json{{"llm_factory", {{"name", "met" + RandomHex(8)}, {"base_url", Cat(TenantOf(i), " ", i)}}}};
  });
  for (int i = 0; i < kCalls; ++i) {
    ASSERT_TRUE(rows[static_cast<size_t>(i)].ok()) << rows[static_cast<size_t>(i)].status();
    EXPECT_EQ(rows[static_cast<size_t>(i)]->value("tenant_id", ""), TenantOf(i));
    EXPECT_EQ(rows[static_cast<size_t>(i)]->value("base_url", ""), Cat(TenantOf(i), " ", i));
  }
}

}  // namespace
}  // namespace rowkeeper::testing
