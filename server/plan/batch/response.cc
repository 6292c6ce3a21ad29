#include "server/plan/batch/response.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>

#include "server/base/text.h"
#include "server/plan/field_binding.h"
#include "server/plan/response_facts.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class BatchResponseBinder {
 public:
  BatchResponseBinder(MethodPlan* plan, catalogue::Diagnostics* diagnostics)
      : plan_(*plan), response_(plan->response), entity_(*plan->entity), diagnostics_(*diagnostics) {}

  void Bind() {
    const Descriptor& message = *plan_.method->output_type();
    if (&message == entity_.message && single()) {
      response_.shape = ResponseShape::kEntity;
    } else if (message.full_name() == "google.protobuf.Empty") {
      response_.shape = ResponseShape::kEmpty;
      if (plan_.reads_only()) {
        diagnostics_.Error(*plan_.method, "a read that returns nothing",
                           Cat("return a message with a repeated field of ", entity_.full_name));
      }
    } else {
      BindMessage(message);
    }
    CheckMissing();
    CheckResults();
    CheckUnrepresentable(plan_, &diagnostics_);
  }

 private:
  bool single() const { return !plan_.batch->field->is_repeated(); }

  void BindMessage(const Descriptor& message) {
    const bool entity = &message == entity_.message;
    for (int i = 0; !entity && i < message.field_count(); ++i) BindField(*message.field(i));
    response_.shape = single() ? ResponseShape::kHolder : ResponseShape::kList;
    if (response_.rows != nullptr) return;
    if (response_.results != nullptr) {
      response_.shape = ResponseShape::kFacts;
      return;
    }
    response_.rows_known = false;
    if (plan_.partial) return;
    diagnostics_.Error(*plan_.method, Cat("response ", message.full_name(), " has no field for the rows"),
                       single() ? Cat("return ", entity_.full_name, ", or a message with a field of it")
                                : Cat("return a message with a repeated field of ", entity_.full_name));
  }

  void BindField(const FieldDescriptor& field) {
    const bool fits = field.is_repeated() != single();
    if (field.message_type() == entity_.message && fits && response_.rows == nullptr) {
      response_.rows = &field;
    } else if (IsOutcome(field) && fits && plan_.change() == Change::kUpsert && response_.outcomes == nullptr) {
      response_.outcomes = &field;
    } else if (IsMissingKeys(field, *plan_.batch->field) && response_.missing == nullptr) {
      BindMissing(field);
    } else if (!BindResponseFact(field, &plan_, &diagnostics_)) {
      diagnostics_.Error(field, "a response field that nothing fills", Remedy());
    }
  }

  std::string Remedy() const {
    std::string remedy = Cat("keep one ", single() ? "" : "repeated ", "field of ", entity_.full_name);
    if (plan_.change() == Change::kUpsert) {
      remedy += Cat(" and one ", single() ? "" : "repeated ", "field of rowkeeper.v1.WriteOutcome");
    } else if (AllowsMissing()) {
      remedy += Cat(" and one for missing keys, missing_", plan_.batch->field->name());
    }
    return Cat(remedy, "; remove this one");
  }

  static bool IsOutcome(const FieldDescriptor& field) {
    return field.type() == FieldDescriptor::TYPE_ENUM && field.enum_type()->full_name() == "rowkeeper.v1.WriteOutcome";
  }

  bool AllowsMissing() const {
    return std::any_of(plan_.inputs.begin(), plan_.inputs.end(),
                       [](const Input& input) { return input.role == InputRole::kAllowMissing; });
  }

  void BindMissing(const FieldDescriptor& field) {
    const FieldDescriptor& keys = *plan_.batch->field;
    if (!AllowsMissing()) {
      diagnostics_.Error(field, "would never be filled: without allow_missing a missing key is an error",
                         "add `bool allow_missing` to the request, or remove this field");
      return;
    }
    const bool same_type = field.is_repeated() && field.type() == keys.type() &&
                           field.message_type() == keys.message_type() && field.enum_type() == keys.enum_type();
    if (!same_type) {
      diagnostics_.Error(field, Cat("cannot hold the keys of ", keys.full_name()), "declare it with the same type");
      return;
    }
    response_.missing = &field;
    for (const FilterTerm& filter : plan_.filters) {
      response_.missing_keys.push_back(plan_.batch->values_only ? &field : plan_.inputs[filter.input].path.back());
    }
  }

  /// A read that leaves keys out must say which.
  void CheckMissing() {
    if (!plan_.reads_only() || !AllowsMissing() || response_.missing != nullptr || !response_.rows_known) return;
    diagnostics_.Error(*plan_.method, "with allow_missing callers could not tell which keys have no row",
                       Cat("add a repeated field missing_", plan_.batch->field->name(), " of the type of ",
                           plan_.batch->field->full_name(), " to the response"));
  }

  /// A caller must learn which elements of a partial batch were refused.
  void CheckResults() {
    if (!plan_.partial || response_.results != nullptr) return;
    diagnostics_.Error(*plan_.method, "the batch is partial, and callers could not tell what became of each element",
                       "return a message with a field `repeated rowkeeper.v1.RowResult results`, or remove `partial`");
  }

  MethodPlan& plan_;
  ResponsePlan& response_;
  const catalogue::Entity& entity_;
  catalogue::Diagnostics& diagnostics_;
};

}  // namespace

void BindBatchResponse(MethodPlan* plan, catalogue::Diagnostics* diagnostics) {
  BatchResponseBinder(plan, diagnostics).Bind();
}

}  // namespace rowkeeper::plan
