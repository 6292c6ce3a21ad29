#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/batch/compile.h"
#include "server/plan/bulk/compile.h"
#include "server/plan/call.h"
#include "server/plan/field_binding.h"
#include "server/plan/method_plan.h"
#include "server/plan/query/compile.h"
#include "server/plan/relation/filter.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::Operation;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Compiles one method; every step adds its mistakes to the diagnostics and goes on, so that all are found.
class MethodCompiler {
 public:
  MethodCompiler(const Entity& entity, const catalogue::Method& method, catalogue::Diagnostics* diagnostics)
      : entity_(entity), method_(*method.descriptor), diagnostics_(diagnostics) {
    plan_.full_name = method_.full_name();
    plan_.path = Cat("/", method_.service()->full_name(), "/", method_.name());
    plan_.method = &method_;
    plan_.entity = &entity;
    plan_.operation = method.operation;
  }

  std::unique_ptr<const MethodPlan> Compile() {
    BindRequest();
    CheckDistinctControls();
    BindResponse();
    CheckResponseFacts(plan_, diagnostics_);
    CheckExpression();
    switch (plan_.operation) {
      case Operation::kCreate:
        CheckCreate();
        break;
      case Operation::kList:
        CheckList();
        break;
      case Operation::kUpdate:
        CheckUpdate();
        break;
      case Operation::kExport:
        CheckExport();
        break;
      case Operation::kCount:
        break;
      case Operation::kUpdateWhere:
        CheckDistinctValues();
        CheckBulkChange(plan_, diagnostics_);
        break;
      case Operation::kSoftDeleteWhere:
      case Operation::kDeleteWhere:
      case Operation::kPurge:
        CheckBulkChange(plan_, diagnostics_);
        break;
      default:
        CheckNamesOneRow();
    }
    return std::make_unique<const MethodPlan>(std::move(plan_));
  }

 private:
  bool writes_values() const { return plan_.operation == Operation::kCreate || plan_.operation == Operation::kUpdate; }

  void BindRequest() {
    const Descriptor& request = *method_.input_type();
    if (&request == entity_.message && plan_.operation == Operation::kCreate) {
      BindEntityFields({});
      return;
    }
    for (int i = 0; i < request.field_count(); ++i) {
      const FieldDescriptor& field = *request.field(i);
      const bool holds_entity = field.message_type() == entity_.message && !field.is_repeated();
      if (holds_entity && (writes_values() || TakesNewValues(plan_.operation))) {
        BindEntityFields({&field});
      } else if (holds_entity || field.message_type() == entity_.message) {
        diagnostics_->Error(field, "holds the entity, which this operation does not take", "remove the field");
      } else {
        BindField(field);
      }
    }
  }

  void BindEntityFields(const std::vector<const FieldDescriptor*>& prefix) {
    for (const Column& column : entity_.columns) {
      std::vector<const FieldDescriptor*> path = prefix;
      path.push_back(column.field);
      BindValue(column, std::move(path));
    }
  }

  void BindField(const FieldDescriptor& field) {
    const auto binding = BindRequestField(field, entity_, plan_.operation, diagnostics_);
    if (!binding.has_value()) return;
    if (binding->role != InputRole::kFilter) {
      AddInput(binding->role, {&field}, -1);
    } else if (writes_values()) {
      BindValue(*binding->column, {&field});
    } else {
      AddDeclaredFilter(*binding->filter, field);
    }
  }

  /// A column's field in a create or update request: the key and the version of an update find the row, output-only
  /// columns are ignored, all others are values.
  void BindValue(const Column& column, std::vector<const FieldDescriptor*> path) {
    const bool update = plan_.operation == Operation::kUpdate;
    if (update && column.key) {
      AddFilter(column, FilterOperator::kEqual, std::move(path));
    } else if (update && column.role == catalogue::Role::kVersion) {
      AddInput(InputRole::kVersion, std::move(path), -1);
    } else if (!column.output_only) {
      plan_.values.push_back(
          {AddInput(InputRole::kValue, std::move(path), entity_.IndexOf(column)), entity_.IndexOf(column)});
    }
  }

  void AddFilter(const Column& column, FilterOperator op, std::vector<const FieldDescriptor*> path) {
    FilterTerm term;
    term.op = op;
    term.column = entity_.IndexOf(column);
    term.required = path.size() > 1 || !IsOptional(*path.back());
    term.input = AddInput(InputRole::kFilter, std::move(path), term.column);
    plan_.filters.push_back(term);
  }

  void AddDeclaredFilter(const FilterBinding& filter, const FieldDescriptor& field) {
    AddFilter(*filter.columns[0], filter.op, {&field});
    FilterTerm& term = plan_.filters.back();
    term.required = term.required && !filter.optional;
    term.text_search = filter.text_search;
    for (const Column* column : filter.columns) {
      if (filter.op == FilterOperator::kSearch) term.searched.push_back(entity_.IndexOf(*column));
    }
    plan_.inputs[term.input].type = filter.value;
  }

  /// Inside the entity `optional` speaks of the column, so this is asked for direct fields of the request only.
  static bool IsOptional(const FieldDescriptor& field) {
    return field.has_optional_keyword() || field.real_containing_oneof() != nullptr || IsWrapper(field);
  }

  static bool IsWrapper(const FieldDescriptor& field) {
    return field.type() == FieldDescriptor::TYPE_MESSAGE &&
           field.message_type()->well_known_type() >= Descriptor::WELLKNOWNTYPE_DOUBLEVALUE &&
           field.message_type()->well_known_type() <= Descriptor::WELLKNOWNTYPE_BOOLVALUE;
  }

  /// A version beside the entity stands above the one inside it; any other control may be given once.
  void CheckDistinctControls() {
    std::set<InputRole> seen;
    for (const Input& input : plan_.inputs) {
      if (input.column >= 0 || input.path.size() > 1 || seen.insert(input.role).second) continue;
      diagnostics_->Error(*input.path.back(), "another field of the request has this meaning already", "keep one");
    }
    if (seen.count(InputRole::kVersion) == 0) return;
    const auto nested_version = [](const Input& input) {
      return input.role == InputRole::kVersion && input.path.size() > 1;
    };
    const auto found = std::find_if(plan_.inputs.begin(), plan_.inputs.end(), nested_version);
    if (found != plan_.inputs.end()) found->role = InputRole::kIgnored;
  }

  int AddInput(InputRole role, std::vector<const FieldDescriptor*> path, int column) {
    Input input;
    input.role = role;
    input.name = absl::StrJoin(path, ".", [](std::string* out, const FieldDescriptor* f) { out->append(f->name()); });
    input.path = std::move(path);
    input.column = column;
    plan_.inputs.push_back(std::move(input));
    return static_cast<int>(plan_.inputs.size()) - 1;
  }

  bool HasInput(InputRole role) const {
    return std::any_of(plan_.inputs.begin(), plan_.inputs.end(), [role](const Input& i) { return i.role == role; });
  }

  void BindResponse() {
    const Descriptor& response = *method_.output_type();
    ResponsePlan& plan = plan_.response;
    if (&response == entity_.message) {
      plan.shape = ResponseShape::kEntity;
    } else if (response.full_name() == "google.protobuf.Empty") {
      plan.shape = ResponseShape::kEmpty;
    } else {
      BindResponseMessage(response);
    }
    const bool exports = plan_.operation == Operation::kExport;
    const bool list = plan_.operation == Operation::kList || exports;
    const bool reads = list || plan_.operation == Operation::kGet;
    if (list != (plan.shape == ResponseShape::kList) && plan.rows_known) {
      diagnostics_->Error(
          method_,
          list ? Cat(exports ? "an export" : "a list", " needs a response with a repeated field of the entity")
               : "only a list answers with a repeated field of the entity",
          Cat("return ", list ? "a message with a repeated " : "", entity_.full_name));
    } else if (reads && plan.shape == ResponseShape::kEmpty) {
      diagnostics_->Error(method_, "a read that returns nothing", Cat("return ", entity_.full_name));
    }
  }

  void BindResponseMessage(const Descriptor& response) {
    ResponsePlan& plan = plan_.response;
    for (int i = 0; i < response.field_count(); ++i) {
      const FieldDescriptor& field = *response.field(i);
      if (field.message_type() == entity_.message && plan.rows == nullptr && !AnswersFactsOnly(plan_.operation)) {
        plan.rows = &field;
        plan.shape = field.is_repeated() ? ResponseShape::kList : ResponseShape::kHolder;
      } else if (!BindResponseFact(field, &plan_, diagnostics_)) {
        diagnostics_->Error(field, "a response field that nothing fills", FactsRemedy());
      }
    }
    if (plan.rows == nullptr && AnswersFactsOnly(plan_.operation)) {
      plan.shape = ResponseShape::kFacts;
    } else if (plan.rows == nullptr) {
      plan.rows_known = false;
      diagnostics_->Error(method_, Cat("response ", response.full_name(), " has no field for the rows"),
                          Cat("return ", entity_.full_name, ", or a message with a field of it"));
    }
  }

  std::string FactsRemedy() const {
    const std::string facts = KnownFacts(plan_);
    if (AnswersFactsOnly(plan_.operation)) return Cat("keep ", facts, "; remove this one");
    return Cat("keep one field of ", entity_.full_name, facts.empty() ? "" : Cat(" and ", facts), "; remove this one");
  }

  /// A filter expression that may name nothing is one that nobody can write.
  void CheckExpression() {
    for (const Input& input : plan_.inputs) {
      if (input.role != InputRole::kExpression) continue;
      const auto filterable = [](const Column& column) { return column.filterable; };
      if (std::any_of(entity_.columns.begin(), entity_.columns.end(), filterable)) continue;
      diagnostics_->Error(*input.path.back(), Cat("no field of ", entity_.full_name, " may be named in a filter"),
                          "set `filterable: true` on those that callers may filter by, or remove this field");
    }
  }

  void CheckCreate() {
    std::set<int> given;
    for (const ValueTerm& value : plan_.values) given.insert(value.column);
    for (int i = 0; i < static_cast<int>(entity_.columns.size()); ++i) {
      const Column& column = entity_.columns[i];
      const bool needed = !column.nullable && !column.has_default() && !column.output_only && !ZeroText(column);
      if (needed && given.count(i) == 0) {
        diagnostics_->Error(method_, Cat("cannot fill ", column.field->full_name()),
                            Cat("add the field to the request, or a field of type ", entity_.full_name));
      }
    }
    CheckDistinctValues();
  }

  void CheckDistinctValues() {
    std::set<int> seen;
    for (const ValueTerm& value : plan_.values) {
      if (seen.insert(value.column).second) continue;
      diagnostics_->Error(*plan_.inputs[value.input].path.back(),
                          Cat("gives ", entity_.columns[value.column].field->name(), " a second time"),
                          "keep one of them");
    }
  }

  void CheckList() {
    if (!HasInput(InputRole::kPageToken) || plan_.response.next_page_token == nullptr) {
      diagnostics_->Error(method_, "a list without pages would lose rows",
                          "add `string page_token` (and `int32 page_size`) to the request and `string next_page_token` "
                          "to the response");
    }
  }

  void CheckExport() {
    if (!plan_.response.rows_known || (HasInput(InputRole::kPageToken) && plan_.response.next_page_token != nullptr)) {
      return;
    }
    diagnostics_->Error(method_, "an export whose stream broke could not go on",
                        "add `string resume_token` to the request and to the response");
  }

  void CheckUpdate() {
    if (!HasInput(InputRole::kUpdateMask)) {
      diagnostics_->Error(method_, "an update needs to know which fields to write",
                          "add `google.protobuf.FieldMask update_mask` to the request");
    }
    CheckDistinctValues();
    CheckNamesOneRow();
  }

  /// Whether at most one row that the operation can reach has given values of `key`.
  bool NamesOneRow(const catalogue::UniqueKey& key) const {
    if (!key.live_only) return true;
    if (plan_.operation == Operation::kRestore) return false;
    return plan_.operation != Operation::kDelete || !HasInput(InputRole::kDeleted);
  }

  /// The required equality filters must cover the key or, where deleted rows are out of sight, a unique key. (A get
  /// that sees deleted rows takes the live one first.)
  void CheckNamesOneRow() {
    std::set<int> given;
    for (const FilterTerm& filter : plan_.filters) {
      if (filter.required && filter.op == FilterOperator::kEqual) given.insert(filter.column);
    }
    const auto covers = [&given](const std::vector<int>& key) {
      return std::all_of(key.begin(), key.end(), [&given](int column) { return given.count(column) > 0; });
    };
    if (covers(entity_.key)) return;
    std::vector<std::string> choices = {FieldNames(entity_.key)};
    for (const catalogue::UniqueKey& key : entity_.unique_keys) {
      if (!NamesOneRow(key)) continue;
      if (covers(key.columns)) return;
      if (key.columns != entity_.key) choices.push_back(FieldNames(key.columns));
    }
    diagnostics_->Error(method_, "the request does not name one row",
                        Cat("give it the fields of a key: ", absl::StrJoin(choices, " or ")));
  }

  std::string FieldNames(const std::vector<int>& columns) const {
    return absl::StrJoin(columns, " + ",
                         [this](std::string* out, int c) { out->append(entity_.columns[c].field->name()); });
  }

  const Entity& entity_;
  const google::protobuf::MethodDescriptor& method_;
  catalogue::Diagnostics* diagnostics_;
  MethodPlan plan_;
};

}  // namespace

std::vector<std::unique_ptr<const MethodPlan>> CompilePlans(const catalogue::Catalogue& catalogue,
                                                            catalogue::Diagnostics* diagnostics) {
  std::vector<std::unique_ptr<const MethodPlan>> plans;
  CheckRelationFilters(catalogue, diagnostics);
  for (const catalogue::Repository& repository : catalogue.repositories()) {
    for (const catalogue::Method& method : repository.methods) {
      if (method.operation == Operation::kQuery) {
        plans.push_back(CompileQuery(catalogue, *repository.entity, method, diagnostics));
        continue;
      }
      plans.push_back(catalogue::IsBatch(method.operation) || method.operation == Operation::kImport
                          ? CompileBatch(*repository.entity, method, diagnostics)
                          : MethodCompiler(*repository.entity, method, diagnostics).Compile());
    }
  }
  return plans;
}

}  // namespace rowkeeper::plan
