#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

namespace rowkeeper::schema {

/// "name" or "schema.name" of a RangeVar's fields; empty where there is none.
std::string RelationName(const nlohmann::json& range);
/// A list of strings, or of nodes with a list of strings, as one dotted name.
std::string DottedName(const nlohmann::json& names);
/// A TypeName's fields as format_type() writes the type; empty where only a database could tell.
std::string TypeText(const nlohmann::json& type);
/// serial, bigserial, smallserial
bool IsSerial(const nlohmann::json& type);
/// Whether an expression may have another value for each row: it calls a function that is not known to be stable.
bool IsVolatile(const nlohmann::json& expression);
/// Whether an expression is no more than the column as a value of the type, "title"::varchar(30): what a change of its
/// type does without any expression.
bool IsCastOf(const nlohmann::json& expression, const std::string& column, const std::string& type);
/// The column of `column IS NOT NULL`; empty when the expression is another one.
std::string ColumnProvenNotNull(const nlohmann::json& expression);

}  // namespace rowkeeper::schema
