// Two tenants in one database: everything that one of them can call answers as if the other one's rows were not there,
// and leaves them alone. The other one has rows with the same keys and unique values, with the deleted ones live and
// the live ones deleted, and rows with keys that the first one asks for in vain.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/plan/batch/import_response.h"
#include "server/sql/identifier.h"
#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/tenant_calls.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/random_rows.h"
#include "tests/support/tenant_catalogue.h"

namespace rowkeeper::testing {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;

constexpr char kMark[] = "~B~";

/// Rows of each entity. Of the tenant that calls the first two are live, the next two deleted, and the last is gone; of
/// the other one those of kOthersDeleted are deleted, so that the same key is anything with anything.
constexpr int kRows = 5;
constexpr int kOthersDeleted[] = {0, 3};

/// Rows of both tenants that are deleted are so since then, as if one call had deleted all of them.
constexpr char kDeletedAt[] = "timestamptz '2026-03-01'";

class Oracle {
 public:
  Oracle(std::unique_ptr<const catalogue::Catalogue> catalogue, uint32_t seed) {
    InProcessServer::Options options;
    issuer_.Configure(&options.serve.identity);
    server_ = std::make_unique<InProcessServer>(std::move(catalogue), options);
    if (!server_->ok()) return;
    as_ = issuer_.Of("a");
    MakeRows(seed);
  }

  bool ok() const { return server_->ok(); }

  /// The same calls without and with the other tenant's rows.
  void Compare() {
    const std::vector<TenantCall> calls = CallsAbout(server_.get(), rows_);
    std::vector<std::string> alone;
    for (const TenantCall& call : calls) alone.push_back(AnswersTo(call));
    AddOtherTenant();
    const std::string before = OthersRows();
    EXPECT_NE(before, "");
    for (size_t i = 0; i < calls.size(); ++i) {
      const std::string answer = AnswersTo(calls[i]);
      EXPECT_EQ(answer, alone[i]) << calls[i].shown << "\n" << Shown(calls[i]);
      EXPECT_FALSE(absl::StrContains(answer, kMark)) << calls[i].shown << ": " << answer;
      EXPECT_FALSE(absl::StrContains(answer, "INTERNAL")) << calls[i].shown << ": " << answer;
    }
    EXPECT_EQ(OthersRows(), before);
    compared_ = static_cast<int>(calls.size());
  }

  /// What is written for good leaves the other tenant's rows as they are.
  void Write() {
    const std::string before = OthersRows();
    const std::vector<TenantCall> calls = CallsAbout(server_.get(), rows_);
    for (size_t i = 0; i < calls.size(); ++i) {
      const TenantCall& call = calls[i];
      if (call.plan->reads_only()) continue;
      const absl::Status status = WriteForGood(call);
      EXPECT_NE(status.code(), absl::StatusCode::kInternal) << call.shown << ": " << status;
      if (status.ok()) ++written_, ++answered_[call.plan->full_name];
      const bool last_of_method = i + 1 == calls.size() || calls[i + 1].plan != call.plan;
      if (!last_of_method) continue;
      ASSERT_EQ(OthersRows(), before) << call.plan->full_name;
    }
    EXPECT_EQ(server_->database().Value(StrangersQuery()), "0");
  }

  int compared() const { return compared_; }
  /// Calls of Compare that were answered with OK, by method; and of Write.
  const std::map<std::string, int>& answered() const { return answered_; }
  int written() const { return written_; }
  std::vector<std::string> methods() const {
    std::vector<std::string> methods;
    for (const auto& plan : server_->loaded().plans) methods.push_back(plan->full_name);
    return methods;
  }

 private:
  ScratchDatabase& database() { return server_->database(); }
  const std::vector<std::unique_ptr<Entity const>>& entities() const { return server_->loaded().catalogue->entities(); }

  // ---- rows

  void MakeRows(uint32_t seed) {
    RandomRows rows(server_.get(), seed, as_);
    for (const auto& entity : entities()) {
      for (int i = 0; i < kRows; ++i) {
        auto row = rows.Create(*entity, i == 0 ? RandomRows::Presence::kAll : RandomRows::Presence::kSome);
        ASSERT_NE(row, nullptr);
        rows_[entity.get()].push_back(std::move(row));
      }
    }
    // What there is goes to the other tenant later, also the row that the first one has no more.
    for (const auto& entity : entities()) {
      database().Run(Cat("CREATE TABLE ", Copy(*entity), " AS SELECT * FROM ", sql::Table(*entity)));
      const auto* const gone = rows_[entity.get()].back().get();
      database().Run(Cat("SET session_replication_role = replica; DELETE FROM ", sql::Table(*entity), " WHERE ",
                         KeyCondition(*entity, *gone), "; RESET session_replication_role"));
      if (!entity->soft_deletable()) continue;
      database().Run(Cat("UPDATE ", sql::Table(*entity), " SET ", absl::StrJoin(Deletion(*entity), ", "), " WHERE ",
                         AreRows(*entity, {2, 3})));
    }
    database().Run("ANALYZE");
  }

  static std::string Copy(const Entity& entity) { return sql::Identifier(Cat("copy of ", entity.full_name)); }

  static std::vector<std::string> Deletion(const Entity& entity) {
    std::vector<std::string> marks;
    if (entity.deleted_at) marks.push_back(Cat(Name(entity, *entity.deleted_at), " = ", kDeletedAt));
    if (entity.deleted_flag) marks.push_back(Name(entity, *entity.deleted_flag) + " = true");
    return marks;
  }

  static std::string Name(const Entity& entity, int column) {
    return sql::Identifier(entity.columns[static_cast<size_t>(column)].name);
  }

  std::string KeyCondition(const Entity& entity, const google::protobuf::Message& row) {
    const Json json = server_->ToJson(*entity.message, row.SerializeAsString());
    std::vector<std::string> parts;
    for (const int column : entity.key) {
      const auto& field = *entity.columns[static_cast<size_t>(column)].field;
      const Json value = json.value(field.name(), Json("0"));
      std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      if (field.type() == google::protobuf::FieldDescriptor::TYPE_BYTES) {
        text = absl::BytesToHexString(row.GetReflection()->GetString(row, &field));
        for (const size_t dash : {8u, 13u, 18u, 23u}) text.insert(dash, "-");
      }
      parts.push_back(Cat(Name(entity, column), "::text = ", sql::Literal(text)));
    }
    return absl::StrJoin(parts, " AND ");
  }

  /// What tells rows apart keeps its values, so that they meet those of the first tenant.
  static bool IsFree(const Entity& entity, int index) {
    const auto has = [index](const std::vector<int>& columns) {
      return std::find(columns.begin(), columns.end(), index) != columns.end();
    };
    if (has(entity.key) || has(entity.ReferencedColumns())) return false;
    return std::none_of(entity.unique_keys.begin(), entity.unique_keys.end(),
                        [&](const catalogue::UniqueKey& key) { return has(key.columns); });
  }

  static bool IsMarked(const Entity& entity, int index) {
    const Column& column = entity.columns[static_cast<size_t>(index)];
    if (column.type.kind != catalogue::ValueKind::kString || column.type.array) return false;
    return !column.reference && column.role == catalogue::Role::kNone && IsFree(entity, index);
  }

  /// What the other tenant has in a column, of the copy of the first one's row.
  std::string OthersValue(const Entity& entity, int index) {
    const Column& column = entity.columns[static_cast<size_t>(index)];
    const std::string name = sql::Identifier(column.name);
    if (column.role == catalogue::Role::kTenant) return "'b'";
    const auto deleted = [&] { return AreRows(entity, {kOthersDeleted[0], kOthersDeleted[1]}); };
    if (index == entity.deleted_at) return Cat("CASE WHEN ", deleted(), " THEN ", kDeletedAt, " END");
    if (index == entity.deleted_flag) return deleted();
    if (column.reference && IsFree(entity, index)) {  // the same keys refer to other rows, but for two of them
      const std::string order = Cat(" OVER (ORDER BY ", Name(entity, entity.key.front()), "::text)");
      return Cat("CASE WHEN ", AreRows(entity, {1, 3}), " THEN ", name, " ELSE COALESCE(lead(", name, ")", order,
                 ", first_value(", name, ")", order, ") END");
    }
    if (!IsMarked(entity, index)) return name;
    const std::string marked = Cat("'", kMark, "' || ", name);
    return column.type.max_length > 0 ? Cat("left(", marked, ", ", column.type.max_length, ")") : marked;
  }

  std::string AreRows(const Entity& entity, std::initializer_list<int> places) {
    std::vector<std::string> conditions;
    for (const int place : places) conditions.push_back(KeyCondition(entity, *rows_[&entity][place]));
    return Cat("(", absl::StrJoin(conditions, " OR "), ")");
  }

  void AddOtherTenant() {
    for (const auto& entity : entities()) {
      if (!entity->tenant) continue;
      std::vector<std::string> names, values;
      for (int i = 0; i < static_cast<int>(entity->columns.size()); ++i) {
        names.push_back(Name(*entity, i));
        values.push_back(OthersValue(*entity, i));
      }
      database().Run(Cat("SET session_replication_role = replica; INSERT INTO ", sql::Table(*entity), " (",
                         absl::StrJoin(names, ", "), ") SELECT ", absl::StrJoin(values, ", "), " FROM ", Copy(*entity),
                         "; RESET session_replication_role"));
    }
    database().Run("ANALYZE");  // estimates would know of them
  }

  /// A digest of all that belongs to the other tenant; empty where there is nothing.
  std::string OthersRows() { return database().Value(RowsQuery("string_agg(md5(row), '' ORDER BY row)", "= 'b'")); }
  std::string StrangersQuery() const { return RowsQuery("count(*)", "NOT IN ('a', 'b')"); }
  std::string RowsQuery(const std::string& select, const std::string& tenants) const {
    std::vector<std::string> tables;
    for (const auto& entity : entities()) {
      if (!entity->tenant) continue;
      tables.push_back(Cat("SELECT concat(", sql::Literal(entity->full_name), ", t::text) AS row FROM ",
                           sql::Table(*entity), " AS t WHERE tenant_id ", tenants));
    }
    return Cat("SELECT ", select, " FROM (", absl::StrJoin(tables, " UNION ALL "), ") AS all_rows");
  }

  // ---- calls

  std::string Shown(const TenantCall& call) {
    return server_->ToJson(*call.plan->method->input_type(), call.request).dump();
  }

  /// About rows that belong to nobody a caller without a tenant asks, too.
  std::string AnswersTo(const TenantCall& call) {
    std::string answers = AnswerOf(call);
    if (call.plan->entity->tenant) return answers;
    const CallOptions tenants = std::exchange(as_, issuer_.As("nobody"));
    answers += Cat("\n", AnswerOf(call));
    as_ = tenants;
    return answers;
  }

  std::string AnswerOf(const TenantCall& call) {
    if (plan::IsImport(*call.plan)) return "";  // it cannot be taken back
    if (plan::IsStreaming(*call.plan)) return ExportOf(call);
    std::string answer = InUnit(call);
    if (call.plan->reads_only()) answer += Cat("\n", Alone(call), "\n", InRun(call));
    return answer;
  }

  /// Takes back what it does.
  std::string InUnit(const TenantCall& call) {
    const Unit unit(server_.get(), Json::object(), as_);
    const std::string answer = Told(call, server_->CallBytes(call.plan->full_name, call.request, unit.Inside()));
    EXPECT_TRUE(unit.Do("Rollback").ok());
    return answer;
  }

  /// With the pages that follow.
  std::string Alone(const TenantCall& call) {
    std::string answer, token;
    TenantCall page = call;
    do {
      const auto bytes = server_->CallBytes(call.plan->full_name, page.request, as_);
      answer += Cat(Told(call, bytes), "\n");
      token = bytes.ok() ? NextPage(*call.plan, *bytes) : "";
    } while (!token.empty() && AskFor(token, &page));
    return answer;
  }

  /// Empty: there is none.
  std::string NextPage(const plan::MethodPlan& plan, const std::string& response) {
    return server_->ToJson(*plan.method->output_type(), response).value("next_page_token", "");
  }

  bool AskFor(const std::string& token, TenantCall* page) {
    const auto request = server_->New(page->plan->method->input_type());
    EXPECT_TRUE(request->ParseFromString(page->request));
    for (const plan::Input& input : page->plan->inputs) {
      if (input.role != plan::InputRole::kPageToken) continue;
      request->GetReflection()->SetString(request.get(), input.path.back(), token);
      page->request = request->SerializeAsString();
      return true;
    }
    return false;
  }

  std::string InRun(const TenantCall& call) {
    v1::RunRequest request;
    v1::RunCall* const only = request.add_calls();
    only->set_method(call.plan->full_name);
    only->mutable_request()->set_type_url(Cat("type.googleapis.com/", call.plan->method->input_type()->full_name()));
    only->mutable_request()->set_value(call.request);
    const auto bytes = server_->CallBytes("UnitOfWork.Run", request.SerializeAsString(), as_);
    if (!bytes.ok()) return Told(call, bytes);
    v1::RunResponse response;
    EXPECT_TRUE(response.ParseFromString(*bytes) && response.responses_size() == 1);
    return Told(call, response.responses(0).value());
  }

  std::string ExportOf(const TenantCall& call) {
    StreamClient stream(server_.get(), call.plan->full_name, as_);
    stream.SendBytes(call.request);
    stream.SendNoMore();
    std::string answer;
    while (const auto bytes = stream.ReceiveBytes()) answer += Cat(Told(call, *bytes), "\n");
    return Cat(answer, Words(stream.Finish()));
  }

  absl::Status WriteForGood(const TenantCall& call) {
    if (!plan::IsImport(*call.plan)) return server_->CallBytes(call.plan->full_name, call.request, as_).status();
    StreamClient stream(server_.get(), call.plan->full_name, as_);
    stream.SendBytes(call.request);
    stream.SendNoMore();
    return EndOf(&stream);
  }

  static std::string Words(const absl::Status& status) {
    return Cat(Summary(status), ": ", std::string(status.message()));
  }

  /// An answer without what is another one each time.
  std::string Told(const TenantCall& call, const absl::StatusOr<std::string>& bytes) {
    if (!bytes.ok()) return Words(bytes.status());
    ++answered_[call.plan->full_name];
    Json json = server_->ToJson(*call.plan->method->output_type(), *bytes);
    Steady(*call.plan, &json);
    return json.dump();
  }

  void Steady(const plan::MethodPlan& plan, Json* json) {
    for (auto& [name, value] : json->items()) {
      if (value.is_structured()) {
        Steady(plan, &value);
      } else if (json->is_object() && IsNewEachTime(plan, name)) {
        value = "…";
      }
    }
  }

  const PolicyIssuer issuer_;
  CallOptions as_;
  std::unique_ptr<InProcessServer> server_;
  RowsByEntity rows_;
  std::map<std::string, int> answered_;
  int compared_ = 0;
  int written_ = 0;
};

/// What a test asks.
struct Question {
  uint32_t seed = 0;
  /// Methods that may have answered none of the calls with OK.
  size_t silent = 0;
  /// Entities whose rows belong to nobody.
  std::set<std::string> shared = {};
};

void Ask(std::unique_ptr<const catalogue::Catalogue> without_tenants, const Question& question) {
  ASSERT_NE(without_tenants, nullptr);
  auto catalogue = WithTenants(*without_tenants, question.shared);
  ASSERT_NE(catalogue, nullptr);
  Oracle oracle(std::move(catalogue), question.seed);
  ASSERT_TRUE(oracle.ok());
  if (::testing::Test::HasFailure()) return;
  oracle.Compare();
  EXPECT_GT(oracle.compared(), 250);
  oracle.Write();
  EXPECT_GT(oracle.written(), 20);
  std::vector<std::string> never;
  for (const std::string& method : oracle.methods()) {
    if (oracle.answered().count(method) == 0) never.push_back(method);
  }
  EXPECT_LE(never.size(), question.silent) << "answered nothing: " << absl::StrJoin(never, " ");
}

TEST(NoDifferenceIsMadeByAnotherTenant, InThePlanner) { Ask(CompileExample("planner/v1"), {1}); }

TEST(NoDifferenceIsMadeByAnotherTenant, InTheTracker) { Ask(CompileExample("tracker/v1"), {3}); }

TEST(NoDifferenceIsMadeByAnotherTenant, InThePlannerWhoseModelsAreEveryones) {
  Ask(CompileExample("planner/v1"), {1, 0, {"planner.v1.Llm", "planner.v1.LlmFactory"}});
}

TEST(NoDifferenceIsMadeByAnotherTenant, InTheTrackerWhoseUsersAreEveryones) {
  Ask(CompileExample("tracker/v1"), {3, 0, {"tracker.v1.User"}});
}

class NoDifferenceIsMadeByAnotherTenantInARandomCatalogue : public ::testing::TestWithParam<uint32_t> {};

TEST_P(NoDifferenceIsMadeByAnotherTenantInARandomCatalogue, Whatever) {
  Ask(CompileProtoText(RandomCatalogueProto({GetParam(), /*entities=*/4})), {GetParam(), /*silent=*/3});
}

INSTANTIATE_TEST_SUITE_P(Seeds, NoDifferenceIsMadeByAnotherTenantInARandomCatalogue, ::testing::Values(300u, 301u));

}  // namespace
}  // namespace rowkeeper::testing
