#pragma once

#include <string>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {

/// The elements of a batch as rows: `unnest($1::uuid[], …) WITH ORDINALITY`, one array parameter a column, whatever the
/// size of the batch. Its columns are named "#" (the element's place, from 1), "#ver" and "#3" for the input 3, which
/// no column of a table is, so that they need no qualifier.
class BatchInput {
 public:
  /// Every input that elements have a key, a version or a value of `values` (indexes into MethodPlan::values) in is
  /// taken along; the version where `versions` says so.
  enum class Versions { kNone, kTaken };
  /// By which keys rows are looked for: those that the elements give, or those that the database has made of them
  /// (Element::stored_key).
  enum class Keys { kGiven, kStored };
  BatchInput(const plan::MethodPlan& plan, const std::vector<int>& values, Versions versions, ParameterList* parameters,
             Keys keys = Keys::kGiven);

  /// What an element gives for an input, as the column's type.
  std::string Value(int input) const;
  /// What the row of an element has for the `index`th of MethodPlan::filters, as the column's type.
  std::string Key(size_t index) const;
  /// `"id" = "#0"`, for each column that names a row, and TenantPredicate.
  std::string KeyMatches() const;
  /// The names of its columns, with the place: `"#0", "#3", "#"`.
  std::string Names() const;
  /// `unnest(…) WITH ORDINALITY AS "#batch" ("#0", "#3", "#")`.
  std::string From() const;

 private:
  struct Part {
    int input = 0;
    std::string name;
    std::string parameter;
  };
  void Add(int input, int column);

  const plan::MethodPlan& plan_;
  const Keys keys_;
  ParameterList* const parameters_;
  std::vector<Part> parts_;
};

}  // namespace rowkeeper::sql
