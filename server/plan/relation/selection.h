#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/errors.h"
#include "server/catalogue/entity.h"
#include "server/plan/call.h"
#include "server/plan/relation/limits.h"

namespace rowkeeper::plan {

struct FilterExpression;
struct SelectedRelation;

/// The relations that a call loads beside its rows, or beside the rows of a relation. Immutable once bound.
struct RelationSelection {
  /// In the order of Entity::relations, each once.
  std::vector<SelectedRelation> relations;
  /// Of the outermost selection: bytes of related rows that the call may read.
  size_t max_bytes = RelationLimits().max_bytes;

  /// Appends what tells this selection from others of the same entity.
  void AppendKey(std::string* key) const;
};

/// One relation: one statement, whatever the number of parents.
struct SelectedRelation {
  const catalogue::Relation* relation = nullptr;
  /// Columns of the target that go into the response, ascending. None when only relations below it were asked for.
  std::vector<int> columns;
  /// Relations of the target.
  RelationSelection children;
  /// The declared filter, compiled, and its operands; nullptr when there is none.
  std::shared_ptr<const FilterExpression> filter = nullptr;
  std::vector<std::optional<std::string>> operands = {};
};

/// The columns of `entity` that hold what the rows of each of `selection` are found by: the reference of a to-one, else
/// the key. One for each relation, in order.
std::vector<int> LinkColumns(const RelationSelection& selection);

/// Whether `path` of a mask starts with a relation of `entity`.
bool IsRelationPath(const catalogue::Entity& entity, std::string_view path);

/// Fills the call's variant.relations from those paths of its read mask that name relations: "owner" and "tasks.*" mean
/// all columns, "tasks.title" one, "tasks.comments" all columns of the comments and none of the tasks. "*" names no
/// relation. Unknown paths go to `violations`.
void BindRelations(Call* call, const RelationLimits& limits, FieldViolations* violations);

/// INVALID_ARGUMENT READ_TOO_LARGE when the relations of the bound call could bring more than `limits` allow: more
/// levels, more statements or, with the call's page size, more rows.
absl::Status CheckRelationLimits(const Call& call, const RelationLimits& limits);

/// Every column of the target and no relation below it, for samples.
SelectedRelation WholeRelation(const catalogue::Relation& relation);

}  // namespace rowkeeper::plan
