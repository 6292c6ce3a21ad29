#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <unordered_map>

#include "server/base/text.h"
#include "server/plan/absent.h"
#include "server/plan/batch/batch.h"
#include "server/plan/field_guard.h"
#include "server/plan/mask/masks.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::ValueKind;

/// A decimal without the zeros that do not count, so that equal numbers have equal texts.
std::string CanonicalDecimal(std::string text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.erase(0, 1);
  text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  if (text.empty() || text[0] == '.') text.insert(0, "0");
  return negative && text != "0" ? Cat("-", text) : text;
}

/// The text by which values are told apart as the database does it.
std::string CanonicalKey(const Column& column, const std::string& text) {
  switch (column.type.kind) {
    case ValueKind::kDecimal:
      return CanonicalDecimal(text);
    case ValueKind::kFloat:
    case ValueKind::kDouble:
      return text == "-0" ? "0" : text;
    default:
      return text;
  }
}

class BatchBinder {
 public:
  BatchBinder(Call* call, FieldViolations* violations)
      : call_(*call),
        plan_(*call->plan),
        request_(call->request.as<BatchRequest>()),
        variant_(call->variant.as<BatchVariant>()),
        violations_(*violations) {
    if (plan_.partial) refusals_.resize(elements().size());
  }

  void Bind() {
    if (elements().empty()) return;
    variant_.allow_missing = request_.allow_missing;
    for (const FilterTerm& key : plan_.filters) MayFilter(call_, key, &violations_);
    BindVersions();
    if (plan_.change() != Change::kUpsert) BindKeys();
    if (plan_.change() == Change::kUpdate) BindUpdate();
    if (plan_.change() == Change::kCreate) {
      TakeValues({});
      BindRows();
    }
    if (plan_.change() == Change::kUpsert) BindUpsert();
    if (!plan_.reads_only()) CheckDistinct();
    for (size_t i = 0; i < refusals_.size(); ++i) {
      if (elements()[i].refusal.ok()) elements()[i].refusal = refusals_[i].ToStatus();
    }
  }

 private:
  /// Where a mistake in an element goes: in a partial batch it is the element's own.
  FieldViolations* ViolationsOf(size_t element) { return plan_.partial ? &refusals_[element] : &violations_; }
  bool IsRefused(size_t element) const {
    return plan_.partial && (!refusals_[element].empty() || !request_.elements[element].refusal.ok());
  }

  std::vector<Element>& elements() { return request_.elements; }
  const Column& ColumnOf(const ValueTerm& value) const { return plan_.entity->columns[value.column]; }

  void BindVersions() {
    for (size_t i = 0; i < elements().size(); ++i) {
      if (elements()[i].version > 0) variant_.version_guard = true;
      if (elements()[i].version >= 0) continue;
      ViolationsOf(i)->Add(ElementFieldName(plan_, i, VersionInput()), "must not be negative; 0 means any version");
    }
  }

  int VersionInput() const {
    const auto found = std::find_if(plan_.inputs.begin(), plan_.inputs.end(),
                                    [](const Input& input) { return input.role == InputRole::kVersion; });
    return static_cast<int>(found - plan_.inputs.begin());
  }

  void BindKeys() {
    for (const FilterTerm& key : plan_.filters) {
      const auto zero = FilterZero(plan_.entity->columns[key.column]);
      for (size_t i = 0; i < elements().size(); ++i) {
        Argument& argument = elements()[i].arguments[key.input];
        if (argument.present) continue;
        if (zero.has_value()) {
          argument = {true, *zero};
        } else {
          ViolationsOf(i)->Add(ElementFieldName(plan_, i, key.input), "is required");
        }
      }
    }
  }

  /// What each element gives for a column that is written in all of them.
  void ResolveAll(const ValueTerm& value) {
    const Column& column = ColumnOf(value);
    for (size_t i = 0; i < elements().size(); ++i) {
      Argument& argument = elements()[i].arguments[value.input];
      if (argument.present || column.nullable) continue;
      ResolveAbsent(column, &argument, ElementFieldName(plan_, i, value.input), ViolationsOf(i));
    }
  }

  int CountGiven(const ValueTerm& value) {
    return static_cast<int>(std::count_if(elements().begin(), elements().end(), [&value](const Element& element) {
      return element.arguments[value.input].present;
    }));
  }

  /// Rows as a create takes them: a default is written only where some rows have a value and others do not.
  void BindRows() {
    for (int i = 0; i < static_cast<int>(plan_.values.size()); ++i) {
      const ValueTerm& value = plan_.values[i];
      if (!ColumnOf(value).has_default()) {
        ResolveAll(value);
        variant_.written.push_back(i);
        continue;
      }
      const int given = CountGiven(value);
      if (given == 0) continue;
      variant_.written.push_back(i);
      if (given < static_cast<int>(elements().size())) variant_.defaulted.push_back(i);
    }
    if (!variant_.written.empty()) return;
    // An INSERT of several rows must name a column.
    variant_.written.push_back(0);
    variant_.defaulted.push_back(0);
  }

  /// One for each input: whether some element has a value.
  std::vector<Argument> GivenToSome() {
    std::vector<Argument> arguments(plan_.inputs.size());
    for (const ValueTerm& value : plan_.values) arguments[value.input].present = CountGiven(value) > 0;
    return arguments;
  }

  /// Elements that have a value for the column, or for another member of its oneof.
  size_t CountTold(const ValueTerm& value) {
    return static_cast<size_t>(std::count_if(elements().begin(), elements().end(), [&](const Element& element) {
      return element.arguments[value.input].present || IsReplacedInOneof(plan_, element.arguments, value.column);
    }));
  }

  /// Denies values that the caller may not write; one is enough for the whole batch. `selected` are those that go to
  /// rows which are there; the result are those of them that such rows keep.
  std::set<int> TakeValues(const std::vector<int>& selected) {
    std::set<int> kept;
    if (!call_.request.fields.Restricts(plan_.entity->ordinal)) return kept;
    for (int i = 0; i < static_cast<int>(plan_.values.size()); ++i) {
      const ValueTerm& value = plan_.values[i];
      const bool changes = std::find(selected.begin(), selected.end(), i) != selected.end();
      // An update writes what its mask selects and nothing else.
      if (!changes && plan_.change() == Change::kUpdate) continue;
      ValueUse use;
      use.given = changes ? CountTold(value) > 0 : CountGiven(value) > 0;
      use.named = changes && NamesColumn(plan_, request_, value.column);
      use.compared = changes && (plan_.change() == Change::kUpsert || ColumnOf(value).immutable);
      // One mask is for all: the rows of the other elements would lose values that the caller does not see.
      if (changes && !use.named && use.given && CountTold(value) < elements().size()) use.compared = true;
      if (!TakesValue(call_, i, use, &violations_)) kept.insert(i);
    }
    return kept;
  }

  /// The values that the update mask selects. It is one for all elements, so it cannot say which member of a oneof a
  /// single element leaves alone.
  std::vector<int> MaskedValues() {
    const std::vector<Argument> nothing(plan_.inputs.size());
    std::vector<int> named = ResolveUpdateMask(plan_, request_, nothing, &violations_);
    FieldViolations seen_already;
    if (ResolveUpdateMask(plan_, request_, GivenToSome(), &seen_already).size() != named.size()) {
      violations_.Add("update_mask", "names some members of a oneof; in a batch name all of them, or none");
    }
    return named;
  }

  bool MaskNamesEverything() const {
    const auto& mask = request_.update_mask;
    return mask.has_value() && std::find(mask->begin(), mask->end(), "*") != mask->end();
  }

  void BindUpdate() {
    variant_.unchanged_if_given = MaskNamesEverything();
    const std::vector<int> masked = MaskedValues();
    const std::set<int> kept = TakeValues(masked);
    for (int i : masked) {
      if (kept.count(i) > 0) continue;
      const ValueTerm& value = plan_.values[i];
      if (!ColumnOf(value).immutable) {
        ResolveAll(value);
        variant_.written.push_back(i);
      } else if (!variant_.unchanged_if_given) {
        ResolveAll(value);
        variant_.unchanged.push_back(i);
      } else if (CountGiven(value) > 0) {
        variant_.unchanged.push_back(i);
      }
    }
  }

  bool IsConflictColumn(int column) const {
    return std::any_of(plan_.filters.begin(), plan_.filters.end(),
                       [column](const FilterTerm& key) { return key.column == column; });
  }

  /// Rows without a name, say, are not all one row: what is missing does not become an empty text or a zero here unless
  /// zero is as good a key as any.
  void RequireConflictFields() {
    for (const FilterTerm& key : plan_.filters) {
      const catalogue::Column& column = plan_.entity->columns[key.column];
      if (!column.nullable && FilterZero(column).has_value()) continue;
      for (size_t i = 0; i < elements().size(); ++i) {
        Argument& argument = elements()[i].arguments[key.input];
        if (argument.present) continue;
        ViolationsOf(i)->Add(ElementFieldName(plan_, i, key.input), "is required: the row is looked for by it");
        argument.present = true;  // said once is enough
      }
    }
  }

  /// What a mask names is written, also where it is empty and the column has a default.
  void EmptyNamedValues(const std::vector<int>& named) {
    for (int i : named) {
      const Column& column = ColumnOf(plan_.values[i]);
      const auto zero = ZeroText(column);
      if (!column.has_default() || column.nullable || column.immutable || column.key || !zero.has_value()) continue;
      for (Element& element : elements()) {
        Argument& argument = element.arguments[plan_.values[i].input];
        if (!argument.present) argument = {true, *zero};
      }
    }
  }

  std::vector<int> AllValues() const {
    std::vector<int> all(plan_.values.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  void BindUpsert() {
    RequireConflictFields();
    variant_.unchanged_if_given = true;
    const auto& mask = request_.update_mask;
    const bool has_mask = mask.has_value() && !mask->empty();
    std::vector<int> masked;
    if (has_mask) masked = MaskedValues();
    const std::set<int> kept = TakeValues(has_mask ? masked : AllValues());
    const auto keeps = [&kept](int value) { return kept.count(value) > 0; };
    masked.erase(std::remove_if(masked.begin(), masked.end(), keeps), masked.end());
    EmptyNamedValues(masked);
    BindRows();
    if (!has_mask) masked = variant_.written;
    for (int i : variant_.written) {
      const ValueTerm& value = plan_.values[i];
      if (IsConflictColumn(value.column) || keeps(i)) continue;
      const Column& column = ColumnOf(value);
      const bool selected = std::find(masked.begin(), masked.end(), i) != masked.end();
      if (column.immutable && selected) variant_.unchanged.push_back(i);
      if (!column.immutable && !column.key && selected) variant_.updated.push_back(i);
    }
  }

  /// The inputs that name a row, as far as the request gives them.
  std::vector<std::pair<int, const Column*>> KeyInputs() const {
    std::vector<std::pair<int, const Column*>> inputs;
    for (const FilterTerm& key : plan_.filters) inputs.emplace_back(key.input, &plan_.entity->columns[key.column]);
    if (plan_.change() != Change::kCreate) return inputs;
    for (const ValueTerm& value : plan_.values) {
      if (ColumnOf(value).key) inputs.emplace_back(value.input, &ColumnOf(value));
    }
    return inputs.size() == plan_.entity->key.size() ? inputs : std::vector<std::pair<int, const Column*>>();
  }

  void CheckDistinct() {
    const auto inputs = KeyInputs();
    if (inputs.empty() || !violations_.empty()) return;
    std::unordered_map<std::string, size_t> first;
    for (size_t i = 0; i < elements().size(); ++i) {
      if (IsRefused(i)) continue;
      std::string key;
      bool complete = true;
      for (const auto& [input, column] : inputs) {
        const Argument& argument = elements()[i].arguments[input];
        complete = complete && argument.present;
        const std::string text = CanonicalKey(*column, argument.text);
        key += Cat(text.size(), ":", text);
      }
      if (!complete) continue;
      const auto [found, fresh] = first.emplace(std::move(key), i);
      if (fresh) continue;
      ViolationsOf(i)->Add(ElementFieldName(plan_, i, inputs.front().first),
                           Cat("same key as ", ElementName(plan_, found->second), "; a batch may write a row once"));
    }
  }

  const Call& call_;
  const MethodPlan& plan_;
  BatchRequest& request_;
  BatchVariant& variant_;
  FieldViolations& violations_;
  /// Partial: one for each element.
  std::vector<FieldViolations> refusals_;
};

}  // namespace

std::string ElementName(const MethodPlan& plan, size_t index) {
  const std::string& field = plan.batch->field->name();
  return plan.batch->field->is_repeated() ? Cat(field, "[", index, "]") : field;
}

std::string ElementFieldName(const MethodPlan& plan, size_t index, int input) {
  const std::string& name = plan.inputs[input].name;
  return name.empty() ? ElementName(plan, index) : Cat(ElementName(plan, index), ".", name);
}

void BindBatch(Call* call, FieldViolations* violations) { BatchBinder(call, violations).Bind(); }

}  // namespace rowkeeper::plan
