#pragma once

#include <string>

#include "server/catalogue/entity.h"
#include "server/catalogue/value_type.h"

namespace rowkeeper::sql {

/// The SQL type of a column, as PostgreSQL's format_type spells it ("uuid", "character varying(200)", "bigint[]").
/// A native enum's name is quoted and without schema.
std::string SqlType(const catalogue::ValueType& type);

/// The same with a native enum's schema, for column definitions of `entity`.
std::string ColumnType(const catalogue::Entity& entity, const catalogue::ValueType& type);

/// The type to cast a parameter to (`$1::text`). It has no length or precision: an explicit cast to varchar(n) or
/// numeric(p,s) would cut or round the value in silence, whereas the column's own check reports it. Arrays of bounded
/// texts have a type of their own, for no operator compares them with arrays of text.
std::string ParameterType(const catalogue::Entity& entity, const catalogue::ValueType& type);

/// The type of an array of values of `column`, or of its elements where it is an array.
std::string ArrayType(const catalogue::Entity& entity, const catalogue::Column& column);

}  // namespace rowkeeper::sql
