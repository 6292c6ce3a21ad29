#pragma once

#include <optional>
#include <string>

#include "server/catalogue/entity.h"

namespace rowkeeper::schema {

/// What a column's DEFAULT gives to rows that leave the column out, as far as its text tells.
struct DefaultExpression {
  enum class Kind {
    kNull,      ///< NULL, which is no default
    kConstant,  ///< `text`, whatever types it is cast to
    kComputed,  ///< a call or another expression: now(), nextval(…)
  };
  Kind kind = Kind::kComputed;
  std::string text;
};

/// Reads an expression as pg_get_expr writes it.
DefaultExpression ReadDefault(const std::string& expression);

/// Whether it is what a create stores for a field without presence that is left empty: 0, false, '' or the label of the
/// enum's zero. False for what is computed.
bool IsZero(const catalogue::Column& column, const DefaultExpression& value);

/// The `default_value` option that declares it: the text form of the field's type. nullopt for what is computed and for
/// what the field cannot hold.
std::optional<std::string> AsDefaultValue(const catalogue::Column& column, const DefaultExpression& value);

/// Whether it is a constant of a scalar type that is surely another value than the column's declared default_value.
bool DiffersFromDeclared(const catalogue::Column& column, const DefaultExpression& value);

}  // namespace rowkeeper::schema
