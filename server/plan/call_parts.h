#pragma once

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "server/catalogue/operation.h"

namespace rowkeeper::plan {

struct FilterExpression;
struct RelationSelection;

/// Which rows a call sees on a soft-deletable entity.
enum class Deleted { kExclude, kInclude, kOnly };

/// What a list says of the number of its rows.
enum class CountMode { kNone, kExact, kEstimated };

/// The value of one kFilter or kValue input.
struct Argument {
  /// Fields without presence (plain proto3 scalars, repeated fields, maps) are present when they are not the zero
  /// value; all others when they were on the wire. An enum's `..._UNSPECIFIED` is never present.
  bool present = false;
  /// PostgreSQL's text form of the value, valid for the column's type; meaningful only when present.
  std::string text;
};

// Parts that the requests of several families have. PartOf finds them.

struct WithReadMask {
  std::optional<std::vector<std::string>> read_mask;
};
struct WithUpdateMask {
  std::optional<std::vector<std::string>> update_mask;
};
struct WithDeleted {
  Deleted deleted = Deleted::kExclude;
};
struct WithAllowMissing {
  bool allow_missing = false;
};
struct WithSkipUnrepresentable {
  /// Rows that cannot be shown are left out and reported, instead of failing the call.
  bool skip_unrepresentable = false;
};
struct WithExpression {
  /// An AIP-160 filter expression.
  std::string expression;
};

// Parts that the variants of several families have.

/// Conditions on rows beside MethodPlan::filters being there or not.
struct WithConditions {
  /// Those of Variant::filters that ask whether a column is NULL and want it not to be, ascending.
  std::vector<int> not_null;
  /// The filter expression's shape, without its operands; nullptr: none. See filter/expression.h.
  std::shared_ptr<const FilterExpression> expression;
};
struct WithRelations {
  /// Relations to load beside the rows; nullptr: none. See relation/selection.h.
  std::shared_ptr<const RelationSelection> relations;
};
struct WithWritten {
  /// Indexes into MethodPlan::values that are written, ascending.
  std::vector<int> written;
};
struct WithGuards {
  /// Updates, upserts: indexes into MethodPlan::values of immutable columns whose stored value must equal the
  /// request's.
  std::vector<int> unchanged;
  /// The row's version must equal the request's. In a batch: some element has a version.
  bool version_guard = false;
};

/// The part of whichever alternative there is; nullptr when it has none.
template <typename Part, typename... Families>
Part* PartOf(std::variant<Families...>* families) {
  return std::visit(
      [](auto& family) -> Part* {
        if constexpr (std::is_base_of_v<Part, std::decay_t<decltype(family)>>) {
          return &family;
        } else {
          return nullptr;
        }
      },
      *families);
}
template <typename Part, typename... Families>
const Part* PartOf(const std::variant<Families...>& families) {
  return PartOf<Part>(const_cast<std::variant<Families...>*>(&families));
}

/// The alternative of a family, in a std::variant that has one for each, in their order.
template <typename Families>
Families OfFamily(catalogue::Family family) {
  using catalogue::Family;
  static_assert(std::variant_size_v<Families> == static_cast<size_t>(Family::kQuery) + 1);
  switch (family) {
    case Family::kGet:
      return Families(std::in_place_index<static_cast<size_t>(Family::kGet)>);
    case Family::kList:
      return Families(std::in_place_index<static_cast<size_t>(Family::kList)>);
    case Family::kWrite:
      return Families(std::in_place_index<static_cast<size_t>(Family::kWrite)>);
    case Family::kBatch:
      return Families(std::in_place_index<static_cast<size_t>(Family::kBatch)>);
    case Family::kBulk:
      return Families(std::in_place_index<static_cast<size_t>(Family::kBulk)>);
    case Family::kQuery:
      break;
  }
  return Families(std::in_place_index<static_cast<size_t>(Family::kQuery)>);
}

}  // namespace rowkeeper::plan
