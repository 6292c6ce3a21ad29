#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/method_plan.h"
#include "server/schema/compatibility/compatibility.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Catalogue;
using catalogue::Diagnostics;
using catalogue::Entity;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using plan::FilterTerm;
using plan::MethodPlan;
using Plans = std::vector<std::unique_ptr<const MethodPlan>>;
using Path = std::vector<int>;

int NumberOf(const Entity& entity, int column) { return entity.columns[column].field->number(); }

/// The numbers of the fields on the way to an input: what it is across renames.
Path PathOf(const MethodPlan& plan, const FilterTerm& filter) {
  Path path;
  for (const FieldDescriptor* field : plan.inputs[filter.input].path) path.push_back(field->number());
  return path;
}

const FilterTerm* FindFilter(const MethodPlan& plan, const Path& path) {
  const auto found = std::find_if(plan.filters.begin(), plan.filters.end(),
                                  [&](const FilterTerm& filter) { return PathOf(plan, filter) == path; });
  return found == plan.filters.end() ? nullptr : &*found;
}

/// All that decides which rows a filter finds.
std::tuple<int, plan::FilterOperator, std::set<int>, std::string> MeaningOf(const MethodPlan& plan,
                                                                            const FilterTerm& filter) {
  std::set<int> searched;
  for (const int column : filter.searched) searched.insert(NumberOf(*plan.entity, column));
  return {NumberOf(*plan.entity, filter.column), filter.op, searched, filter.text_search};
}

/// Compares what one method does with its request.
class MethodComparison {
 public:
  MethodComparison(const MethodPlan& before, const MethodPlan& now, Diagnostics* found)
      : before_(before), now_(now), found_(*found) {}

  void Run() {
    // Another request is told with the wire.
    if (before_.method->input_type()->full_name() != now_.method->input_type()->full_name()) return;
    if (!before_.batch && !now_.batch) CompareFilters();
    if (before_.partial != now_.partial) {
      found_.Error(*now_.method,
                   now_.partial ? "it is `partial` now: old clients take OK for all rows"
                                : "it is no longer `partial`: one bad row of an old client makes all of them fail",
                   "leave it as it was, and add another method");
    }
  }

 private:
  const FieldDescriptor& FieldOf(const FilterTerm& filter) const { return *now_.inputs[filter.input].path.back(); }

  void CompareFilters() {
    for (const FilterTerm& filter : before_.filters) CompareFilter(filter);
    for (const FilterTerm& filter : now_.filters) CheckNewFilter(filter);
  }

  void CompareFilter(const FilterTerm& before) {
    const FilterTerm* now = FindFilter(now_, PathOf(before_, before));
    const std::string name = before_.inputs[before.input].name;
    if (now == nullptr) return TellGone(before, name);
    if (MeaningOf(before_, before) != MeaningOf(now_, *now)) {
      found_.Error(FieldOf(*now), "it filters by another column or operator: calls of old clients find other rows",
                   "leave the filter as it was, and add another field");
    } else if (now->required && !before.required) {
      found_.Error(FieldOf(*now), "the filter is required now: calls of old clients leave it out",
                   "keep `optional` (or `skip_empty`)");
    }
  }

  /// A field whose number is free is told with the wire.
  void TellGone(const FilterTerm& before, const std::string& name) {
    const FieldDescriptor& last = *before_.inputs[before.input].path.back();
    const Descriptor* message = now_.method->file()->pool()->FindMessageTypeByName(last.containing_type()->full_name());
    if (message == nullptr) return;
    const FieldDescriptor* field = message->FindFieldByNumber(last.number());
    const std::string problem = Cat("`", name, "` filters no longer: calls of old clients that set it find more rows");
    const std::string remedy = "keep the filter as long as clients set it";
    if (field != nullptr) {
      found_.Error(*field, problem, remedy);
    } else if (message->IsReservedNumber(last.number())) {
      found_.Error(*now_.method, problem, remedy);
    }
  }

  void CheckNewFilter(const FilterTerm& now) {
    if (!now.required || FindFilter(before_, PathOf(now_, now)) != nullptr) return;
    found_.Error(FieldOf(now), "it is a filter that old clients leave out, and it is required",
                 "write `optional` (or `skip_empty`), or add another method");
  }

  const MethodPlan& before_;
  const MethodPlan& now_;
  Diagnostics& found_;
};

/// The proto fields of the conflict key of an upsert, by their numbers.
std::set<int> ConflictKey(const catalogue::Repository& repository, const catalogue::Method& method) {
  std::set<int> numbers;
  const auto* batch = std::get_if<catalogue::BatchOptions>(&method.options);
  if (batch == nullptr) return numbers;
  for (const std::string& name : batch->conflict_fields) {
    const catalogue::Column* column = repository.entity->FindField(name);
    if (column != nullptr) numbers.insert(column->field->number());
  }
  return numbers;
}

bool SeesDeleted(const catalogue::Method& method) {
  const auto* query = std::get_if<catalogue::QueryOptions>(&method.options);
  return query != nullptr && query->include_deleted;
}

void CompareOptions(const catalogue::Repository& before, const catalogue::Method& method,
                    const catalogue::Repository& now, const catalogue::Method& same, Diagnostics* found) {
  if (ConflictKey(before, method) != ConflictKey(now, same)) {
    found->Error(*same.descriptor, "it has other conflict_fields: upserts of old clients change other rows",
                 "leave conflict_fields as they were, and add another method");
  }
  if (SeesDeleted(method) != SeesDeleted(same)) {
    found->Error(*same.descriptor,
                 SeesDeleted(same) ? "it has include_deleted now: old clients get deleted rows"
                                   : "it has no include_deleted any more: old clients get no deleted rows",
                 "leave it as it was, and add another method");
  }
}

/// Those on a list; nullopt: everyone.
std::optional<std::set<std::string>> CallersOn(const policy::AllowList& list) {
  std::set<std::string> callers;
  for (const policy::Principal& principal : list.principals()) {
    if (principal.kind() == policy::Principal::Kind::kEveryone) return std::nullopt;
    callers.insert(principal.text());
  }
  return callers;
}

/// The same of a method or feature. What has no list is for nobody as soon as there is any list.
std::optional<std::set<std::string>> Callers(const std::optional<policy::Rule>& rule, const Catalogue& catalogue) {
  if (rule) return CallersOn(rule->list);
  if (!catalogue.policy().any()) return std::nullopt;
  return std::set<std::string>();
}

/// Who was on the list before, and is not now; empty: nobody.
std::string Excluded(const std::optional<std::set<std::string>>& before,
                     const std::optional<std::set<std::string>>& now) {
  if (!now) return "";
  if (!before) return "everyone";
  std::vector<std::string> gone;
  std::set_difference(before->begin(), before->end(), now->begin(), now->end(), std::back_inserter(gone));
  // Whoever has an identity is `authenticated`.
  if (now->count("authenticated") > 0) {
    gone.erase(std::remove_if(gone.begin(), gone.end(), [](const std::string& who) { return who != "anonymous"; }),
               gone.end());
  }
  return absl::StrJoin(gone, ", ");
}

constexpr char kStillCalls[] = "leave them on the list as long as they call it";

std::string OnlyThese(const std::string& excluded, const std::set<std::string>& now) {
  return Cat(excluded, " could, and now only ", now.empty() ? "nobody" : absl::StrJoin(now, ", "),
             " can: others get PERMISSION_DENIED");
}

void CompareFeatures(const Catalogue& before, const Catalogue& now, Diagnostics* found) {
  const policy::CataloguePolicy old = before.policy(), rules = now.policy();
  for (size_t i = 0; i < policy::kFeatures; ++i) {
    const auto callers = Callers(rules.features[i], now);
    const std::string excluded = Excluded(Callers(old.features[i], before), callers);
    if (excluded.empty() || now.repositories().empty()) continue;
    const std::string_view words = policy::FeatureWords(static_cast<policy::Feature>(i));
    found->Error(*now.repositories().front().service, Cat("use ", words, ": ", OnlyThese(excluded, *callers)),
                 kStillCalls);
  }
}

/// Fields without a list are for everyone.
void CompareFieldLists(const Entity& before, const Entity& now, Diagnostics* found) {
  const auto callers = [](const policy::SharedRule& rule) {
    return rule == nullptr ? std::nullopt : CallersOn(rule->list);
  };
  const auto compare = [&](const catalogue::Column& column, policy::FieldUse use, const policy::SharedRule& old_rule,
                           const policy::SharedRule& rule) {
    const auto may = callers(rule);
    const std::string excluded = Excluded(callers(old_rule), may);
    if (excluded.empty()) return;
    found->Error(*column.field, Cat(policy::FieldUseName(use), " it: ", OnlyThese(excluded, *may)),
                 "leave them on the list as long as they name the field");
  };
  for (const catalogue::Column& column : now.columns) {
    const auto old = std::find_if(before.columns.begin(), before.columns.end(), [&](const catalogue::Column& other) {
      return other.field->number() == column.field->number();
    });
    if (old == before.columns.end()) continue;
    compare(column, policy::FieldUse::kRead, old->read, column.read);
    compare(column, policy::FieldUse::kWrite, old->write, column.write);
  }
}

void CompareRelations(const Entity& before, const Entity& now, Diagnostics* found) {
  for (const catalogue::Relation& relation : now.relations) {
    const auto old = std::find_if(before.relations.begin(), before.relations.end(),
                                  [&](const auto& other) { return other.field->number() == relation.field->number(); });
    if (old == before.relations.end()) continue;
    if (old->filter == relation.filter && old->limit <= relation.limit && old->kind == relation.kind) continue;
    found->Error(*relation.field, "it has another filter, a smaller limit or another path: old clients read other rows",
                 "leave it as it was, and add another field");
  }
}

void CompareDefaultOrders(const Entity& before, const Entity& now, Diagnostics* found) {
  const auto order = [](const Entity& entity) {
    std::vector<std::tuple<int, bool, bool>> terms;
    for (const catalogue::OrderTerm& term : entity.default_order) {
      terms.emplace_back(NumberOf(entity, term.column), term.descending, term.nulls_moved);
    }
    return terms;
  };
  if (order(before) == order(now)) return;
  found->Error(*now.message, "the default order is another one: lists of old clients without order_by change theirs",
               "write the old one in default_order_by; clients that want another one write order_by");
}

template <typename Visit>
void ForEachPair(const Catalogue& before, const Catalogue& now, const Visit& visit) {
  for (const catalogue::Repository& old : before.repositories()) {
    for (const catalogue::Repository& other : now.repositories()) {
      if (other.service->full_name() != old.service->full_name()) continue;
      for (const catalogue::Method& method : old.methods) {
        for (const catalogue::Method& same : other.methods) {
          if (same.descriptor->name() == method.descriptor->name()) visit(old, method, other, same);
        }
      }
    }
  }
}

}  // namespace

void CompareMethods(const Catalogue& before, const Catalogue& now, Diagnostics* found) {
  ForEachPair(before, now, [&](const auto& old, const auto& method, const auto& other, const auto& same) {
    const auto callers = Callers(same.allow, now);
    const std::string excluded = Excluded(Callers(method.allow, before), callers);
    if (!excluded.empty()) {
      found->Error(*same.descriptor, Cat("call it: ", OnlyThese(excluded, *callers)), kStillCalls);
    }
    // Another operation is told with the entities.
    if (method.operation == same.operation) CompareOptions(old, method, other, same, found);
  });
  for (const auto& entity : before.entities()) {
    const Entity* same = now.FindEntity(entity->full_name);
    if (same == nullptr) continue;
    CompareDefaultOrders(*entity, *same, found);
    CompareRelations(*entity, *same, found);
    CompareFieldLists(*entity, *same, found);
  }
  CompareFeatures(before, now, found);
  Diagnostics ignored;  // mistakes are told where the protos are loaded
  const Plans old_plans = plan::CompilePlans(before, &ignored), plans = plan::CompilePlans(now, &ignored);
  if (!ignored.ok()) return;
  for (const auto& old : old_plans) {
    for (const auto& plan : plans) {
      const bool same = plan->full_name == old->full_name && plan->operation == old->operation;
      if (same) MethodComparison(*old, *plan, found).Run();
    }
  }
}

}  // namespace rowkeeper::schema
