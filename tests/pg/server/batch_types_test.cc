#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "server/base/text.h"
#include "server/catalogue/repository_writer.h"
#include "server/plan/batch/batch.h"
#include "tests/pg/server/row_compare.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/random_rows.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::testing {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::Operation;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Presence = RandomRows::Presence;
using Rows = std::vector<std::unique_ptr<Message>>;

/// A random catalogue with the repositories that `generate` writes for it beside its own.
std::unique_ptr<const catalogue::Catalogue> WithGeneratedRepositories(uint32_t seed) {
  catalogue::TemporaryProtos protos;
  protos.Write("shop.proto", RandomCatalogueProto({seed, /*entities=*/6}));
  catalogue::SourceOptions options;
  options.proto_paths = {protos.path()};
  const catalogue::Compiled before = catalogue::CompileSource(options);
  EXPECT_NE(before.catalogue, nullptr) << before.diagnostics;
  if (before.catalogue == nullptr) return nullptr;
  int number = 0;
  for (const auto& entity : before.catalogue->entities()) {
    std::string text = catalogue::WriteRepository(*entity).text;
    text.replace(text.find(".v1;"), 4, Cat(".v1.generated", ++number, ";"));
    protos.Write(Cat("generated", number, ".proto"), text);
  }
  catalogue::Compiled both = catalogue::CompileSource(options);
  EXPECT_NE(both.catalogue, nullptr) << both.diagnostics;
  return std::move(both.catalogue);
}

class BatchTypesTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    auto catalogue = WithGeneratedRepositories(GetParam());
    ASSERT_NE(catalogue, nullptr);
    server_ = std::make_unique<InProcessServer>(std::move(catalogue));
    ASSERT_TRUE(server_->ok());
    rows_ = std::make_unique<RandomRows>(server_.get(), GetParam());
  }

  const plan::MethodPlan* Find(const Entity& entity, Operation operation) const {
    return FindOperation(server_->loaded(), entity, operation);
  }

  /// Sends `rows` to a batch; its answer's rows, none when it is refused.
  Rows Send(const plan::MethodPlan& plan, const Rows& rows, const std::vector<std::string>& mask) {
    auto request = server_->New(plan.method->input_type());
    const auto* reflection = request->GetReflection();
    for (const auto& row : rows) reflection->AddMessage(request.get(), plan.batch->field)->CopyFrom(*row);
    if (!mask.empty()) {
      Message* paths =
          reflection->MutableMessage(request.get(), plan.method->input_type()->FindFieldByName("update_mask"));
      const FieldDescriptor* field = paths->GetDescriptor()->FindFieldByName("paths");
      for (const std::string& path : mask) paths->GetReflection()->AddString(paths, field, path);
    }
    return Answer(plan, *request);
  }

  Rows Answer(const plan::MethodPlan& plan, const Message& request) {
    auto answer = server_->CallMessage(plan, request);
    EXPECT_TRUE(answer.ok()) << plan.full_name << ": " << answer.status() << "\n" << request.DebugString();
    Rows rows;
    if (!answer.ok()) return rows;
    const auto& reflection = *(*answer)->GetReflection();
    for (int i = 0; i < reflection.FieldSize(**answer, plan.response.rows); ++i) {
      const Message& row = reflection.GetRepeatedMessage(**answer, plan.response.rows, i);
      rows.emplace_back(row.New());
      rows.back()->CopyFrom(row);
    }
    outcomes_.clear();
    if (plan.response.outcomes == nullptr) return rows;
    for (int i = 0; i < reflection.FieldSize(**answer, plan.response.outcomes); ++i) {
      outcomes_.push_back(reflection.GetRepeatedEnumValue(**answer, plan.response.outcomes, i));
    }
    return rows;
  }

  /// What the database fills in is taken over before the rows are compared.
  void ExpectSame(const Entity& entity, const Rows& sent, const Rows& stored) {
    ASSERT_EQ(sent.size(), stored.size());
    for (size_t i = 0; i < sent.size(); ++i) {
      auto expected = std::unique_ptr<Message>(sent[i]->New());
      expected->CopyFrom(*sent[i]);
      for (const Column& column : entity.columns) {
        const bool by_database = column.output_only || (column.key && column.has_default());
        const bool defaulted = column.has_default() && !IsSet(*sent[i], *column.field);
        if (by_database || defaulted) TakeOver(*stored[i], *column.field, expected.get());
      }
      EXPECT_EQ(Difference(*expected, *stored[i]), "") << i;
    }
  }

  static bool IsSet(const Message& message, const FieldDescriptor& field) {
    return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                               : message.GetReflection()->HasField(message, &field);
  }

  /// Random values are the same now and then, where types end.
  static bool SharesAKey(const Entity& entity, const Message& row, const Rows& others) {
    for (const catalogue::UniqueKey& key : entity.unique_keys) {
      const std::string own = KeyOf(entity, key, row);
      for (const auto& other : others) {
        if (!own.empty() && KeyOf(entity, key, *other) == own) return true;
      }
    }
    return false;
  }

  static std::string KeyOf(const Entity& entity, const catalogue::UniqueKey& key, const Message& row) {
    auto fields = std::unique_ptr<Message>(row.New());
    for (int column : key.columns) TakeOver(row, *entity.columns[column].field, fields.get());
    return fields->ShortDebugString();
  }

  Rows Create(const Entity& entity) {
    const plan::MethodPlan* plan = Find(entity, Operation::kBatchCreate);
    Rows sent;
    while (sent.size() < 6) {
      auto row = rows_->Fill(entity, sent.empty() ? Presence::kAll : Presence::kSome);
      if (!SharesAKey(entity, *row, sent)) sent.push_back(std::move(row));
    }
    Rows stored = Send(*plan, sent, {});
    ExpectSame(entity, sent, stored);
    return stored;
  }

  /// The rows in reverse, by their keys.
  void Get(const Entity& entity, const Rows& stored) {
    const plan::MethodPlan* plan = Find(entity, Operation::kBatchGet);
    Json keys = Json::array();
    for (auto row = stored.rbegin(); row != stored.rend(); ++row) {
      const Json whole = server_->ToJson(*entity.message, (*row)->SerializeAsString());
      Json key = Json::object();
      for (int column : entity.key) {
        const std::string& name = entity.columns[column].field->name();
        if (whole.contains(name)) key[name] = whole[name];
      }
      if (plan->batch->values_only && key.empty())
        key["zero"] = entity.columns[entity.key[0]].type.kind == catalogue::ValueKind::kString ? Json("") : Json(0);
      keys.push_back(plan->batch->values_only ? key.front() : key);
    }
    auto request = server_->New(plan->method->input_type());
    const Json json = {{plan->batch->field->name(), keys}};
    ASSERT_TRUE(request->ParseFromString(server_->ToBytes(*plan->method->input_type(), json)));
    const Rows got = Answer(*plan, *request);
    ASSERT_EQ(got.size(), stored.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(Difference(*stored[stored.size() - 1 - i], *got[i]), "") << i;
    }
  }

  /// New values in all rows for a random choice of fields, guarded by the rows' versions where there are any.
  Rows Update(const Entity& entity, Rows rows) {
    const plan::MethodPlan* plan = Find(entity, Operation::kBatchUpdate);
    if (plan == nullptr) return rows;
    std::set<int> in_oneof;
    for (const auto& oneof : entity.oneofs) in_oneof.insert(oneof.columns.begin(), oneof.columns.end());
    std::vector<std::string> mask;
    for (const Column& column : entity.columns) {
      const bool fixed = column.output_only || column.key || column.immutable || in_oneof.count(entity.IndexOf(column));
      if (fixed || (column.has_default() && !column.nullable) || rows_->random().Chance(50)) continue;
      mask.push_back(column.field->name());
      for (auto& row : rows) rows_->FillField(entity, column, Presence::kSome, row.get());
    }
    if (mask.empty()) return rows;
    Rows stored = Send(*plan, rows, mask);
    ExpectSame(entity, rows, stored);
    return stored;
  }

  /// The same rows again, which changes nothing, and then with one more, which is all that changes.
  void Upsert(const Entity& entity, const Rows& stored) {
    const plan::MethodPlan* plan = Find(entity, Operation::kBatchUpsert);
    if (plan == nullptr) return;
    const Rows same = Send(*plan, stored, {});
    ASSERT_EQ(same.size(), stored.size());
    for (size_t i = 0; i < same.size(); ++i) EXPECT_EQ(Difference(*stored[i], *same[i]), "") << i;
    EXPECT_THAT(outcomes_, ::testing::Each(static_cast<int>(plan::WriteOutcome::kUnchanged)));
    if (stored.empty() || entity.columns[entity.key[0]].has_default()) return;  // whose keys the database makes
    Rows fresh;
    fresh.push_back(rows_->Fill(entity, Presence::kAll));
    ExpectSame(entity, fresh, Send(*plan, fresh, {}));
    EXPECT_THAT(outcomes_, ::testing::ElementsAre(static_cast<int>(plan::WriteOutcome::kInserted)));
  }

  std::unique_ptr<InProcessServer> server_;
  std::unique_ptr<RandomRows> rows_;
  std::vector<int> outcomes_;
};

TEST_P(BatchTypesTest, EveryTypeGoesThroughEveryBatch) {
  for (const auto& entity : server_->loaded().catalogue->entities()) {
    SCOPED_TRACE(entity->full_name);
    Rows stored = Create(*entity);
    ASSERT_FALSE(HasFailure());
    Get(*entity, stored);
    stored = Update(*entity, std::move(stored));
    ASSERT_FALSE(HasFailure());
    Get(*entity, stored);
    Upsert(*entity, stored);
    ASSERT_FALSE(HasFailure());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, BatchTypesTest, ::testing::Range(1u, 13u));

}  // namespace
}  // namespace rowkeeper::testing
