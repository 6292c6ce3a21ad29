#pragma once

#include <optional>

#include "server/catalogue/catalogue.h"
#include "server/plan/filter/binding.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::plan {

/// What one request field is bound to, by its options or its standard name.
struct FieldBinding {
  InputRole role = InputRole::kFilter;
  /// kFilter, kValue.
  const catalogue::Column* column = nullptr;
  FilterOperator op = FilterOperator::kEqual;
  /// kFilter: all of the condition.
  std::optional<FilterBinding> filter;
};

/// Binds `field`, a direct field of a request of `operation` on `entity`. Mistakes go to `diagnostics` and give
/// nullopt.
std::optional<FieldBinding> BindRequestField(const google::protobuf::FieldDescriptor& field,
                                             const catalogue::Entity& entity, catalogue::Operation operation,
                                             catalogue::Diagnostics* diagnostics);

/// Whether the single value, or element, of `field` can be one of `column`.
bool CanHold(const google::protobuf::FieldDescriptor& field, const catalogue::Column& column);

/// Whether the `bind` option or a standard name makes `field` the place for missing keys in the response of a batch
/// whose request has them in `keys`.
bool IsMissingKeys(const google::protobuf::FieldDescriptor& field, const google::protobuf::FieldDescriptor& keys);

}  // namespace rowkeeper::plan
