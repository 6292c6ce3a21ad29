#pragma once

#include <string>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// `"due_at" timestamp with time zone NOT NULL DEFAULT now()`: a column as CREATE TABLE and ADD COLUMN take it.
std::string ColumnDefinition(const catalogue::Entity& entity, const catalogue::Column& column);

/// Whether the database has to fill the column by SQL that the declaration does not tell: a generated column, say. Its
/// definition then holds a comment in that place.
bool NeedsFiller(const catalogue::Column& column);

/// The expression of a column's DEFAULT; empty when it has none or is an identity.
std::string DefaultExpression(const catalogue::Column& column);

/// The condition of a CHECK constraint, without the word CHECK.
std::string CheckExpression(const catalogue::Entity& entity, const catalogue::Check& check);

}  // namespace rowkeeper::sql
