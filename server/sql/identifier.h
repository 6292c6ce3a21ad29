#pragma once

#include <string>
#include <string_view>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// `name` as a quoted SQL identifier, safe whatever it holds: keywords, mixed case, quotes. PostgreSQL cuts identifiers
/// at 63 bytes; the catalogue refuses longer ones.
std::string Identifier(std::string_view name);

/// `text` as a SQL string literal, safe under either setting of standard_conforming_strings. Must not hold a NUL byte.
std::string Literal(std::string_view text);

/// The quoted name of the entity's table, with its schema where one is declared: the declared one, or in a NamesScope
/// (live_names.h) the one that the database has now. So is that of a column.
std::string Table(const catalogue::Entity& entity);
std::string ColumnName(const catalogue::Column& column);
/// The table without the schema.
std::string TableAlone(const catalogue::Entity& entity);
/// The table where a statement reads or changes rows and names columns without the table: behind FROM, UPDATE and the
/// like. A table with a column of its own name has an alias there, or PostgreSQL would take that name, once the column
/// has got another one, for the whole row, without an error.
std::string TableRows(const catalogue::Entity& entity);
/// What such a statement calls the row that it is about: before a column, or behind FOR UPDATE OF.
std::string RowName(const catalogue::Entity& entity);

/// `name` quoted and put into the entity's schema where one is declared: for types, indexes and sequences.
std::string InSchemaOf(const catalogue::Entity& entity, std::string_view name);

}  // namespace rowkeeper::sql
