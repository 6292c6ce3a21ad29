#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "server/plan/call_parts.h"

namespace rowkeeper::plan {

// What calls of Family::kBatch have beside what all have; see request.h and variant.h.

/// One element of a batch.
struct Element {
  /// One for each MethodPlan::inputs; those that are not of elements stay empty.
  std::vector<Argument> arguments;
  int64_t version = 0;
  /// Upsert: the key that a trigger makes of the element's, one for each MethodPlan::filters; empty: not asked yet.
  std::vector<Argument> stored_key;
  /// Partial batch: why this element is not tried; OK for the others.
  absl::Status refusal;
};

struct BatchRequest : WithReadMask, WithUpdateMask, WithDeleted, WithAllowMissing, WithSkipUnrepresentable {
  /// In the request's order. A single upsert has one.
  std::vector<Element> elements;
};

struct BatchVariant : WithWritten, WithGuards, WithRelations {
  /// Those of `written` that some elements leave to the column's default, ascending.
  std::vector<int> defaulted;
  /// Upsert: those of `written` that go to a row that is there, ascending.
  std::vector<int> updated;
  /// An element without a value is as good as one with the stored value where `unchanged` is looked at.
  bool unchanged_if_given = false;
  /// Upsert: rows are looked for by Element::stored_key.
  bool by_stored_key = false;
  /// Elements without a row are left out.
  bool allow_missing = false;

  void AppendKey(std::string* key) const;
};

}  // namespace rowkeeper::plan
