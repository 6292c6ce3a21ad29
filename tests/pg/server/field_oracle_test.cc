// Calls answer the same whatever the fields hold that their caller may not read: the same ones are made before and
// after these values are others. Unique values and references stay as they are; imports, queries of one's own and
// repeats are tested elsewhere.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/plan/batch/import_response.h"
#include "server/plan/field_guard.h"
#include "server/sql/identifier.h"
#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/tenant_calls.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/random_rows.h"

namespace rowkeeper::testing {
namespace {

namespace pb = google::protobuf;

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using catalogue::ValueKind;

constexpr char kMark[] = "~S~";
constexpr int kRows = 4;

/// Whether a new row can do without a value for it.
bool MayBeLeftOut(const Column& column) {
  if (column.nullable || column.has_default() || column.type.array) return true;
  switch (column.type.kind) {
    case ValueKind::kBool:
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kDouble:
    case ValueKind::kString:
      return !column.reference.has_value();
    default:
      return false;
  }
}

/// `catalogue` with lists at about half of the fields that can have some.
std::unique_ptr<const catalogue::Catalogue> WithFieldLists(const catalogue::Catalogue& catalogue, uint32_t seed) {
  const auto fields = catalogue.policy().fields;
  std::mt19937 random(seed);
  std::map<std::string, std::pair<bool, bool>> lists;
  for (const auto& entity : catalogue.entities()) {
    for (const Column& column : entity->columns) {
      const auto& field = fields[static_cast<size_t>(column.ordinal)];
      const bool read = random() % 3 > 0 && field.never_read.empty();
      const bool write = random() % 2 > 0 && field.never_write.empty() && MayBeLeftOut(column);
      lists[field.name] = {read, write};
    }
  }
  pb::FileDescriptorSet set;
  for (const pb::FileDescriptor* file : catalogue.source().files()) {
    pb::FileDescriptorProto* const copy = set.add_file();
    file->CopyTo(copy);
    for (int i = 0; i < file->message_type_count(); ++i) {
      for (int j = 0; j < file->message_type(i)->field_count(); ++j) {
        const pb::FieldDescriptor& field = *file->message_type(i)->field(j);
        const auto found = lists.find(field.full_name());
        if (found == lists.end()) continue;
        pb::FieldOptions options = catalogue::ReadOptions(field);
        if (found->second.first) options.MutableExtension(v1::column)->add_read("role:hr");
        if (found->second.second) options.MutableExtension(v1::column)->add_write("role:hr");
        *copy->mutable_message_type(i)->mutable_field(j)->mutable_options() = options;
      }
    }
  }
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/fields.binpb";
  EXPECT_TRUE(std::ofstream(path, std::ios::binary) << set.SerializeAsString());
  catalogue::Diagnostics diagnostics;
  auto source = catalogue::Source::Load({{}, {}, {path}}, &diagnostics);
  auto compiled = source == nullptr ? nullptr : catalogue::Catalogue::Compile(std::move(source), &diagnostics);
  EXPECT_NE(compiled, nullptr) << diagnostics.ToString();
  return compiled;
}

class FieldOracle {
 public:
  FieldOracle(std::unique_ptr<const catalogue::Catalogue> catalogue, uint32_t seed) {
    InProcessServer::Options options;
    issuer_.Configure(&options.serve.identity);
    server_ = std::make_unique<InProcessServer>(std::move(catalogue), options);
    if (!server_->ok()) return;
    const auto policies = policy::Policies::Open(
        {server_->loaded().catalogue->policy(), "", policy::Policies::Options::Watch::kNever}, &Clock::System());
    access_ = (*policies)->FieldsOf(nullptr);
    as_ = issuer_.As("bob", {"staff"});
    MakeRows(seed);
  }

  bool ok() const { return server_->ok(); }

  void Compare() {
    std::vector<TenantCall> calls;
    for (const TenantCall& call : CallsAbout(server_.get(), rows_)) {
      if (IsFree(call)) calls.push_back(call);
      if (IsFree(call)) calls.push_back(WithoutHidden(call));
    }
    Settle();
    std::vector<std::string> before;
    for (const TenantCall& call : calls) before.push_back(AnswerOf(call));
    Scramble();
    Settle();
    for (size_t i = 0; i < calls.size(); ++i) {
      const std::string answer = AnswerOf(calls[i]);
      EXPECT_EQ(answer, before[i]) << calls[i].shown << "\n"
                                   << server_->ToJson(*calls[i].plan->method->input_type(), calls[i].request);
      EXPECT_FALSE(absl::StrContains(answer, kMark)) << calls[i].shown << ": " << answer;
      EXPECT_FALSE(absl::StrContains(answer, "INTERNAL")) << calls[i].shown << ": " << answer;
    }
    compared_ = static_cast<int>(calls.size());
    CountMarks();
  }

  int compared() const { return compared_; }
  int denied() const { return denied_; }
  int scrambled() const { return scrambled_; }
  /// Answers to who may read that have marks.
  int marks() const { return marks_; }
  std::vector<std::string> silent() const {
    std::vector<std::string> silent;
    for (const auto& plan : server_->loaded().plans) {
      const bool counted = plan->query == nullptr && !plan::IsImport(*plan);
      if (counted && answered_.count(plan->full_name) == 0) silent.push_back(plan->full_name);
    }
    return silent;
  }

 private:
  ScratchDatabase& database() { return server_->database(); }
  const std::vector<std::unique_ptr<Entity const>>& entities() const { return server_->loaded().catalogue->entities(); }

  void MakeRows(uint32_t seed) {
    RandomRows rows(server_.get(), seed, issuer_.As("alice", {"hr"}));
    for (const auto& entity : entities()) {
      for (int i = 0; i < kRows; ++i) {
        auto row = rows.Create(*entity, i == 0 ? RandomRows::Presence::kAll : RandomRows::Presence::kSome);
        ASSERT_NE(row, nullptr);
        rows_[entity.get()].push_back(std::move(row));
      }
    }
  }

  /// Estimates are of the rows, and not of what was there before.
  void Settle() {
    database().Run("VACUUM FULL");
    database().Run("ANALYZE");
  }

  // ---- values

  static bool TellsRowsApart(const Entity& entity, int index) {
    const auto has = [index](const std::vector<int>& columns) {
      return std::find(columns.begin(), columns.end(), index) != columns.end();
    };
    return has(entity.ReferencedColumns()) || entity.columns[static_cast<size_t>(index)].reference.has_value() ||
           std::any_of(entity.unique_keys.begin(), entity.unique_keys.end(),
                       [&](const catalogue::UniqueKey& key) { return has(key.columns); }) ||
           std::any_of(entity.indexes.begin(), entity.indexes.end(), [&](const catalogue::Index& key) {
             return key.unique && std::any_of(key.terms.begin(), key.terms.end(),
                                              [index](const auto& term) { return term.column == index; });
           });
  }

  /// Another value of the column's type; empty: there is none.
  static std::string AnotherValue(const Column& column) {
    if (column.type.array) return "'{}'";
    switch (column.type.kind) {
      case ValueKind::kString:
        return column.type.max_length > 0 && column.type.max_length < 4 ? "" : sql::Literal(kMark);
      case ValueKind::kBytes:
        return "'\\x7e537e'";
      case ValueKind::kBool:
        return Cat("NOT ", sql::Identifier(column.name));
      case ValueKind::kInt32:
      case ValueKind::kInt64:
      case ValueKind::kUint32:
      case ValueKind::kUint64:
      case ValueKind::kFloat:
      case ValueKind::kDouble:
        return "7";
      case ValueKind::kTimestamp:
        return "timestamptz '2001-02-03'";
      default:
        return column.nullable ? "NULL" : "";
    }
  }

  void Scramble() {
    for (const auto& entity : entities()) {
      for (int i = 0; i < static_cast<int>(entity->columns.size()); ++i) {
        const Column& column = entity->columns[static_cast<size_t>(i)];
        if (access_.MayRead(column.ordinal) || TellsRowsApart(*entity, i)) continue;
        const std::string value = AnotherValue(column);
        if (value.empty()) continue;
        const std::string name = sql::Identifier(column.name);
        database().Run(Cat("SET session_replication_role = replica; UPDATE ", sql::Table(*entity), " SET ", name, " = ",
                           value,
                           column.field->real_containing_oneof() == nullptr ? "" : Cat(" WHERE ", name, " IS NOT NULL"),
                           "; RESET session_replication_role"));
        ++scrambled_;
      }
    }
  }

  /// Who may read sees them, so that they could have been seen.
  void CountMarks() {
    const CallOptions staff = std::exchange(as_, issuer_.As("alice", {"hr"}));
    for (const TenantCall& call : CallsAbout(server_.get(), rows_)) {
      if (call.plan->reads_only() && absl::StrContains(AnswerOf(call), kMark)) ++marks_;
    }
    as_ = staff;
  }

  // ---- requests

  /// What a query's SQL does with a field is its author's affair, unless its rows are those of the entity.
  static bool IsFree(const TenantCall& call) { return call.plan->query == nullptr && !plan::IsImport(*call.plan); }

  bool IsKept(const plan::MethodPlan& plan, const plan::Input& input) const {
    if (input.column < 0) return true;
    const Column& column = plan.entity->columns[static_cast<size_t>(input.column)];
    const bool written = input.role == plan::InputRole::kValue;
    if (written && !access_.MayWrite(column.ordinal)) return false;
    return access_.MayRead(column.ordinal) || (written && plan.change() == Change::kCreate);
  }

  static void Clear(pb::Message* message, const std::vector<const pb::FieldDescriptor*>& path, size_t place) {
    const pb::Reflection& reflection = *message->GetReflection();
    const pb::FieldDescriptor* const field = path[place];
    if (place + 1 == path.size()) return reflection.ClearField(message, field);
    if (!field->is_repeated()) {
      if (reflection.HasField(*message, field)) Clear(reflection.MutableMessage(message, field), path, place + 1);
      return;
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      Clear(reflection.MutableRepeatedMessage(message, field, i), path, place + 1);
    }
  }

  bool MayName(const Entity& entity, const std::string& path) const {
    const Entity* at = &entity;
    for (const auto part : absl::StrSplit(path, '.')) {
      const catalogue::Relation* const relation = at->FindRelation(std::string(part));
      if (relation == nullptr) return true;
      if (!plan::MayFollow(access_, *at, *relation)) return false;
      at = relation->target;
    }
    return true;
  }

  /// The same without what the caller may not name, so that most are answered.
  TenantCall WithoutHidden(const TenantCall& call) {
    const auto request = server_->New(call.plan->method->input_type());
    EXPECT_TRUE(request->ParseFromString(call.request));
    for (const plan::Input& input : call.plan->inputs) {
      if (!IsKept(*call.plan, input)) Clear(request.get(), input.path, 0);
      if (input.role != plan::InputRole::kReadMask) continue;
      pb::Message* const mask = request->GetReflection()->MutableMessage(request.get(), input.path.back());
      const pb::FieldDescriptor* const paths = mask->GetDescriptor()->FindFieldByName("paths");
      std::vector<std::string> kept;
      for (int i = 0; i < mask->GetReflection()->FieldSize(*mask, paths); ++i) {
        kept.push_back(mask->GetReflection()->GetRepeatedString(*mask, paths, i));
      }
      mask->Clear();
      for (const std::string& path : kept) {
        if (MayName(*call.plan->entity, path)) mask->GetReflection()->AddString(mask, paths, path);
      }
    }
    return {call.plan, request->SerializeAsString(), call.shown + ", nothing hidden"};
  }

  // ---- answers

  std::string AnswerOf(const TenantCall& call) {
    if (plan::IsStreaming(*call.plan)) return ExportOf(call);
    const Unit unit(server_.get(), Json::object(), as_);
    std::string answer = Told(call, server_->CallBytes(call.plan->full_name, call.request, unit.Inside()));
    EXPECT_TRUE(unit.Do("Rollback").ok());
    if (call.plan->reads_only()) {
      answer += Cat("\n", Told(call, server_->CallBytes(call.plan->full_name, call.request, as_)), "\n", InRun(call));
    }
    return answer;
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

  std::string Words(const absl::Status& status) {
    if (ReasonOf(status) == "FIELD_NOT_ALLOWED") ++denied_;
    return Cat(Summary(status), ": ", std::string(status.message()));
  }

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
  policy::FieldAccess access_;
  RowsByEntity rows_;
  std::map<std::string, int> answered_;
  int compared_ = 0;
  int denied_ = 0;
  int scrambled_ = 0;
  int marks_ = 0;
};

struct Question {
  uint32_t seed = 0;
  /// Methods that may have answered none of the calls with OK: they ask by what is hidden, or make a row that there is.
  size_t silent = 0;
  int marks = 0;
};

void Ask(std::unique_ptr<const catalogue::Catalogue> without_lists, const Question& question) {
  ASSERT_NE(without_lists, nullptr);
  auto catalogue = WithFieldLists(*without_lists, question.seed);
  ASSERT_NE(catalogue, nullptr);
  FieldOracle oracle(std::move(catalogue), question.seed);
  ASSERT_TRUE(oracle.ok());
  if (::testing::Test::HasFailure()) return;
  oracle.Compare();
  EXPECT_GT(oracle.compared(), 250);
  EXPECT_GT(oracle.denied(), 50);
  EXPECT_GT(oracle.scrambled(), 5);
  EXPECT_GE(oracle.marks(), question.marks);
  EXPECT_LE(oracle.silent().size(), question.silent) << "answered nothing: " << absl::StrJoin(oracle.silent(), " ");
}

TEST(NoDifferenceIsMadeByHiddenValues, InThePlanner) { Ask(CompileExample("planner/v1"), {1, 8, 20}); }

TEST(NoDifferenceIsMadeByHiddenValues, InTheTracker) { Ask(CompileExample("tracker/v1"), {2, 8, 20}); }

class NoDifferenceIsMadeByHiddenValuesInARandomCatalogue : public ::testing::TestWithParam<uint32_t> {};

TEST_P(NoDifferenceIsMadeByHiddenValuesInARandomCatalogue, Whatever) {
  Ask(CompileProtoText(RandomCatalogueProto({GetParam(), /*entities=*/4})), {GetParam(), /*silent=*/6});
}

INSTANTIATE_TEST_SUITE_P(Seeds, NoDifferenceIsMadeByHiddenValuesInARandomCatalogue, ::testing::Values(300u, 302u));

}  // namespace
}  // namespace rowkeeper::testing
