#pragma once

#include <cstdint>
#include <vector>

namespace rowkeeper {

/// What a result cell's text is read as. One reading may fit several types of PostgreSQL: an integer is read from
/// smallint as from bigint.
enum class CellType : uint8_t {
  kAny,
  kBool,
  kInteger,
  kNumeric,
  kFloat,
  kText,
  kBytes,
  kUuid,
  kTimestamp,
  kInterval,
  kDate,
  kJson,
  kUserType,  ///< an enum, or another type that PostgreSQL does not have from the start
  kBoolArray,
  kIntegerArray,
  kNumericArray,
  kFloatArray,
  kTextArray,
  kBytesArray,
  kUuidArray,
  kTimestampArray,
  kIntervalArray,
  kDateArray,
};

/// The columns that a statement's text promises, and that whoever reads its rows relies on. By default none. A view:
/// the types outlive it.
class ResultShape {
 public:
  ResultShape() = default;
  explicit ResultShape(const std::vector<CellType>& types)
      : columns_(static_cast<int>(types.size())), types_(types.data()) {}
  /// So many columns, of types that need no comparison: those of a text that nothing but its own words decides.
  static ResultShape Columns(int columns) { return ResultShape(columns, nullptr); }
  /// For who looks at the result's columns before it reads a cell.
  static ResultShape Any() { return ResultShape(kAnyColumns, nullptr); }

  bool is_any() const { return columns_ == kAnyColumns; }
  int columns() const { return columns_; }
  bool has_types() const { return types_ != nullptr; }
  CellType type(int column) const { return types_ == nullptr ? CellType::kAny : types_[column]; }

 private:
  static constexpr int kAnyColumns = -1;

  ResultShape(int columns, const CellType* types) : columns_(columns), types_(types) {}

  int columns_ = 0;
  const CellType* types_ = nullptr;
};

}  // namespace rowkeeper
