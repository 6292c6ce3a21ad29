#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class EnumDescriptor;
}

namespace rowkeeper::catalogue {

/// How a value is carried between protobuf and PostgreSQL. One kind, one codec; the SQL type follows from it.
enum class ValueKind {
  kBool,       ///< bool <-> boolean
  kInt32,      ///< int32, sint32, sfixed32 <-> integer
  kInt64,      ///< int64, sint64, sfixed64 <-> bigint
  kUint32,     ///< uint32, fixed32 <-> bigint
  kUint64,     ///< uint64, fixed64 <-> numeric(20,0)
  kFloat,      ///< float <-> real
  kDouble,     ///< double <-> double precision
  kString,     ///< string <-> text, or varchar(n) with a max_length
  kBytes,      ///< bytes <-> bytea
  kUuid,       ///< string or bytes(16) <-> uuid
  kDecimal,    ///< string <-> numeric(precision, scale)
  kEnum,       ///< enum <-> text, or a native enum
  kTimestamp,  ///< google.protobuf.Timestamp <-> timestamptz
  kDuration,   ///< google.protobuf.Duration <-> interval
  kDate,       ///< google.type.Date <-> date
  kJson,       ///< Struct, Value, ListValue, map, nested or repeated message <-> jsonb
};

/// One value of an enum column: its protobuf number and the text PostgreSQL stores.
struct EnumLabel {
  int number = 0;
  std::string label;
};

/// The type of a column's value, complete enough to write both its codec and its SQL type. Immutable.
struct ValueType {
  ValueKind kind = ValueKind::kString;
  /// A repeated field stored as an array. Never set together with kJson.
  bool array = false;
  /// The field is a google.protobuf.*Value wrapper message around the kind.
  bool wrapper = false;
  /// kString: longest value in characters; 0 means no limit.
  int max_length = 0;
  /// kDecimal: numeric(precision, scale).
  int precision = 0;
  int scale = 0;
  /// kEnum: labels in declaration order; aliases appear once. The zero value is absent from it when `zero_is_unset`.
  std::vector<EnumLabel> labels;
  /// kEnum: number 0 is an `..._UNSPECIFIED` value, which stands for "not set".
  bool zero_is_unset = false;
  /// kEnum: name of the native enum type; empty when the column is text.
  std::string native_enum;
};

}  // namespace rowkeeper::catalogue
