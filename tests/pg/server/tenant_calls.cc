#include "tests/pg/server/tenant_calls.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/text.h"
#include "server/plan/batch/import_response.h"
#include "tests/support/random_rows.h"

namespace rowkeeper::testing {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using plan::FilterOperator;
using plan::InputRole;

/// What of a request differs where its row is the same.
constexpr int kWays = 3;

/// The year 9999, as a Timestamp or a Date.
void SetLast(Message* message) {
  const auto* type = message->GetDescriptor();
  const auto& reflection = *message->GetReflection();
  if (const FieldDescriptor* seconds = type->FindFieldByName("seconds")) {
    return reflection.SetInt64(message, seconds, 253402300799);
  }
  const FieldDescriptor* year = type->FindFieldByName("year");
  if (year == nullptr) return;
  reflection.SetInt32(message, year, 9999);
  reflection.SetInt32(message, type->FindFieldByName("month"), 12);
  reflection.SetInt32(message, type->FindFieldByName("day"), 31);
}

/// The year 1970, as a Timestamp or a Date.
void SetFirst(Message* message) {
  const FieldDescriptor* year = message->GetDescriptor()->FindFieldByName("year");
  if (year == nullptr) return;
  SetLast(message);
  message->GetReflection()->SetInt32(message, year, 1970);
}

bool SameKind(const FieldDescriptor& from, const FieldDescriptor& to) {
  return from.is_repeated() == to.is_repeated() && from.cpp_type() == to.cpp_type() &&
         (from.message_type() == nullptr || from.message_type() == to.message_type());
}

/// One request.
class RequestBuilder {
 public:
  RequestBuilder(InProcessServer* server, const RowsByEntity& rows, const plan::MethodPlan& plan, int way)
      : rows_(rows),
        plan_(plan),
        way_(way),
        request_(server->New(plan.method->input_type())),
        in_(*request_->GetReflection()) {}

  std::string Build(const Message& row, const Message& next) {
    for (size_t i = 0; i < plan_.inputs.size(); ++i) {
      if (!plan_.inputs[i].element) SetInput(static_cast<int>(i), row);
    }
    if (plan_.batch.has_value()) AddElements(row, next);
    return request_->SerializeAsString();
  }

 private:
  void SetInput(int index, const Message& row) {
    const plan::Input& input = plan_.inputs[static_cast<size_t>(index)];
    const FieldDescriptor& field = *input.path.back();
    switch (input.role) {
      case InputRole::kFilter:
        return SetFilter(index, row);
      case InputRole::kValue:
        return SetValue(input, row);
      case InputRole::kPageSize:
        return in_.SetInt32(request_.get(), &field, way_ == 0 ? 100 : 1);
      case InputRole::kReadMask:
        return SetReadMask(field);
      case InputRole::kUpdateMask:
        return AddPath(field, "*");
      case InputRole::kDeleted:
        return in_.SetEnumValue(request_.get(), &field, way_ + 1);
      case InputRole::kVersion:
        return SetNumber(input, way_ == 2 ? 77 : 0);
      case InputRole::kAllowMissing:
        return in_.SetBool(request_.get(), &field, way_ == 1);
      case InputRole::kCount:
        return in_.SetEnumValue(request_.get(), &field, way_ == 0 ? 2 : 3);
      case InputRole::kMaxAffected:
        return SetNumber(input, 50);
      case InputRole::kOlderThan:
        in_.MutableMessage(request_.get(), &field);
        return;
      case InputRole::kPageToken:
      case InputRole::kOrderBy:
      case InputRole::kExpression:
      case InputRole::kSkip:
      case InputRole::kSkipUnrepresentable:
      case InputRole::kIgnored:
        break;
    }
  }

  void SetNumber(const plan::Input& input, int number) {
    const FieldDescriptor& field = *input.path.back();
    Message* const holder = HolderOf(input);
    const auto& reflection = *holder->GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) reflection.SetInt32(holder, &field, number);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) reflection.SetInt64(holder, &field, number);
  }

  const Column* ColumnOf(const plan::Input& input) const {
    return input.column < 0 ? nullptr : &plan_.entity->columns[static_cast<size_t>(input.column)];
  }

  /// The message that holds the last field of the path.
  Message* HolderOf(const plan::Input& input) {
    Message* holder = request_.get();
    for (size_t i = 0; i + 1 < input.path.size(); ++i) {
      holder = holder->GetReflection()->MutableMessage(holder, input.path[i]);
    }
    return holder;
  }

  void SetValue(const plan::Input& input, const Message& row) {
    const FieldDescriptor& to = *input.path.back();
    const Column* const column = ColumnOf(input);
    const FieldDescriptor* const from =
        column != nullptr ? column->field : row.GetDescriptor()->FindFieldByName(to.name());
    if (column != nullptr && plan_.change() == Change::kCreate && IsNew(*column)) return;
    if (column != nullptr && plan_.family() == catalogue::Family::kBulk && (column->key || column->immutable)) return;
    if (from != nullptr && SameKind(*from, to)) return CopyField(row, *from, HolderOf(input), to);
    if (column == nullptr) SetQueryValue(input, row);
  }

  /// A row of its own, whose key the database makes.
  bool IsNew(const Column& column) const { return way_ > 0 && column.key && column.has_default(); }

  /// Parameters of the examples' queries that are named otherwise than fields.
  void SetQueryValue(const plan::Input& input, const Message& row) {
    const FieldDescriptor& to = *input.path.back();
    Message* const request = request_.get();
    if (to.name() == "owner_ids") {
      const FieldDescriptor* owner = row.GetDescriptor()->FindFieldByName("owner_id");
      if (owner != nullptr) in_.AddString(request, &to, row.GetReflection()->GetString(row, owner));
    } else if (to.name() == "root_id") {
      in_.SetString(request, &to, StoredText("tracker.v1.Item", "id"));
    } else if (to.name() == "from_id" || to.name() == "to_id") {
      in_.SetString(request, &to, StoredText("tracker.v1.Task", "assignee_id"));
    } else if (to.name() == "most" || to.name() == "most_each") {
      SetNumber(input, 10);
    } else if (to.name() == "before" || to.name() == "due_before") {
      SetLast(in_.MutableMessage(request, &to));
    } else if (to.name() == "title") {
      in_.SetString(request, &to, "A task");
    } else if (to.name() == "by") {
      Message* const by = in_.MutableMessage(request, &to);
      by->GetReflection()->SetInt64(by, by->GetDescriptor()->FindFieldByName("seconds"), 60);
    }
  }

  /// Of the first row of an entity.
  std::string StoredText(const std::string& entity, const std::string& field) const {
    for (const auto& [known, rows] : rows_) {
      if (known->full_name != entity) continue;
      const FieldDescriptor* const found = rows.front()->GetDescriptor()->FindFieldByName(field);
      return rows.front()->GetReflection()->GetString(*rows.front(), found);
    }
    return "";
  }

  void SetFilter(int index, const Message& row) {
    const auto term = std::find_if(plan_.filters.begin(), plan_.filters.end(),
                                   [index](const plan::FilterTerm& filter) { return filter.input == index; });
    const plan::Input& input = plan_.inputs[static_cast<size_t>(index)];
    const FieldDescriptor& to = *input.path.back();
    const FieldDescriptor& from = *ColumnOf(input)->field;
    Message* const holder = HolderOf(input);
    const auto& reflection = *holder->GetReflection();
    switch (term == plan_.filters.end() ? FilterOperator::kEqual : term->op) {
      case FilterOperator::kLess:
      case FilterOperator::kLessOrEqual:
        if (to.message_type() != nullptr) SetLast(reflection.MutableMessage(holder, &to));
        return;
      case FilterOperator::kIsNull:
        return reflection.SetBool(holder, &to, way_ == 1);
      case FilterOperator::kLike:
        return reflection.SetString(holder, &to, "%");
      case FilterOperator::kIn:
        return AddOne(row, from, holder, to);
      case FilterOperator::kEqual:
      case FilterOperator::kPrefix:
        if (SameKind(from, to)) CopyField(row, from, holder, to);
        return;
      case FilterOperator::kSearch:
        return reflection.SetString(holder, &to, way_ == 0 ? "a" : "the or a or b");
      default:  // a number that says nothing is small
        if (to.message_type() != nullptr && !to.is_repeated()) SetFirst(reflection.MutableMessage(holder, &to));
    }
  }

  static void AddOne(const Message& row, const FieldDescriptor& from, Message* holder, const FieldDescriptor& to) {
    const auto& reflection = *holder->GetReflection();
    if (from.is_repeated() || !to.is_repeated() || from.cpp_type() != to.cpp_type()) return;
    if (to.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      reflection.AddString(holder, &to, row.GetReflection()->GetString(row, &from));
    } else if (to.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection.AddEnumValue(holder, &to, row.GetReflection()->GetEnumValue(row, &from));
    }
  }

  void AddPath(const FieldDescriptor& mask, const std::string& path) {
    Message* const message = in_.MutableMessage(request_.get(), &mask);
    message->GetReflection()->AddString(message, message->GetDescriptor()->FindFieldByName("paths"), path);
  }

  void SetReadMask(const FieldDescriptor& mask) {
    if (way_ == 0) return;
    AddPath(mask, "*");
    if (plan::IsStreaming(plan_)) return;  // an export has no relations
    for (const catalogue::Relation& relation : plan_.entity->relations) {
      AddPath(mask, relation.field->name());
      if (way_ < 2) continue;
      for (const catalogue::Relation& below : relation.target->relations) {
        AddPath(mask, Cat(relation.field->name(), ".", below.field->name()));
        break;  // more would be refused as too much
      }
    }
  }

  void AddElements(const Message& row, const Message& next) {
    const FieldDescriptor& field = *plan_.batch->field;
    if (!field.is_repeated()) return SetEntity(row, in_.MutableMessage(request_.get(), &field));
    for (const Message* element : {&row, &next}) {
      if (plan_.batch->values_only) {
        AddKey(*element, field);
      } else if (field.message_type() == plan_.entity->message) {
        SetEntity(*element, in_.AddMessage(request_.get(), &field));
      } else {
        SetKey(*element, in_.AddMessage(request_.get(), &field));
      }
      if (&row == &next) break;
    }
  }

  void SetEntity(const Message& row, Message* element) {
    element->CopyFrom(row);
    for (const Column& column : plan_.entity->columns) {
      const bool wrong_version = column.role == catalogue::Role::kVersion && way_ < 2;
      const bool creates = plan_.change() == Change::kCreate && IsNew(column);
      if (wrong_version || creates) element->GetReflection()->ClearField(element, column.field);
    }
  }

  void SetKey(const Message& row, Message* key) {
    for (const plan::FilterTerm& filter : plan_.filters) {
      const plan::Input& input = plan_.inputs[static_cast<size_t>(filter.input)];
      CopyField(row, *ColumnOf(input)->field, key, *input.path.back());
    }
  }

  void AddKey(const Message& row, const FieldDescriptor& to) {
    const FieldDescriptor& from = *plan_.entity->columns[static_cast<size_t>(plan_.filters.front().column)].field;
    const auto& reflection = *row.GetReflection();
    switch (to.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return in_.AddString(request_.get(), &to, reflection.GetString(row, &from));
      case FieldDescriptor::CPPTYPE_INT32:
        return in_.AddInt32(request_.get(), &to, reflection.GetInt32(row, &from));
      case FieldDescriptor::CPPTYPE_INT64:
        return in_.AddInt64(request_.get(), &to, reflection.GetInt64(row, &from));
      default:
        break;
    }
  }

  const RowsByEntity& rows_;
  const plan::MethodPlan& plan_;
  const int way_;
  const std::unique_ptr<Message> request_;
  const google::protobuf::Reflection& in_;
};

}  // namespace

std::vector<TenantCall> CallsAbout(InProcessServer* server, const RowsByEntity& rows) {
  std::vector<TenantCall> calls;
  for (const auto& plan : server->loaded().plans) {
    const auto& own = rows.at(plan->entity);
    for (size_t i = 0; i < own.size(); ++i) {
      for (int way = 0; way < kWays; ++way) {
        RequestBuilder builder(server, rows, *plan, way);
        std::string request = builder.Build(*own[i], *own[(i + 1) % own.size()]);
        calls.push_back({plan.get(), std::move(request), Cat(plan->full_name, ", row ", i, ", way ", way)});
      }
    }
  }
  return calls;
}

bool IsNewEachTime(const plan::MethodPlan& plan, const std::string& name) {
  static const auto* const tokens = new std::set<std::string>{"next_page_token", "previous_page_token", "resume_token"};
  if (tokens->count(name) > 0) return true;
  if (plan.reads_only()) return false;
  const Column* const column = plan.entity->FindField(name);
  if (column == nullptr) return false;
  const bool makes_keys = plan.change() != Change::kUpdate && plan.change() != Change::kSoftDelete &&
                          plan.change() != Change::kRestore && plan.change() != Change::kDelete;
  return (column->type.kind == catalogue::ValueKind::kTimestamp && column->role != catalogue::Role::kNone) ||
         (makes_keys && column->key && column->has_default());
}

}  // namespace rowkeeper::testing
