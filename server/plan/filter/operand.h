#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/catalogue/entity.h"
#include "server/plan/filter/scanner.h"

namespace rowkeeper::plan {

/// What of a jsonb column's value a filter expression can look into.
enum class JsonObject {
  kNone,     ///< no object, or one of a message type
  kKeys,     ///< its keys only
  kTexts,    ///< its members, all of which are strings in JSON
  kScalars,  ///< its members, numbers or booleans
  kAny,      ///< google.protobuf.Struct: its members, and what is in them
};

JsonObject JsonObjectOf(const catalogue::Column& column);

bool IsPlainText(const catalogue::Column& column);
/// Whether PostgreSQL's order of the values is one that means something.
bool HasOrder(const catalogue::Column& column);

/// `value` as one value (of an array: as an element) of `column`, in PostgreSQL's text form. nullopt: `*remedy` says
/// what to write.
std::optional<std::string> ReadOperand(const catalogue::Column& column, const FilterValue& value, std::string* remedy);

/// A pattern for LIKE: stars become %, everything else means itself.
std::string LikePattern(const FilterValue& value);

/// `value` as JSON: a quoted text is a string; a bare one may be a number, true or false where the object's members
/// can be.
std::string JsonOperand(const FilterValue& value, JsonObject object);
std::string JsonString(std::string_view text);

}  // namespace rowkeeper::plan
