#include <gtest/gtest.h>

#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::ValueKind;
using catalogue::ValueType;

TEST(Identifier, IsQuotedWhateverItHolds) {
  EXPECT_EQ(Identifier("todos"), "\"todos\"");
  EXPECT_EQ(Identifier("Order"), "\"Order\"");
  EXPECT_EQ(Identifier("a\"; DROP TABLE b; --"), "\"a\"\"; DROP TABLE b; --\"");
}

TEST(Literal, DoublesQuotes) { EXPECT_EQ(Literal("it's"), "'it''s'"); }

TEST(Literal, WithBackslashMeansTheSameUnderEitherStringSetting) { EXPECT_EQ(Literal("a\\'b"), "E'a\\\\''b'"); }

TEST(Table, CarriesADeclaredSchema) {
  catalogue::Entity entity;
  entity.table = "user";
  EXPECT_EQ(Table(entity), "\"user\"");
  entity.schema = "Shop";
  EXPECT_EQ(Table(entity), "\"Shop\".\"user\"");
  EXPECT_EQ(InSchemaOf(entity, "mood"), "\"Shop\".\"mood\"");
}

ValueType Type(ValueKind kind) {
  ValueType type;
  type.kind = kind;
  return type;
}

TEST(SqlType, IsSpelledAsFormatTypeSpellsIt) {
  EXPECT_EQ(SqlType(Type(ValueKind::kUint32)), "bigint");
  EXPECT_EQ(SqlType(Type(ValueKind::kUint64)), "numeric(20,0)");
  EXPECT_EQ(SqlType(Type(ValueKind::kTimestamp)), "timestamp with time zone");
  ValueType name = Type(ValueKind::kString);
  name.max_length = 200;
  EXPECT_EQ(SqlType(name), "character varying(200)");
  ValueType prices = Type(ValueKind::kDecimal);
  prices.precision = 12;
  prices.scale = 2;
  prices.array = true;
  EXPECT_EQ(SqlType(prices), "numeric(12,2)[]");
}

TEST(ParameterType, HasNoLengthThatWouldCutTheValueInSilence) {
  catalogue::Entity entity;
  ValueType name = Type(ValueKind::kString);
  name.max_length = 3;
  EXPECT_EQ(ParameterType(entity, name), "text");
  ValueType price = Type(ValueKind::kDecimal);
  price.precision = 12;
  price.scale = 2;
  EXPECT_EQ(ParameterType(entity, price), "numeric");
  EXPECT_EQ(ParameterType(entity, Type(ValueKind::kUint64)), "numeric");
}

TEST(ParameterType, OfANativeEnumCarriesTheSchema) {
  catalogue::Entity entity;
  entity.schema = "Shop";
  ValueType mood = Type(ValueKind::kEnum);
  mood.native_enum = "mood";
  mood.array = true;
  EXPECT_EQ(ParameterType(entity, mood), "\"Shop\".\"mood\"[]");
}

}  // namespace
}  // namespace rowkeeper::sql
