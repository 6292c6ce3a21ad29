#include "server/plan/relation/selection.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/identity_errors.h"
#include "server/base/relation_errors.h"
#include "server/base/text.h"
#include "server/plan/field_guard.h"
#include "server/plan/inputs.h"
#include "server/plan/relation/filter.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Entity;
using catalogue::Relation;

/// What the paths of a mask gather before it is known that all of them are good.
struct Draft {
  std::set<int> columns;
  /// By the relation's place in Entity::relations.
  std::map<size_t, Draft> children;
};

/// A path of a mask, and what its caller may read of it.
struct Path {
  const std::string& text;
  const std::vector<std::string>& parts;
  const policy::FieldAccess& access;
  FieldViolations& violations;
};

/// Adds what `path` has from `place` on, which is said of `entity`, to `draft`. A problem is returned as text.
std::string AddPath(const Entity& entity, const Path& path, size_t place, Draft* draft) {
  const std::string& name = path.parts[place];
  const bool last = place + 1 == path.parts.size();
  if (const Relation* relation = entity.FindRelation(name)) {
    if (!MayFollow(path.access, entity, *relation)) {
      path.violations.Deny(FieldNotAllowed(entity.full_name, path.text, policy::FieldUseName(policy::FieldUse::kRead)));
    }
    Draft& child = draft->children[static_cast<size_t>(relation - entity.relations.data())];
    if (!last) return AddPath(*relation->target, path, place + 1, &child);
    const std::vector<int> all = ReadableColumns(path.access, *relation->target);
    child.columns.insert(all.begin(), all.end());
    return "";
  }
  if (name == "*" && last) {
    const std::vector<int> all = ReadableColumns(path.access, entity);
    draft->columns.insert(all.begin(), all.end());
    return "";
  }
  const catalogue::Column* column = entity.FindField(name);
  if (column == nullptr) {
    return Cat("has \"", name, "\", which is not a field of ", entity.full_name, "; the fields are ",
               entity.FieldList());
  }
  if (!path.access.MayRead(column->ordinal)) {
    path.violations.Deny(DeniedField(entity, *column, policy::FieldUse::kRead, path.text));
  }
  if (!last) return Cat("reaches into ", name, ", which relations bring whole; end the path there");
  draft->columns.insert(entity.IndexOf(*column));
  return "";
}

RelationSelection ToSelection(const Entity& entity, const Draft& draft) {
  RelationSelection selection;
  for (const auto& [place, child] : draft.children) {
    const Relation& relation = entity.relations[place];
    SelectedRelation selected;
    selected.relation = &relation;
    selected.columns.assign(child.columns.begin(), child.columns.end());
    ApplyDeclaredFilter(&selected);
    selected.children = ToSelection(*relation.target, child);
    selection.relations.push_back(std::move(selected));
  }
  return selection;
}

int64_t RowsOf(const Relation& relation) { return relation.to_many ? relation.limit : 1; }

/// Rows that `selection` can bring for one parent; large numbers stay what they are, large.
int64_t RowsForOne(const RelationSelection& selection) {
  constexpr int64_t kLarge = int64_t{1} << 40;
  int64_t rows = 0;
  for (const SelectedRelation& selected : selection.relations) {
    rows =
        std::min(kLarge, rows + RowsOf(*selected.relation) * std::min(kLarge >> 10, 1 + RowsForOne(selected.children)));
  }
  return rows;
}

int CountRelations(const RelationSelection& selection) {
  int count = 0;
  for (const SelectedRelation& selected : selection.relations) count += 1 + CountRelations(selected.children);
  return count;
}

/// The path to the deepest relation, and how deep it is.
std::vector<std::string> DeepestPath(const RelationSelection& selection) {
  std::vector<std::string> deepest;
  for (const SelectedRelation& selected : selection.relations) {
    std::vector<std::string> below = DeepestPath(selected.children);
    if (below.size() + 1 <= deepest.size()) continue;
    below.insert(below.begin(), selected.relation->field->name());
    deepest = std::move(below);
  }
  return deepest;
}

std::string MaskName(const MethodPlan& plan) { return InputName(plan, InputRole::kReadMask, "read_mask"); }

/// Rows that the call itself can answer with.
int64_t OwnRows(const Call& call) {
  if (std::holds_alternative<ListBounds>(call.bounds)) return std::get<ListBounds>(call.bounds).page_size;
  if (const auto* batch = std::get_if<BatchRequest>(&call.request.family)) {
    return static_cast<int64_t>(batch->elements.size());
  }
  return 1;
}

absl::Status TooManyRows(const Call& call, int64_t rows, int64_t for_one, int max_rows) {
  const int64_t fitting = max_rows / for_one;
  const Input* page_size = FindInput(*call.plan, InputRole::kPageSize);
  std::string remedy = "name fewer relations, or relations with smaller limits";
  if (fitting > 0 && page_size != nullptr) {
    remedy = Cat("send a ", page_size->name, " of at most ", fitting, ", or name fewer relations");
  } else if (fitting > 0 && call.plan->batch.has_value()) {
    remedy = Cat("ask for at most ", fitting, " rows at once, or name fewer relations");
  }
  return ReadTooLarge(MaskName(*call.plan),
                      Cat("its relations could bring ", rows, " rows (", for_one, " for each of ", OwnRows(call),
                          "), and the server reads at most ", max_rows, " for one call"),
                      remedy, Limit::kMaxRelatedRows, Cat(max_rows, " rows"));
}

}  // namespace

void RelationSelection::AppendKey(std::string* key) const {
  for (const SelectedRelation& selected : relations) {
    key->append(Cat("{", selected.relation->field->number(), ":"));
    for (const int column : selected.columns) key->append(Cat(column, ","));
    selected.children.AppendKey(key);
    key->push_back('}');
  }
}

std::vector<int> LinkColumns(const RelationSelection& selection) {
  std::vector<int> columns;
  for (const SelectedRelation& selected : selection.relations) columns.push_back(selected.relation->column);
  return columns;
}

bool IsRelationPath(const Entity& entity, std::string_view path) {
  return entity.FindRelation(path.substr(0, path.find('.'))) != nullptr;
}

void BindRelations(Call* call, const RelationLimits& limits, FieldViolations* violations) {
  const Entity& entity = *call->plan->entity;
  const auto* masked = PartOf<WithReadMask>(call->request.family);
  if (masked == nullptr || !masked->read_mask.has_value() || entity.relations.empty()) return;
  Draft draft;
  for (const std::string& path : *masked->read_mask) {
    if (!IsRelationPath(entity, path)) continue;
    std::vector<std::string> parts = absl::StrSplit(path, '.');
    // Enough to see that a path is too deep, whatever its length.
    parts.resize(std::min(parts.size(), static_cast<size_t>(limits.max_depth) + 2));
    const std::string problem = AddPath(entity, {path, parts, call->request.fields, *violations}, 0, &draft);
    if (!problem.empty()) violations->Add(MaskName(*call->plan), Cat("path \"", path, "\" ", problem));
  }
  if (draft.children.empty()) return;
  RelationSelection selection = ToSelection(entity, draft);
  selection.max_bytes = limits.max_bytes;
  PartOf<WithRelations>(&call->variant.family)->relations =
      std::make_shared<const RelationSelection>(std::move(selection));
}

absl::Status CheckRelationLimits(const Call& call, const RelationLimits& limits) {
  const auto* with = PartOf<WithRelations>(call.variant.family);
  if (with == nullptr || with->relations == nullptr) return absl::OkStatus();
  const RelationSelection& selection = *with->relations;
  const std::vector<std::string> deepest = DeepestPath(selection);
  if (deepest.size() > static_cast<size_t>(limits.max_depth)) {
    return ReadTooLarge(MaskName(*call.plan),
                        Cat("path \"", absl::StrJoin(deepest, "."), "\" goes through more than ", limits.max_depth,
                            " relations, the most that the server follows"),
                        "ask for the rows further down in another call", Limit::kMaxRelationDepth,
                        Cat(limits.max_depth, " relations"));
  }
  if (const int count = CountRelations(selection); count > limits.max_relations) {
    return ReadTooLarge(
        MaskName(*call.plan),
        Cat("it names ", count, " relations, and the server loads at most ", limits.max_relations, " for one call"),
        "name fewer", Limit::kMaxRelations, Cat(limits.max_relations, " relations"));
  }
  const int64_t for_one = RowsForOne(selection);
  const int64_t rows = for_one * OwnRows(call);
  if (rows > limits.max_rows) return TooManyRows(call, rows, for_one, limits.max_rows);
  return absl::OkStatus();
}

SelectedRelation WholeRelation(const Relation& relation) {
  SelectedRelation selected;
  selected.relation = &relation;
  selected.columns = relation.target->AllColumns();
  ApplyDeclaredFilter(&selected);
  return selected;
}

}  // namespace rowkeeper::plan
