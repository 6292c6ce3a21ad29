#include "server/plan/mask/masks.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/plan/inputs.h"
#include "server/plan/relation/selection.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Entity;

std::vector<int> Everything(size_t size) {
  std::vector<int> all(size);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// The column of a mask path, or nullptr after a violation.
const Column* FindPath(const Entity& entity, const std::string& path, std::string_view mask,
                       FieldViolations* violations) {
  if (const Column* column = entity.FindField(path)) return column;
  const std::string head = path.substr(0, path.find('.'));
  if (head != path && entity.FindField(head) != nullptr) {
    violations->Add(mask,
                    Cat("path \"", path, "\" reaches into ", head, ", which is handled whole; write \"", head, "\""));
  } else {
    violations->Add(
        mask, Cat("path \"", path, "\" is not a field of ", entity.full_name, "; the fields are ", entity.FieldList()));
  }
  return nullptr;
}

bool Contains(const std::vector<std::string>& paths, std::string_view path) {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

/// The index into plan.values of what the request gives for `column`, or -1.
int FindValue(const MethodPlan& plan, int column) {
  for (int i = 0; i < static_cast<int>(plan.values.size()); ++i) {
    if (plan.values[i].column == column) return i;
  }
  return -1;
}

bool IsGiven(const MethodPlan& plan, const std::vector<Argument>& arguments, int column) {
  const int value = FindValue(plan, column);
  return value >= 0 && arguments[plan.values[value].input].present;
}

/// A oneof whose new member is written loses its old one; clearing a member leaves the others alone.
void AddOneofSiblings(const MethodPlan& plan, const std::vector<Argument>& arguments, std::set<int>* columns) {
  for (const catalogue::Oneof& oneof : plan.entity->oneofs) {
    const bool replaced = std::any_of(oneof.columns.begin(), oneof.columns.end(), [&](int column) {
      return columns->count(column) > 0 && IsGiven(plan, arguments, column);
    });
    if (replaced) columns->insert(oneof.columns.begin(), oneof.columns.end());
  }
}

/// Whether a mask may name `column` although the request has no value for it to write.
bool IsIgnored(const Column& column) { return column.output_only || column.key; }

}  // namespace

bool NamesColumn(const MethodPlan& plan, const WithUpdateMask& request, int column) {
  // Paths into jsonb are those of their columns by now, see TakeJsonMasks.
  return request.update_mask.has_value() &&
         Contains(*request.update_mask, plan.entity->columns[static_cast<size_t>(column)].field->name());
}

bool IsReplacedInOneof(const MethodPlan& plan, const std::vector<Argument>& arguments, int column) {
  for (const catalogue::Oneof& oneof : plan.entity->oneofs) {
    if (std::find(oneof.columns.begin(), oneof.columns.end(), column) == oneof.columns.end()) continue;
    return std::any_of(oneof.columns.begin(), oneof.columns.end(),
                       [&](int member) { return member != column && IsGiven(plan, arguments, member); });
  }
  return false;
}

std::vector<int> ResolveReadMask(const MethodPlan& plan, const WithReadMask* request, FieldViolations* violations) {
  const Entity& entity = *plan.entity;
  const bool has_mask = request != nullptr && request->read_mask.has_value() && !request->read_mask->empty();
  if (!has_mask || Contains(*request->read_mask, "*")) return Everything(entity.columns.size());
  const std::string mask = InputName(plan, InputRole::kReadMask, "read_mask");
  std::set<int> columns;
  for (const std::string& path : *request->read_mask) {
    if (IsRelationPath(entity, path)) continue;  // see BindRelations
    if (const Column* column = FindPath(entity, path, mask, violations)) columns.insert(entity.IndexOf(*column));
  }
  return {columns.begin(), columns.end()};
}

std::vector<int> ResolveUpdateMask(const MethodPlan& plan, const WithUpdateMask& request,
                                   const std::vector<Argument>& arguments, FieldViolations* violations) {
  const Entity& entity = *plan.entity;
  const std::string mask = InputName(plan, InputRole::kUpdateMask, "update_mask");
  if (!request.update_mask.has_value() || request.update_mask->empty()) {
    violations->Add(mask, "is required; list the fields to write, or \"*\" for all");
    return {};
  }
  if (Contains(*request.update_mask, "*")) return Everything(plan.values.size());
  std::set<int> columns;
  for (const std::string& path : *request.update_mask) {
    if (IsRelationPath(entity, path)) {
      violations->Add(mask, Cat("path \"", path,
                                "\" names rows of another entity, which are written by their own "
                                "repository; leave it out"));
      continue;
    }
    const Column* column = FindPath(entity, path, mask, violations);
    if (column == nullptr) continue;
    if (!IsIgnored(*column) && FindValue(plan, entity.IndexOf(*column)) < 0) {
      violations->Add(mask, Cat("path \"", path, "\" is not a field that this request can give a value for"));
    }
    columns.insert(entity.IndexOf(*column));
  }
  AddOneofSiblings(plan, arguments, &columns);
  std::vector<int> written;
  for (int i = 0; i < static_cast<int>(plan.values.size()); ++i) {
    if (columns.count(plan.values[i].column) > 0) written.push_back(i);
  }
  return written;
}

}  // namespace rowkeeper::plan
