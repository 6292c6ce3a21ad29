#include "server/sql/result_cells.h"

namespace rowkeeper::sql {
namespace {

using catalogue::ValueKind;
using catalogue::ValueType;

struct Reading {
  CellType one;
  CellType array;
};

Reading ReadingOf(const ValueType& type) {
  switch (type.kind) {
    case ValueKind::kBool:
      return {CellType::kBool, CellType::kBoolArray};
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kUint32:
      return {CellType::kInteger, CellType::kIntegerArray};
    case ValueKind::kUint64:
    case ValueKind::kDecimal:
      return {CellType::kNumeric, CellType::kNumericArray};
    case ValueKind::kFloat:
    case ValueKind::kDouble:
      return {CellType::kFloat, CellType::kFloatArray};
    case ValueKind::kString:
      return {CellType::kText, CellType::kTextArray};
    case ValueKind::kBytes:
      return {CellType::kBytes, CellType::kBytesArray};
    case ValueKind::kUuid:
      return {CellType::kUuid, CellType::kUuidArray};
    case ValueKind::kEnum:
      if (!type.native_enum.empty()) return {CellType::kUserType, CellType::kUserType};
      return {CellType::kText, CellType::kTextArray};
    case ValueKind::kTimestamp:
      return {CellType::kTimestamp, CellType::kTimestampArray};
    case ValueKind::kDuration:
      return {CellType::kInterval, CellType::kIntervalArray};
    case ValueKind::kDate:
      return {CellType::kDate, CellType::kDateArray};
    case ValueKind::kJson:
      return {CellType::kJson, CellType::kJson};
  }
  return {CellType::kAny, CellType::kAny};
}

}  // namespace

CellType CellTypeOf(const ValueType& type) {
  const Reading reading = ReadingOf(type);
  return type.array ? reading.array : reading.one;
}

std::vector<CellType> ResultCells(const catalogue::Entity& entity, const Statement& statement) {
  std::vector<CellType> types;
  size_t next = 0;
  while (true) {
    const int place = static_cast<int>(types.size());
    if (place == statement.element_cell || place == statement.blocker_cell || place == statement.large_cell) {
      types.push_back(CellType::kInteger);
    } else if (place == statement.outcome_cell) {
      types.push_back(CellType::kText);
    } else if (next < statement.cells.size()) {
      types.push_back(CellTypeOf(entity.columns[static_cast<size_t>(statement.cells[next++])].type));
    } else {
      return types;
    }
  }
}

}  // namespace rowkeeper::sql
