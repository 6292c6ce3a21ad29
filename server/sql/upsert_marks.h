#pragma once

namespace rowkeeper::sql {

/// What ON CONFLICT met in place of a row that an upsert had looked at and locked. The statement then makes itself
/// fail, and its verdict (base/verdict.h) has one of these for a number of rows.
enum class UpsertConflict : int {
  kOvertaken = -1,  ///< a row with an element's key that came after the snapshot, or changed and no longer fits
  kSameRow = -2,    ///< the row of another element
  kOtherKey = -3,   ///< a row whose key no element has: a trigger gave the new row another key than its element's
  /// A row that the snapshot shows and that was not locked: it changed meanwhile, or, where that goes on, row-level
  /// security hides it from changes.
  kHidden = -4,
};

}  // namespace rowkeeper::sql
