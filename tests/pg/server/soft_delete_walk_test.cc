#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/batch/import_response.h"
#include "tests/pg/server/stream_client.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/random_rows.h"

namespace rowkeeper::testing {
namespace {

using catalogue::Entity;
using catalogue::Operation;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using plan::InputRole;
using Presence = RandomRows::Presence;

enum class Deleted { kUnspecified, kExclude, kInclude, kOnly };  // as in rowkeeper.v1.Deleted

/// Calls every Get and List method of a catalogue in every way, over live and deleted rows that match their filters.
class Walk {
 public:
  Walk(InProcessServer* server, uint32_t seed) : server_(*server), rows_(server, seed) {}

  void Run() {
    for (const auto& entity : server_.loaded().catalogue->entities()) {
      if (entity->soft_deletable()) WalkEntity(*entity);
    }
  }

  int methods() const { return methods_; }

 private:
  /// A row of which everything is set, and its state.
  struct Row {
    std::unique_ptr<Message> message;
    bool deleted = false;
  };

  void WalkEntity(const Entity& entity) {
    SCOPED_TRACE(entity.full_name);
    const plan::MethodPlan* remove = FindOperation(server_.loaded(), entity, Operation::kSoftDelete);
    ASSERT_NE(remove, nullptr);
    std::vector<Row> rows;
    rows_.Create(entity, Presence::kSome);  // for references to the entity itself
    for (int i = 0; i < 4; ++i) {
      Row row{rows_.Create(entity, Presence::kAll), i % 2 == 0};
      ASSERT_NE(row.message, nullptr);
      if (row.deleted) {
        auto request = Request(*remove, *row.message);
        const auto deleted = server_.CallMessage(*remove, *request);
        ASSERT_TRUE(deleted.ok()) << deleted.status();
      }
      rows.push_back(std::move(row));
    }
    for (const auto& plan : server_.loaded().plans) {
      // Batches take lists of keys: batch_read_create_test.cc. Custom queries have words of their own: query_test.cc.
      // Counts show no rows: list_model_test.cc.
      const bool elsewhere = plan->batch.has_value() || plan->query != nullptr || plan->operation == Operation::kCount;
      if (plan->entity != &entity || !plan->reads_only() || elsewhere) continue;
      SCOPED_TRACE(plan->full_name);
      ++methods_;
      const std::vector<std::string> all_orders = Orders(*plan);
      for (const Row& row : rows) {
        const auto orders = &row == &rows[0] ? all_orders : std::vector<std::string>{""};
        for (Deleted deleted : Ways(*plan)) Check(*plan, row, deleted, orders);
      }
    }
  }

  static std::vector<Deleted> Ways(const plan::MethodPlan& plan) {
    if (Input(plan, InputRole::kDeleted) == nullptr) return {Deleted::kUnspecified};
    return {Deleted::kUnspecified, Deleted::kExclude, Deleted::kInclude, Deleted::kOnly};
  }

  static const FieldDescriptor* Input(const plan::MethodPlan& plan, InputRole role) {
    for (const plan::Input& input : plan.inputs) {
      if (input.role == role) return input.path.back();
    }
    return nullptr;
  }

  void Check(const plan::MethodPlan& plan, const Row& row, Deleted deleted, const std::vector<std::string>& orders) {
    const bool sees_deleted = deleted == Deleted::kInclude || deleted == Deleted::kOnly;
    const bool sees_live = deleted != Deleted::kOnly;
    const bool expected = row.deleted ? sees_deleted : sees_live;
    if (!MayBeFound(plan, *row.message)) return;
    auto request = Request(plan, *row.message);
    if (deleted != Deleted::kUnspecified) {
      request->GetReflection()->SetEnumValue(request.get(), Input(plan, InputRole::kDeleted),
                                             static_cast<int>(deleted));
    }
    if (plan.operation == Operation::kGet) {
      CheckGet(plan, *request, *row.message, expected);
      return;
    }
    for (const std::string& order : orders) {
      for (int page_size : {1, 100}) {
        const std::multiset<std::string> keys = List(plan, request.get(), order, page_size, deleted);
        EXPECT_EQ(keys.count(Key(*plan.entity, *row.message)), expected ? 1u : 0u)
            << "order " << order << ", deleted " << static_cast<int>(deleted) << "\n"
            << request->DebugString() << row.message->DebugString();
      }
    }
  }

  void CheckGet(const plan::MethodPlan& plan, const Message& request, const Message& row, bool expected) {
    const auto answer = server_.CallMessage(plan, request);
    if (!answer.ok()) {
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kNotFound) << answer.status();
      EXPECT_FALSE(expected) << request.DebugString();
      return;
    }
    EXPECT_TRUE(expected) << request.DebugString();
    EXPECT_EQ(Key(*plan.entity, **answer), Key(*plan.entity, row));
  }

  /// The keys on all pages. Fails when a row is in a state that was not asked for.
  std::multiset<std::string> List(const plan::MethodPlan& plan, Message* request, const std::string& order,
                                  int page_size, Deleted deleted) {
    const auto& in = *request->GetReflection();
    if (const auto* field = Input(plan, InputRole::kOrderBy)) in.SetString(request, field, order);
    if (const auto* field = Input(plan, InputRole::kPageSize)) in.SetInt32(request, field, page_size);
    std::multiset<std::string> keys;
    std::string token;
    do {
      in.SetString(request, Input(plan, InputRole::kPageToken), token);
      token.clear();
      for (const auto& answer : Answers(plan, *request)) {
        const auto& out = *answer->GetReflection();
        for (int i = 0; i < out.FieldSize(*answer, plan.response.rows); ++i) {
          const Message& row = out.GetRepeatedMessage(*answer, plan.response.rows, i);
          keys.insert(Key(*plan.entity, row));
          if (IsDeleted(*plan.entity, row)) {
            EXPECT_TRUE(deleted == Deleted::kInclude || deleted == Deleted::kOnly) << row.DebugString();
          } else {
            EXPECT_NE(deleted, Deleted::kOnly) << row.DebugString();
          }
        }
        if (!plan::IsStreaming(plan)) token = out.GetString(*answer, plan.response.next_page_token);
      }
    } while (!token.empty());
    in.ClearField(request, Input(plan, InputRole::kPageToken));
    return keys;
  }

  /// A page, or all messages of an export.
  std::vector<std::unique_ptr<Message>> Answers(const plan::MethodPlan& plan, const Message& request) {
    std::vector<std::unique_ptr<Message>> answers;
    if (!plan::IsStreaming(plan)) {
      auto page = server_.CallMessage(plan, request);
      EXPECT_TRUE(page.ok()) << page.status() << "\n" << request.DebugString();
      if (page.ok()) answers.push_back(*std::move(page));
      return answers;
    }
    StreamClient stream(&server_, plan.full_name);
    stream.SendBytes(request.SerializeAsString());
    stream.SendNoMore();
    while (const auto bytes = stream.ReceiveBytes()) {
      answers.push_back(server_.New(plan.method->output_type()));
      EXPECT_TRUE(answers.back()->ParseFromString(*bytes));
    }
    const absl::Status status = stream.Finish();
    EXPECT_TRUE(status.ok()) << status << "\n" << request.DebugString();
    return answers;
  }

  static std::vector<std::string> Orders(const plan::MethodPlan& plan) {
    std::vector<std::string> orders = {""};
    if (Input(plan, InputRole::kOrderBy) == nullptr) return orders;
    for (const catalogue::Column& column : plan.entity->columns) {
      if (!column.sortable) continue;
      orders.push_back(column.field->name());
      orders.push_back(column.field->name() + " desc");
    }
    return orders;
  }

  /// Whether the row has a value for everything that the method wants; a reference to the entity itself may be unset.
  static bool MayBeFound(const plan::MethodPlan& plan, const Message& row) {
    return std::all_of(plan.filters.begin(), plan.filters.end(), [&](const plan::FilterTerm& filter) {
      const FieldDescriptor* field = plan.entity->columns[filter.column].field;
      return !field->has_presence() || row.GetReflection()->HasField(row, field);
    });
  }

  /// A request that `row` matches.
  std::unique_ptr<Message> Request(const plan::MethodPlan& plan, const Message& row) {
    auto request = server_.New(plan.method->input_type());
    for (const plan::FilterTerm& filter : plan.filters) {
      SetFilter(filter.op, row, *plan.entity->columns[filter.column].field, request.get(),
                *plan.inputs[filter.input].path.back());
    }
    return request;
  }

  /// Gives `to` a value that the field `from` of `row` matches. Conditions for which a row has none of its own to give
  /// are left out; model_test.cc asks them.
  static void SetFilter(plan::FilterOperator op, const Message& row, const FieldDescriptor& from, Message* request,
                        const FieldDescriptor& to) {
    const auto& reflection = *request->GetReflection();
    switch (op) {
      case plan::FilterOperator::kLess:
        return SetLast(reflection.MutableMessage(request, &to));
      case plan::FilterOperator::kIsNull:
        return reflection.SetBool(request, &to, !row.GetReflection()->HasField(row, &from));
      case plan::FilterOperator::kLike:
        return reflection.SetString(request, &to, "%");
      case plan::FilterOperator::kContains:
      case plan::FilterOperator::kOverlaps:
        return from.is_repeated() ? SetElements(row, from, request, to) : CopyField(row, from, request, to);
      case plan::FilterOperator::kGreater:
      case plan::FilterOperator::kNotEqual:
      case plan::FilterOperator::kNotIn:
      case plan::FilterOperator::kSearch:
        return;
      default:
        CopyField(row, from, request, to);
    }
  }

  /// The texts of an array, or the first of them.
  static void SetElements(const Message& row, const FieldDescriptor& from, Message* request,
                          const FieldDescriptor& to) {
    if (from.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
    for (int i = 0; i < row.GetReflection()->FieldSize(row, &from); ++i) {
      const std::string text = row.GetReflection()->GetRepeatedString(row, &from, i);
      if (to.is_repeated()) {
        request->GetReflection()->AddString(request, &to, text);
      } else if (i == 0) {
        request->GetReflection()->SetString(request, &to, text);
      }
    }
  }

  /// The year 9999, as a Timestamp or a Date.
  static void SetLast(Message* message) {
    const auto* type = message->GetDescriptor();
    const auto& reflection = *message->GetReflection();
    if (const FieldDescriptor* seconds = type->FindFieldByName("seconds")) {
      reflection.SetInt64(message, seconds, 253402300799);
      return;
    }
    reflection.SetInt32(message, type->FindFieldByName("year"), 9999);
    reflection.SetInt32(message, type->FindFieldByName("month"), 12);
    reflection.SetInt32(message, type->FindFieldByName("day"), 31);
  }

  static bool IsDeleted(const Entity& entity, const Message& row) {
    const auto& reflection = *row.GetReflection();
    if (entity.deleted_at) return reflection.HasField(row, entity.columns[*entity.deleted_at].field);
    return reflection.GetBool(row, entity.columns[*entity.deleted_flag].field);
  }

  static std::string Key(const Entity& entity, const Message& row) {
    std::vector<std::string> parts;
    for (int column : entity.key) {
      std::string text;
      google::protobuf::TextFormat::PrintFieldValueToString(row, entity.columns[column].field, -1, &text);
      parts.push_back(text);
    }
    return absl::StrJoin(parts, " ");
  }

  InProcessServer& server_;
  RandomRows rows_;
  int methods_ = 0;
};

void WalkCatalogue(std::unique_ptr<const catalogue::Catalogue> catalogue, uint32_t seed, int at_least) {
  InProcessServer server(std::move(catalogue));
  ASSERT_TRUE(server.ok());
  Walk walk(&server, seed);
  walk.Run();
  EXPECT_GE(walk.methods(), at_least);
}

TEST(SoftDeletedRowIsInvisibleTo, EveryGetAndListOfThePlannerUnlessAskedFor) {
  WalkCatalogue(CompileExample("planner/v1"), 1, 19);
}

TEST(SoftDeletedRowIsInvisibleTo, EveryGetAndListOfTheTrackerUnlessAskedFor) {
  WalkCatalogue(CompileExample("tracker/v1"), 2, 15);
}

class SoftDeletedRowOfARandomCatalogueIsInvisibleTo : public ::testing::TestWithParam<uint32_t> {};

TEST_P(SoftDeletedRowOfARandomCatalogueIsInvisibleTo, EveryGetAndListUnlessAskedFor) {
  WalkCatalogue(CompileProtoText(RandomCatalogueProto({GetParam(), /*entities=*/5})), GetParam(), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SoftDeletedRowOfARandomCatalogueIsInvisibleTo, ::testing::Range(100u, 110u));

}  // namespace
}  // namespace rowkeeper::testing
