#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rowkeeper/v1/annotations.pb.h"
#include "server/catalogue/catalogue.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// A request field as a condition on rows.
struct FilterBinding {
  FilterOperator op = FilterOperator::kEqual;
  /// The first is FilterTerm::column; only a search has several.
  std::vector<const catalogue::Column*> columns;
  /// The type of the request's value, or of one of its values where it is a list.
  catalogue::ValueType value;
  /// Search: the text search configuration.
  std::string text_search;
  /// The condition is left out when the field is empty, though it has no presence.
  bool optional = false;
};

/// Whether the operation is about all rows that match conditions of any kind: lists, counts, exports, bulk changes.
bool FiltersRows(catalogue::Operation operation);

/// Reads the `filter` option of `field`, or takes it as equality with the field of the same name. Mistakes go to
/// `diagnostics` and give nullopt.
std::optional<FilterBinding> BindFilter(const google::protobuf::FieldDescriptor& field, const catalogue::Entity& entity,
                                        const v1::FilterOptions& options, catalogue::Operation operation,
                                        catalogue::Diagnostics* diagnostics);

/// The type of a field as a `.proto` file spells it.
std::string TypeName(const google::protobuf::FieldDescriptor& field);

/// A request field can hold a column's value, or an element of it, when both have the same type; a uuid may be string
/// or bytes on either side.
bool SameType(const google::protobuf::FieldDescriptor& field, const catalogue::Column& column);

}  // namespace rowkeeper::plan
