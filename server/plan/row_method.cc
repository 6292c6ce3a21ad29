#include "server/plan/row_method.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "server/base/text.h"
#include "server/plan/field_binding.h"
#include "server/plan/inputs.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using catalogue::Family;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class RowMethodCompiler {
 public:
  RowMethodCompiler(const Entity& entity, const catalogue::Method& method, catalogue::Diagnostics* diagnostics)
      : entity_(entity),
        method_(*method.descriptor),
        traits_(catalogue::TraitsOf(method.operation)),
        diagnostics_(diagnostics),
        plan_(BeginPlan(entity, method)) {}

  MethodPlan Compile() && {
    BindRequest();
    CheckDistinctControls();
    BindResponse();
    CheckResponseFacts(plan_, diagnostics_);
    CheckExpression();
    return std::move(plan_);
  }

 private:
  bool takes_values() const { return traits_.change == Change::kCreate || traits_.change == Change::kUpdate; }
  /// Otherwise they are conditions on the rows that get the values.
  bool fields_are_values() const { return takes_values() && traits_.family == Family::kWrite; }

  void BindRequest() {
    const Descriptor& request = *method_.input_type();
    if (&request == entity_.message && fields_are_values() && traits_.change == Change::kCreate) {
      BindEntityFields({});
      return;
    }
    for (int i = 0; i < request.field_count(); ++i) {
      const FieldDescriptor& field = *request.field(i);
      const bool holds_entity = field.message_type() == entity_.message && !field.is_repeated();
      if (holds_entity && takes_values()) {
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
      AddInput(binding->role, {&field}, nullptr, &plan_);
    } else if (fields_are_values()) {
      BindValue(*binding->column, {&field});
    } else {
      AddDeclaredFilter(*binding->filter, field);
    }
  }

  /// A column's field in a create or update request: the key and the version of an update find the row, output-only
  /// columns are ignored, all others are values.
  void BindValue(const Column& column, std::vector<const FieldDescriptor*> path) {
    const bool update = fields_are_values() && plan_.change() == Change::kUpdate;
    if (update && column.key) {
      AddFilter(column, FilterOperator::kEqual, std::move(path));
    } else if (update && column.role == catalogue::Role::kVersion) {
      AddInput(InputRole::kVersion, std::move(path), nullptr, &plan_);
    } else if (!column.output_only) {
      plan_.values.push_back({AddInput(InputRole::kValue, std::move(path), &column, &plan_), entity_.IndexOf(column)});
    }
  }

  void AddFilter(const Column& column, FilterOperator op, std::vector<const FieldDescriptor*> path) {
    FilterTerm term;
    term.op = op;
    term.column = entity_.IndexOf(column);
    term.required = path.size() > 1 || !IsOptional(*path.back());
    term.input = AddInput(InputRole::kFilter, std::move(path), &column, &plan_);
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
    const bool exports = traits_.stream == catalogue::Stream::kOfResponses;
    const bool list = traits_.family == Family::kList && !traits_.facts_only;
    const bool reads = list || traits_.family == Family::kGet;
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
      if (field.message_type() == entity_.message && plan.rows == nullptr && !traits_.facts_only) {
        plan.rows = &field;
        plan.shape = field.is_repeated() ? ResponseShape::kList : ResponseShape::kHolder;
      } else if (!BindResponseFact(field, &plan_, diagnostics_)) {
        diagnostics_->Error(field, "a response field that nothing fills", FactsRemedy());
      }
    }
    if (plan.rows == nullptr && traits_.facts_only) {
      plan.shape = ResponseShape::kFacts;
    } else if (plan.rows == nullptr) {
      plan.rows_known = false;
      diagnostics_->Error(method_, Cat("response ", response.full_name(), " has no field for the rows"),
                          Cat("return ", entity_.full_name, ", or a message with a field of it"));
    }
  }

  std::string FactsRemedy() const {
    const std::string facts = KnownFacts(plan_);
    if (traits_.facts_only) return Cat("keep ", facts, "; remove this one");
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

  const Entity& entity_;
  const google::protobuf::MethodDescriptor& method_;
  const catalogue::OperationTraits& traits_;
  catalogue::Diagnostics* diagnostics_;
  MethodPlan plan_;
};

}  // namespace

MethodPlan CompileRowMethod(const Entity& entity, const catalogue::Method& method,
                            catalogue::Diagnostics* diagnostics) {
  return RowMethodCompiler(entity, method, diagnostics).Compile();
}

void CheckDistinctValues(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  std::set<int> seen;
  for (const ValueTerm& value : plan.values) {
    if (seen.insert(value.column).second) continue;
    diagnostics->Error(*plan.inputs[value.input].path.back(),
                       Cat("gives ", plan.entity->columns[value.column].field->name(), " a second time"),
                       "keep one of them");
  }
}

}  // namespace rowkeeper::plan
