#include "server/db/result_fit.h"

namespace rowkeeper::db {
namespace {

/// Types that are not PostgreSQL's own have larger ones.
constexpr uint32_t kFirstUserOid = 16384;

template <typename TypeOf>
ResultFit FitOfColumns(int columns, const ResultShape& shape, TypeOf type_of) {
  if (shape.is_any()) return ResultFit::kFits;
  if (columns != shape.columns()) return ResultFit::kOtherColumns;
  if (!shape.has_types()) return ResultFit::kFits;
  for (int column = 0; column < columns; ++column) {
    if (!CanBeRead(type_of(column), shape.type(column))) return ResultFit::kOtherTypes;
  }
  return ResultFit::kFits;
}

}  // namespace

ResultFit FitOf(const Rows& rows, const ResultShape& shape) {
  return FitOfColumns(rows.columns(), shape, [&rows](int column) { return rows.column_type(column); });
}

ResultFit FitOf(const PgResult& described, const ResultShape& shape) {
  return FitOfColumns(PQnfields(described.get()), shape,
                      [&described](int column) { return PQftype(described.get(), column); });
}

/// The OIDs are those of PostgreSQL's pg_type.dat, which never change.
bool CanBeRead(uint32_t type, CellType as) {
  switch (as) {
    case CellType::kAny:
      return true;
    case CellType::kBool:
      return type == 16;
    case CellType::kInteger:
      return type == 20 || type == 21 || type == 23;
    case CellType::kNumeric:
      return type == 1700;
    case CellType::kFloat:
      return type == 700 || type == 701;
    case CellType::kText:  // text, varchar, char(n), and what others add, such as citext
      return type == 25 || type == 1043 || type == 1042 || type >= kFirstUserOid;
    case CellType::kBytes:
      return type == 17;
    case CellType::kUuid:
      return type == 2950;
    case CellType::kTimestamp:
      return type == 1184;
    case CellType::kInterval:
      return type == 1186;
    case CellType::kDate:
      return type == 1082;
    case CellType::kJson:
      return type == 3802 || type == 114;
    case CellType::kUserType:
      return type >= kFirstUserOid;
    case CellType::kBoolArray:
      return type == 1000;
    case CellType::kIntegerArray:
      return type == 1005 || type == 1007 || type == 1016;
    case CellType::kNumericArray:
      return type == 1231;
    case CellType::kFloatArray:
      return type == 1021 || type == 1022;
    case CellType::kTextArray:
      return type == 1009 || type == 1015 || type == 1014 || type >= kFirstUserOid;
    case CellType::kBytesArray:
      return type == 1001;
    case CellType::kUuidArray:
      return type == 2951;
    case CellType::kTimestampArray:
      return type == 1185;
    case CellType::kIntervalArray:
      return type == 1187;
    case CellType::kDateArray:
      return type == 1182;
  }
  return false;
}

}  // namespace rowkeeper::db
