#include <gtest/gtest.h>

#include <map>
#include <set>

#include "server/base/text.h"
#include "tests/pg/server/row_compare.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/random_rows.h"

namespace rowkeeper::testing {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::Operation;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Presence = RandomRows::Presence;

class RandomCatalogueTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    const std::string proto = RandomCatalogueProto({GetParam(), /*entities=*/6});
    server_ = std::make_unique<InProcessServer>(CompileProtoText(proto));
    ASSERT_TRUE(server_->ok()) << proto;
    rows_ = std::make_unique<RandomRows>(server_.get(), GetParam());
  }

  void RoundTrip(const Entity& entity) {
    SCOPED_TRACE(entity.full_name);
    std::map<std::string, std::unique_ptr<Message>> stored;
    for (int i = 0; i < 5; ++i) {
      auto row = CreateAndCompare(entity, i == 0 ? Presence::kAll : Presence::kSome);
      ASSERT_NE(row, nullptr);
      ReadAndCompare(entity, *row);
      row = UpdateAndCompare(entity, std::move(row));
      ASSERT_NE(row, nullptr);
      ReadAndCompare(entity, *row);
      stored[Key(entity, *row)] = std::move(row);
    }
    ListAndCompare(entity, stored);
  }

 private:
  std::unique_ptr<Message> CreateAndCompare(const Entity& entity, Presence presence) {
    const auto sent = rows_->Fill(entity, presence);
    auto answer = rows_->Create(entity, *sent);
    if (answer == nullptr) return nullptr;
    for (const Column& column : entity.columns) {
      if (column.output_only || (column.key && column.has_default())) TakeOver(*answer, *column.field, sent.get());
    }
    EXPECT_EQ(Difference(*sent, *answer), "") << sent->DebugString();
    for (const int i : {entity.created_at.value_or(-1), entity.updated_at.value_or(-1), entity.version.value_or(-1)}) {
      EXPECT_TRUE(i < 0 || IsSet(*answer, *entity.columns[i].field)) << entity.columns[i].name;
    }
    return answer;
  }

  void ReadAndCompare(const Entity& entity, const Message& row) {
    const plan::MethodPlan* plan = FindOperation(server_->loaded(), entity, Operation::kGet);
    ASSERT_NE(plan, nullptr);
    auto request = server_->New(plan->method->input_type());
    for (const plan::FilterTerm& filter : plan->filters) {
      const plan::Input& input = plan->inputs[filter.input];
      CopyField(row, *entity.columns[filter.column].field, request.get(), *input.path[0]);
    }
    auto answer = server_->CallMessage(*plan, *request);
    ASSERT_TRUE(answer.ok()) << answer.status() << "\n" << row.DebugString();
    EXPECT_EQ(Difference(row, **answer), "");
  }

  /// New values, or none, for a random choice of the fields that may change.
  std::unique_ptr<Message> UpdateAndCompare(const Entity& entity, std::unique_ptr<Message> row) {
    const plan::MethodPlan* plan = FindOperation(server_->loaded(), entity, Operation::kUpdate);
    if (plan == nullptr) return row;
    std::set<int> in_oneof;
    for (const auto& oneof : entity.oneofs) in_oneof.insert(oneof.columns.begin(), oneof.columns.end());
    auto request = server_->New(plan->method->input_type());
    Message* sent = request->GetReflection()->MutableMessage(request.get(), plan->method->input_type()->field(0));
    sent->CopyFrom(*row);
    const FieldDescriptor* mask_field = plan->method->input_type()->FindFieldByName("update_mask");
    Message* mask = request->GetReflection()->MutableMessage(request.get(), mask_field);
    const auto add_path = [mask](const std::string& path) {
      mask->GetReflection()->AddString(mask, mask->GetDescriptor()->FindFieldByName("paths"), path);
    };
    int paths = 0;
    for (const Column& column : entity.columns) {
      const bool fixed = column.output_only || column.key || column.immutable || in_oneof.count(entity.IndexOf(column));
      if (fixed || rows_->random().Chance(50)) continue;
      rows_->FillField(entity, column, Presence::kSome, sent);
      if (column.has_default() && !column.nullable) continue;  // "unset" would need a value of its own
      add_path(column.field->name());
      ++paths;
    }
    for (const Column& column : entity.columns) {  // what the mask leaves out must not matter
      if (column.has_default() && !column.nullable && !column.key && !column.output_only) {
        TakeOver(*row, *column.field, sent);
      }
    }
    if (paths == 0) return row;
    auto answer = server_->CallMessage(*plan, *request);
    EXPECT_TRUE(answer.ok()) << answer.status() << "\n" << request->DebugString();
    if (!answer.ok()) return nullptr;
    auto expected = server_->New(entity.message);
    expected->CopyFrom(*sent);
    for (const Column& column : entity.columns) {
      if (column.output_only) TakeOver(**answer, *column.field, expected.get());
    }
    EXPECT_EQ(Difference(*expected, **answer), "") << request->DebugString();
    return *std::move(answer);
  }

  void ListAndCompare(const Entity& entity, const std::map<std::string, std::unique_ptr<Message>>& stored) {
    const plan::MethodPlan* plan = ListWithoutFilters(entity);
    if (plan == nullptr) return;
    std::map<std::string, int> seen;
    std::string token;
    do {
      auto request = server_->New(plan->method->input_type());
      const auto* type = plan->method->input_type();
      request->GetReflection()->SetInt32(request.get(), type->FindFieldByName("page_size"), 2);
      request->GetReflection()->SetString(request.get(), type->FindFieldByName("page_token"), token);
      auto page = server_->CallMessage(*plan, *request);
      ASSERT_TRUE(page.ok()) << page.status();
      const auto& reflection = *(*page)->GetReflection();
      for (int i = 0; i < reflection.FieldSize(**page, plan->response.rows); ++i) {
        const Message& row = reflection.GetRepeatedMessage(**page, plan->response.rows, i);
        const auto found = stored.find(Key(entity, row));
        ++seen[Key(entity, row)];
        EXPECT_EQ(found == stored.end() ? "" : Difference(*found->second, row), "");
      }
      token = reflection.GetString(**page, plan->response.next_page_token);
    } while (!token.empty());
    for (const auto& [key, row] : stored) EXPECT_EQ(seen[key], 1) << key;
  }

  const plan::MethodPlan* ListWithoutFilters(const Entity& entity) const {
    for (const auto& plan : server_->loaded().plans) {
      if (plan->entity == &entity && plan->operation == Operation::kList && plan->filters.empty()) return plan.get();
    }
    return nullptr;
  }

  std::string Key(const Entity& entity, const Message& row) const {
    auto key = std::unique_ptr<Message>(row.New());
    for (int column : entity.key) TakeOver(row, *entity.columns[column].field, key.get());
    return key->ShortDebugString();
  }

  static bool IsSet(const Message& message, const FieldDescriptor& field) {
    return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                               : message.GetReflection()->HasField(message, &field);
  }

 protected:
  std::unique_ptr<InProcessServer> server_;
  std::unique_ptr<RandomRows> rows_;
};

TEST_P(RandomCatalogueTest, EveryEntityKeepsEveryFieldThroughCreateReadUpdateAndList) {
  for (const auto& entity : server_->loaded().catalogue->entities()) {
    RoundTrip(*entity);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCatalogueTest, ::testing::Range(1u, 21u));

}  // namespace
}  // namespace rowkeeper::testing
