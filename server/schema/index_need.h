#pragma once

#include <map>
#include <memory>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::schema {

/// What an index has to serve of a method, so that it neither reads every row nor sorts. Columns are indexes into
/// Entity::columns.
struct IndexNeed {
  /// Of which each call gives values.
  std::vector<int> equality;
  std::vector<catalogue::OrderTerm> order;

  /// The method is about all rows, or what optional filters leave.
  bool empty() const { return equality.empty() && order.empty(); }
};

/// Empty for methods that need none: those that create rows, and custom queries.
IndexNeed NeedOf(const plan::MethodPlan& plan);

/// The indexes that the methods of `plans` need and that neither keys nor declared indexes serve, by entity: a
/// migration that makes the table makes them with it. Each has a name by the conventions of the entity's file. Left out
/// are those whose name something of the entity has, and those over texts, bytes and lists without a limit, for which
/// a b-tree would refuse long values. Pure.
using MethodIndexes = std::map<const catalogue::Entity*, std::vector<catalogue::Index>>;
MethodIndexes IndexesForMethods(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans);

}  // namespace rowkeeper::schema
