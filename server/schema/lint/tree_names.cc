#include "server/schema/lint/tree_names.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/pgtext/tree.h"

namespace rowkeeper::schema {
namespace {

using nlohmann::json;
using pgtext::Member;

struct TypeSpelling {
  const char* internal;
  const char* words;
};

/// As format_type() writes what the grammar calls otherwise.
constexpr TypeSpelling kSpellings[] = {
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"bool", "boolean"},
    {"varchar", "character varying"},
    {"bpchar", "character"},
    {"timestamptz", "timestamp with time zone"},
    {"timestamp", "timestamp without time zone"},
};

std::string SpellType(const std::string& internal) {
  for (const TypeSpelling& spelling : kSpellings) {
    if (internal == spelling.internal) return spelling.words;
  }
  return internal;
}

/// The last of a name's words, unless it is in a schema of people's own.
std::string BuiltInName(const json& names) {
  const std::vector<std::string> words = pgtext::Strings(names);
  if (words.empty() || words.size() > 2 || (words.size() == 2 && words[0] != "pg_catalog")) return "";
  return words.back();
}

/// Of PostgreSQL's functions, those that people write into defaults and that give all rows of a statement one value.
bool GivesOneValue(const std::string& function) {
  const std::string name = HasPrefix(function, "pg_catalog.") ? function.substr(11) : function;
  return IsOneOf(name, {"now",
                        "transaction_timestamp",
                        "statement_timestamp",
                        "lower",
                        "upper",
                        "concat",
                        "to_timestamp",
                        "to_date",
                        "to_char",
                        "date_trunc",
                        "make_interval",
                        "make_date",
                        "timezone",
                        "jsonb_build_object",
                        "jsonb_build_array",
                        "json_build_object",
                        "to_jsonb",
                        "array_fill",
                        "current_setting",
                        "current_database",
                        "numrange",
                        "int4range",
                        "int8range",
                        "tstzrange",
                        "current_user",
                        "session_user",
                        "decode",
                        "convert_to",
                        "md5",
                        "repeat",
                        "string_to_array",
                        "to_tsvector"});
}

}  // namespace

std::string RelationName(const json& range) {
  if (!range.is_object()) return "";
  const std::string schema = range.value("schemaname", ""), name = range.value("relname", "");
  return schema.empty() ? name : Cat(schema, ".", name);
}

std::string DottedName(const json& names) {
  const json& list = Member(names, "List");
  if (list.is_object()) return DottedName(Member(list, "items"));
  const json& type = Member(names, "TypeName");
  if (type.is_object()) return DottedName(Member(type, "names"));
  const json& string = Member(names, "String");
  if (string.is_object()) return string.value("sval", "");
  return names.is_array() ? absl::StrJoin(pgtext::Strings(names), ".") : "";
}

std::string TypeText(const json& type) {
  if (!type.is_object()) return "";
  const std::string internal = BuiltInName(Member(type, "names"));
  if (internal.empty() || IsSerial(type)) return "";
  std::vector<std::string> modifiers;
  for (const json& modifier : Member(type, "typmods")) {
    const json& integer = Member(Member(modifier, "A_Const"), "ival");
    if (!integer.is_object()) return "";
    modifiers.push_back(std::to_string(integer.value("ival", 0)));
  }
  // numeric(10) is numeric(10,0)
  if (internal == "numeric" && modifiers.size() == 1) modifiers.emplace_back("0");
  const std::string inside = modifiers.empty() ? "" : Cat("(", absl::StrJoin(modifiers, ","), ")");
  return Cat(SpellType(internal), inside, type.contains("arrayBounds") ? "[]" : "");
}

bool IsSerial(const json& type) {
  return IsOneOf(BuiltInName(Member(type, "names")),
                 {"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"});
}

bool IsVolatile(const json& expression) {
  const std::set<std::string> functions = pgtext::CalledFunctions(expression);
  return !std::all_of(functions.begin(), functions.end(), GivesOneValue);
}

bool IsCastOf(const json& expression, const std::string& column, const std::string& type) {
  const json& cast = Member(expression, "TypeCast");
  if (!cast.is_object() || TypeText(Member(cast, "typeName")) != type) return false;
  const json& value = Member(Member(cast, "arg"), "ColumnRef");
  return pgtext::Strings(Member(value, "fields")) == std::vector<std::string>{column};
}

std::string ColumnProvenNotNull(const json& expression) {
  const json& test = Member(expression, "NullTest");
  if (!test.is_object() || test.value("nulltesttype", "") != "IS_NOT_NULL") return "";
  const json& column = Member(Member(test, "arg"), "ColumnRef");
  const std::vector<std::string> words = pgtext::Strings(Member(column, "fields"));
  return words.empty() ? "" : words.back();
}

}  // namespace rowkeeper::schema
