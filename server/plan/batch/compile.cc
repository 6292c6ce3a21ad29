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

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::Operation;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Whether values of the message are values of a column rather than rows or keys.
bool IsValue(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_MESSAGE) return true;
  return field.message_type()->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED ||
         field.message_type()->full_name() == "google.type.Date";
}

/// Compiles one method; every step adds its mistakes to the diagnostics and goes on, so that all are found.
class BatchCompiler {
 public:
  BatchCompiler(const Entity& entity, const catalogue::Method& method, catalogue::Diagnostics* diagnostics)
      : entity_(entity), method_(method), descriptor_(*method.descriptor), diagnostics_(diagnostics) {
    plan_.full_name = descriptor_.full_name();
    plan_.path = Cat("/", descriptor_.service()->full_name(), "/", descriptor_.name());
    plan_.method = &descriptor_;
    plan_.entity = &entity;
    plan_.operation = OperationOf(method);
    plan_.partial = method.partial;
    plan_.batch.emplace();
  }

  std::unique_ptr<const MethodPlan> Compile() {
    BindRequest();
    if (plan_.batch->field != nullptr) {
      CheckUpdateMask();
      BindResponse();
    }
    return std::make_unique<const MethodPlan>(std::move(plan_));
  }

 private:
  /// A message of an import is a batch.
  static Operation OperationOf(const catalogue::Method& method) {
    if (method.operation != Operation::kImport) return method.operation;
    return method.conflict_fields.empty() ? Operation::kBatchCreate : Operation::kBatchUpsert;
  }

  void BindResponse() {
    if (method_.operation == Operation::kImport) {
      BindImportResponse(&plan_, diagnostics_);
    } else {
      BindBatchResponse(&plan_, diagnostics_);
    }
  }

  bool takes_rows() const {
    return plan_.operation == Operation::kBatchCreate || plan_.operation == Operation::kBatchUpdate ||
           catalogue::IsUpsert(plan_.operation);
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
    } else if (HasInput(binding->role)) {
      diagnostics_->Error(field, "another field of the request has this meaning already", "keep one");
    } else {
      AddInput(binding->role, {&field}, nullptr);
    }
  }

  void BindElements(const FieldDescriptor& field) {
    plan_.batch->field = &field;
    if (takes_rows()) {
      BindRows(field);
    } else if (IsValue(field)) {
      BindKeyValues(field);
    } else {
      BindKeyMessages(field);
    }
  }

  void BindRows(const FieldDescriptor& field) {
    const bool update = plan_.operation == Operation::kBatchUpdate;
    for (const Column& column : entity_.columns) {
      const std::vector<const FieldDescriptor*> path = {&field, column.field};
      if (update && column.key) {
        AddKey(column, AddInput(InputRole::kFilter, path, &column));
      } else if (column.role == catalogue::Role::kVersion && plan_.operation != Operation::kBatchCreate) {
        AddInput(InputRole::kVersion, path, nullptr);
      } else if (!column.output_only) {
        plan_.values.push_back({AddInput(InputRole::kValue, path, &column), entity_.IndexOf(column)});
      }
    }
    if (catalogue::IsUpsert(plan_.operation)) BindConflictKey();
    if (plan_.values.empty()) {
      diagnostics_->Error(descriptor_, Cat(entity_.full_name, " has no field that a request may write"),
                          "remove the method");
    }
  }

  void BindConflictKey() {
    std::vector<int> columns;
    for (const std::string& name : method_.conflict_fields) {
      const Column* column = entity_.FindField(name);
      if (column != nullptr) {
        columns.push_back(entity_.IndexOf(*column));
        continue;
      }
      diagnostics_->Error(descriptor_, Cat("conflict_fields: \"", name, "\" is not a field of ", entity_.full_name),
                          Cat("name the fields of a key: ", KeyChoices()));
      return;
    }
    if (columns.empty()) columns = entity_.key;
    if (!MatchKey(columns)) {
      diagnostics_->Error(descriptor_, Cat("conflict_fields: there is no unique key over ", FieldNames(columns)),
                          Cat("name the fields of a key: ", KeyChoices()));
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
          Cat("choose another key with conflict_fields: ", KeyChoices()));
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
                          Cat("name it after the field of a key, in the plural: ", KeyChoices()));
      return;
    }
    if (!CanHold(field, *column)) {
      diagnostics_->Error(field, Cat("cannot hold values of ", column->field->full_name()),
                          Cat("write `repeated ", column->field->type_name(), "`"));
      return;
    }
    AddKey(*column, AddInput(InputRole::kFilter, {&field}, column));
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
        AddKey(column, AddInput(InputRole::kFilter, {&field, message.field(i)}, &column));
      } else if (!plan_.reads_only()) {
        AddInput(InputRole::kVersion, {&field, message.field(i)}, nullptr);
      }
    }
    CheckKey(field);
  }

  void CheckKey(const FieldDescriptor& field) {
    std::vector<int> columns;
    for (const FilterTerm& filter : plan_.filters) columns.push_back(filter.column);
    if (MatchKey(columns)) return;
    diagnostics_->Error(field, "its fields are not those of a key, so they do not name one row",
                        Cat("give it the fields of a key, and `version` at most: ", KeyChoices()));
  }

  /// Whether exactly these columns are a key by which the operation can name rows.
  bool MatchKey(std::vector<int> columns) {
    const auto same = [columns = std::set<int>(columns.begin(), columns.end())](const std::vector<int>& key) {
      return columns == std::set<int>(key.begin(), key.end());
    };
    if (same(entity_.key)) return true;
    for (const catalogue::UniqueKey& key : entity_.unique_keys) {
      if (!NamesOneRow(key) || !same(key.columns)) continue;
      plan_.batch->live_only = key.live_only;
      return true;
    }
    return false;
  }

  /// Several deleted rows may share a key that binds only live ones, so where such rows count it names none of them.
  bool NamesOneRow(const catalogue::UniqueKey& key) const {
    if (!key.live_only) return true;
    switch (plan_.operation) {
      case Operation::kBatchSoftDelete:
      case Operation::kBatchRestore:
        return false;
      case Operation::kBatchGet:
      case Operation::kBatchDelete:
        return descriptor_.input_type()->FindFieldByName("deleted") == nullptr && !HasInput(InputRole::kDeleted);
      default:
        return true;
    }
  }

  std::string KeyChoices() const {
    std::vector<std::string> choices = {FieldNames(entity_.key)};
    for (const catalogue::UniqueKey& key : entity_.unique_keys) {
      if (NamesOneRow(key) && key.columns != entity_.key) choices.push_back(FieldNames(key.columns));
    }
    return absl::StrJoin(choices, " or ");
  }

  std::string FieldNames(const std::vector<int>& columns) const {
    return absl::StrJoin(columns, " + ",
                         [this](std::string* out, int c) { out->append(entity_.columns[c].field->name()); });
  }

  void CheckUpdateMask() {
    if (plan_.operation != Operation::kBatchUpdate || HasInput(InputRole::kUpdateMask)) return;
    diagnostics_->Error(descriptor_, "an update needs to know which fields to write",
                        "add `google.protobuf.FieldMask update_mask` to the request");
  }

  bool HasInput(InputRole role) const {
    return std::any_of(plan_.inputs.begin(), plan_.inputs.end(), [role](const Input& i) { return i.role == role; });
  }

  void AddKey(const Column& column, int input) {
    FilterTerm term;
    term.input = input;
    term.column = entity_.IndexOf(column);
    plan_.filters.push_back(term);
  }

  /// The first field of an element's path is the batch's own.
  int AddInput(InputRole role, std::vector<const FieldDescriptor*> path, const Column* column) {
    Input input;
    input.role = role;
    input.element = path.front() == plan_.batch->field;
    if (path.size() > 1 || !input.element) input.name = path.back()->name();
    input.path = std::move(path);
    input.column = column == nullptr ? -1 : entity_.IndexOf(*column);
    plan_.inputs.push_back(std::move(input));
    return static_cast<int>(plan_.inputs.size()) - 1;
  }

  const Entity& entity_;
  const catalogue::Method& method_;
  const google::protobuf::MethodDescriptor& descriptor_;
  catalogue::Diagnostics* diagnostics_;
  MethodPlan plan_;
};

}  // namespace

std::unique_ptr<const MethodPlan> CompileBatch(const Entity& entity, const catalogue::Method& method,
                                               catalogue::Diagnostics* diagnostics) {
  return BatchCompiler(entity, method, diagnostics).Compile();
}

}  // namespace rowkeeper::plan
