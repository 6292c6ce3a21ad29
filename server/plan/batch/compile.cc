#include "server/plan/batch/compile.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/plan/batch/import_response.h"
#include "server/plan/batch/response.h"
#include "server/plan/field_binding.h"
#include "server/plan/inputs.h"
#include "server/plan/keys.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using catalogue::Operation;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Whether values of the message are values of a column rather than rows or keys.
bool IsColumnValue(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_MESSAGE) return true;
  return field.message_type()->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED ||
         field.message_type()->full_name() == "google.type.Date";
}

/// Compiles one method; every step adds its mistakes to the diagnostics and goes on, so that all are found.
class BatchCompiler {
 public:
  BatchCompiler(const Entity& entity, const catalogue::Method& method, catalogue::Diagnostics* diagnostics)
      : entity_(entity),
        method_(method),
        options_(std::get<catalogue::BatchOptions>(method.options)),
        descriptor_(*method.descriptor),
        diagnostics_(diagnostics),
        plan_(BeginPlan(entity, method)) {
    plan_.operation = OperationOf(method);
    plan_.partial = options_.partial;
    plan_.batch.emplace();
  }

  MethodPlan Compile() && {
    BindRequest();
    if (plan_.batch->field != nullptr) {
      CheckUpdateMask();
      BindResponse();
    }
    return std::move(plan_);
  }

 private:
  /// A message of an import is a batch.
  Operation OperationOf(const catalogue::Method& method) const {
    if (method.operation != Operation::kImport) return method.operation;
    return options_.conflict_fields.empty() ? Operation::kBatchCreate : Operation::kBatchUpsert;
  }

  void BindResponse() {
    if (method_.operation == Operation::kImport) {
      BindImportResponse(&plan_, diagnostics_);
    } else {
      BindBatchResponse(&plan_, diagnostics_);
    }
  }

  bool takes_rows() const {
    return plan_.change() == Change::kCreate || plan_.change() == Change::kUpdate || plan_.change() == Change::kUpsert;
  }

  void BindRequest() {
    const Descriptor& request = *descriptor_.input_type();
    for (int i = 0; i < request.field_count(); ++i) {
      const FieldDescriptor& field = *request.field(i);
      if (!HoldsElements(field)) {
        BindControl(field);
      } else if (plan_.batch->field != nullptr) {
        diagnostics_->Error(field, "another field of the request has this meaning already", "keep one");
      } else {
        BindElements(field);
      }
    }
    if (plan_.batch->field != nullptr) return;
    diagnostics_->Error(
        descriptor_, takes_rows() ? "the request has no field for rows" : "the request has no field for keys",
        takes_rows() ? Cat("add a ", plan_.operation == Operation::kUpsert ? "" : "repeated ", "field of type ",
                           entity_.full_name)
                     : "add a repeated field of a key's values (`repeated string ids`) or of messages with its fields");
  }

  bool HoldsElements(const FieldDescriptor& field) const {
    if (plan_.operation == Operation::kUpsert) return field.message_type() == entity_.message && !field.is_repeated();
    if (takes_rows()) return field.message_type() == entity_.message && field.is_repeated();
    return field.is_repeated() && !field.is_map() && field.message_type() != entity_.message;
  }

  void BindControl(const FieldDescriptor& field) {
    const auto binding = BindRequestField(field, entity_, plan_.operation, diagnostics_);
    if (!binding.has_value()) return;
    if (binding->role == InputRole::kFilter) {
      diagnostics_->Error(field, "stands for one column of all rows, which this operation does not take",
                          takes_rows() ? "give it in each row" : "give it in each key");
    } else if (HasInput(plan_, binding->role)) {
      diagnostics_->Error(field, "another field of the request has this meaning already", "keep one");
    } else {
      AddInput(binding->role, {&field}, nullptr, &plan_);
    }
  }

  void BindElements(const FieldDescriptor& field) {
    plan_.batch->field = &field;
    if (takes_rows()) {
      BindRows(field);
    } else if (IsColumnValue(field)) {
      BindKeyValues(field);
    } else {
      BindKeyMessages(field);
    }
  }

  void BindRows(const FieldDescriptor& field) {
    const bool update = plan_.change() == Change::kUpdate;
    for (const Column& column : entity_.columns) {
      const std::vector<const FieldDescriptor*> path = {&field, column.field};
      if (update && column.key) {
        AddKey(column, AddInput(InputRole::kFilter, path, &column, &plan_));
      } else if (column.role == catalogue::Role::kVersion && plan_.change() != Change::kCreate) {
        AddInput(InputRole::kVersion, path, nullptr, &plan_);
      } else if (!column.output_only) {
        plan_.values.push_back({AddInput(InputRole::kValue, path, &column, &plan_), entity_.IndexOf(column)});
      }
    }
    if (plan_.change() == Change::kUpsert) BindConflictKey();
    if (plan_.values.empty()) {
      diagnostics_->Error(descriptor_, Cat(entity_.full_name, " has no field that a request may write"),
                          "remove the method");
    }
  }

  void BindConflictKey() {
    std::vector<int> columns;
    for (const std::string& name : options_.conflict_fields) {
      const Column* column = entity_.FindField(name);
      if (column != nullptr) {
        columns.push_back(entity_.IndexOf(*column));
        continue;
      }
      diagnostics_->Error(descriptor_, Cat("conflict_fields: \"", name, "\" is not a field of ", entity_.full_name),
                          Cat("name the fields of a key: ", KeyNames()));
      return;
    }
    if (columns.empty()) columns = entity_.key;
    if (!MatchKey(columns)) {
      diagnostics_->Error(descriptor_,
                          Cat("conflict_fields: there is no unique key over ", FieldNames(entity_, columns)),
                          Cat("name the fields of a key: ", KeyNames()));
    }
    for (int column : columns) {
      const int value = ValueOf(column);
      if (value >= 0) {
        AddKey(entity_.columns[column], plan_.values[value].input);
        continue;
      }
      diagnostics_->Error(
          descriptor_,
          Cat("callers cannot give ", entity_.columns[column].field->full_name(), ", so an upsert cannot look for it"),
          Cat("choose another key with conflict_fields: ", KeyNames()));
    }
  }

  int ValueOf(int column) const {
    for (size_t i = 0; i < plan_.values.size(); ++i) {
      if (plan_.values[i].column == column) return static_cast<int>(i);
    }
    return -1;
  }

  /// `ids` names the column `id`, and so does `id`.
  const Column* FindKeyColumn(const FieldDescriptor& field) const {
    for (const Column& column : entity_.columns) {
      if (field.name() == column.field->name() || field.name() == catalogue::Plural(column.field->name())) {
        return &column;
      }
    }
    return nullptr;
  }

  void BindKeyValues(const FieldDescriptor& field) {
    plan_.batch->values_only = true;
    const Column* column = FindKeyColumn(field);
    if (column == nullptr) {
      diagnostics_->Error(field,
                          Cat("names no key: ", entity_.full_name, " has no field of this name, or its singular"),
                          Cat("name it after the field of a key, in the plural: ", KeyNames()));
      return;
    }
    if (!CanHold(field, *column)) {
      diagnostics_->Error(field, Cat("cannot hold values of ", column->field->full_name()),
                          Cat("write `repeated ", column->field->type_name(), "`"));
      return;
    }
    AddKey(*column, AddInput(InputRole::kFilter, {&field}, column, &plan_));
    CheckKey(field);
  }

  void BindKeyMessages(const FieldDescriptor& field) {
    const Descriptor& message = *field.message_type();
    for (int i = 0; i < message.field_count(); ++i) {
      // As in a create, no standard name has a meaning here: fields are columns.
      const auto binding = BindRequestField(*message.field(i), entity_, Operation::kCreate, diagnostics_);
      if (!binding.has_value()) continue;
      const Column& column = *binding->column;
      if (column.role != catalogue::Role::kVersion) {
        AddKey(column, AddInput(InputRole::kFilter, {&field, message.field(i)}, &column, &plan_));
      } else if (!plan_.reads_only()) {
        AddInput(InputRole::kVersion, {&field, message.field(i)}, nullptr, &plan_);
      }
    }
    CheckKey(field);
  }

  void CheckKey(const FieldDescriptor& field) {
    std::vector<int> columns;
    for (const FilterTerm& filter : plan_.filters) columns.push_back(filter.column);
    if (MatchKey(columns)) return;
    diagnostics_->Error(field, "its fields are not those of a key, so they do not name one row",
                        Cat("give it the fields of a key, and `version` at most: ", KeyNames()));
  }

  /// Whether exactly these columns are a key by which the operation can name rows.
  bool MatchKey(std::vector<int> columns) {
    const auto same = [columns = std::set<int>(columns.begin(), columns.end())](const std::vector<int>& key) {
      return columns == std::set<int>(key.begin(), key.end());
    };
    if (same(entity_.key)) return true;
    for (const catalogue::UniqueKey& key : entity_.unique_keys) {
      if (!NamesOneRow(key, visibility()) || !same(key.columns)) continue;
      plan_.batch->live_only = key.live_only;
      return true;
    }
    return false;
  }

  Visibility visibility() const {
    switch (plan_.change()) {
      case Change::kSoftDelete:
      case Change::kRestore:
        return Visibility::kDeletedToo;
      case Change::kNone:
      case Change::kDelete:
        return descriptor_.input_type()->FindFieldByName("deleted") == nullptr && !HasInput(plan_, InputRole::kDeleted)
                   ? Visibility::kLive
                   : Visibility::kDeletedToo;
      case Change::kCreate:
      case Change::kUpdate:
      case Change::kUpsert:
      case Change::kPurge:
        break;
    }
    return Visibility::kLive;
  }

  std::string KeyNames() const { return absl::StrJoin(KeyChoices(entity_, visibility()), " or "); }

  void CheckUpdateMask() {
    if (plan_.change() != Change::kUpdate || HasInput(plan_, InputRole::kUpdateMask)) return;
    diagnostics_->Error(descriptor_, "an update needs to know which fields to write",
                        "add `google.protobuf.FieldMask update_mask` to the request");
  }

  void AddKey(const Column& column, int input) {
    FilterTerm term;
    term.input = input;
    term.column = entity_.IndexOf(column);
    plan_.filters.push_back(term);
  }

  const Entity& entity_;
  const catalogue::Method& method_;
  const catalogue::BatchOptions& options_;
  const google::protobuf::MethodDescriptor& descriptor_;
  catalogue::Diagnostics* diagnostics_;
  MethodPlan plan_;
};

}  // namespace

bool BatchTakes(Change change, InputRole role) {
  const bool keys = change == Change::kNone || change == Change::kSoftDelete || change == Change::kRestore ||
                    change == Change::kDelete;
  switch (role) {
    case InputRole::kReadMask:
    case InputRole::kSkipUnrepresentable:
      return change == Change::kNone;
    case InputRole::kUpdateMask:
      return change == Change::kUpdate || change == Change::kUpsert;
    case InputRole::kDeleted:
      return change == Change::kNone || change == Change::kDelete;
    case InputRole::kAllowMissing:
      return keys;
    default:
      return false;
  }
}

bool BatchGives(const MethodPlan& plan, Fact fact) {
  switch (fact) {
    case Fact::kResults:
      return plan.partial;
    case Fact::kUnrepresentable:
    case Fact::kUnrepresentableCount:
      return plan.reads_only();
    default:
      return false;
  }
}

MethodPlan CompileBatch(const Entity& entity, const catalogue::Method& method, catalogue::Diagnostics* diagnostics) {
  return BatchCompiler(entity, method, diagnostics).Compile();
}

}  // namespace rowkeeper::plan
