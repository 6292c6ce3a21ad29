#include "server/schema/declared_use.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "server/base/text.h"
#include "server/pgtext/scanner.h"
#include "server/schema/names_before.h"
#include "server/schema/type_change.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using nlohmann::json;

/// Of "name" or "schema.name".
std::string_view SchemaOf(std::string_view name) {
  const size_t dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
}

/// As `migrate up` reads types: without quotes.
std::string DeclaredType(const catalogue::ValueType& type) {
  return type.native_enum.empty() ? sql::SqlType(type) : Cat(type.native_enum, type.array ? "[]" : "");
}

/// Whether a column of the type `now` is served like one of the type `declared`. Of uint64, numeric(20,0), not every
/// value of a wider one can be returned.
bool ServesType(const std::string& declared, const std::string& now) {
  if (declared == now) return true;
  const ParsedType from = ParseType(declared), to = ParseType(now);
  const bool texts = IsText(from) && IsText(to);
  const bool numerics = from.name == "numeric" && to.name == "numeric" && declared != "numeric(20,0)";
  if ((!texts && !numerics) || from.array || to.array) return false;
  return to.modifiers.empty() || JudgeTypeChange(from, to) != TypeChange::kUnsure;
}

/// What a server says of a column.
struct DeclaredPart {
  bool declared = false;
  bool nullable = false;
  bool has_default = false;
  std::string type;
};

/// nullopt: what it says cannot be read.
std::optional<DeclaredPart> ReadPart(const json& column) {
  const json null = column.value("null", json()), has_default = column.value("default", json());
  const json type = column.value("type", json());
  if (!null.is_boolean() || !has_default.is_boolean() || !type.is_string()) return std::nullopt;
  return DeclaredPart{true, null, has_default, type};
}

/// nullopt: what it says cannot be read.
std::optional<DeclaredPart> SaidOfColumn(const json& columns, const std::string& name) {
  if (!columns.is_object()) return std::nullopt;
  const auto column = columns.find(name);
  if (column == columns.end()) return DeclaredPart();
  return column->is_object() ? ReadPart(*column) : std::nullopt;
}

/// Two entities may share a table, and differ in what they say of a column.
void DeclareColumn(const std::string& name, const DeclaredPart& part, json* columns) {
  const DeclaredPart known = SaidOfColumn(*columns, name).value_or(DeclaredPart());
  const bool same = !known.declared || known.type == part.type;
  (*columns)[name] = {{"type", same ? part.type : ""},
                      {"null", known.nullable || part.nullable},
                      {"default", known.has_default || part.has_default}};
}

/// As PostgreSQL takes it: in lower case unless it is in quotes.
std::string WordOf(std::string_view text) {
  std::string word;
  if (text.front() != '"') {
    for (const char c : text) word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return word;
  }
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    word += text[i];
    if (text[i] == '"') ++i;
  }
  return word;
}

json QueryWords(const std::string& sql) {
  std::set<std::string> words;
  for (const pgtext::Token& token : pgtext::Scan(sql).tokens) {
    const bool word = token.kind == pgtext::Token::Kind::kName || token.kind == pgtext::Token::Kind::kReserved;
    if (word) words.insert(WordOf(std::string_view(sql).substr(token.start, token.end - token.start)));
  }
  return words;
}

/// Whether a server that has these columns of the table relies on what goes of it. Who does not know a column leaves it
/// out of the rows that it creates.
bool ReliesOnPart(const json& columns, const Departure& departure) {
  const std::optional<DeclaredPart> said = SaidOfColumn(columns, departure.column);
  if (!said.has_value()) return true;
  const DeclaredPart& column = *said;
  switch (departure.kind) {
    case Departure::Kind::kTable:
      return true;
    case Departure::Kind::kColumn:
      return column.declared;
    case Departure::Kind::kType:
      return column.declared && (departure.type.empty() || !ServesType(column.type, departure.type));
    case Departure::Kind::kNull:
      return !column.declared || column.nullable;
    case Departure::Kind::kNullable:
      return column.declared && !column.nullable;
    case Departure::Kind::kRequired:
      return !column.declared;
    case Departure::Kind::kNoDefault:
      return !column.declared || column.has_default;
    case Departure::Kind::kDefault:
      return column.declared && !column.nullable && !column.has_default;
    case Departure::Kind::kSchema:
    case Departure::Kind::kName:
    case Departure::Kind::kComment:
      break;
  }
  return false;
}

bool TablesRelyOn(const json& tables, const Departure& departure) {
  for (const auto& [table, columns] : tables.items()) {
    if (departure.kind == Departure::Kind::kSchema) {
      if (SchemaOf(table) == departure.table) return true;
    } else if (MayBeSameTable(table, departure.table) && ReliesOnPart(columns, departure)) {
      return true;
    }
  }
  return false;
}

bool QueryReliesOn(const json& words, const Departure& departure) {
  const auto names = [&](std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (!names(WithoutSchema(departure.table))) return false;
  switch (departure.kind) {
    case Departure::Kind::kTable:
      return true;
    case Departure::Kind::kColumn:
      return names(departure.column);
    case Departure::Kind::kNull:
    case Departure::Kind::kRequired:
    case Departure::Kind::kNoDefault:
      return (names("insert") || names("merge")) && !names(departure.column);
    case Departure::Kind::kType:  // what it takes a column to be is not known
    case Departure::Kind::kNullable:
    case Departure::Kind::kDefault:
    case Departure::Kind::kSchema:  // any word may be its name
    case Departure::Kind::kName:
    case Departure::Kind::kComment:
      break;
  }
  return false;
}

bool QueriesRelyOn(const json& queries, const Departure& departure) {
  return std::any_of(queries.begin(), queries.end(),
                     [&](const json& words) { return QueryReliesOn(words, departure); });
}

}  // namespace

json DeclaredUse(const catalogue::Catalogue& catalogue) {
  json tables = json::object(), messages = json::object(), queries = json::array();
  for (const auto& entity : catalogue.entities()) {
    const std::string table = entity->schema.empty() ? entity->table : Cat(entity->schema, ".", entity->table);
    json& columns = tables[table];
    json fields = json::object();
    if (columns.is_null()) columns = json::object();
    for (const catalogue::Column& column : entity->columns) {
      DeclareColumn(column.name, {true, column.nullable, column.has_default(), DeclaredType(column.type)}, &columns);
      fields[std::to_string(column.field->number())] = column.name;
    }
    const bool follows = entity->tenancy == nullptr;  // see sql::LiveNames
    if (follows) messages[entity->full_name] = {{"table", table}, {"fields", std::move(fields)}};
    if (!entity->internal_id.empty()) DeclareColumn(entity->internal_id, {true, false, true, ""}, &columns);
  }
  for (const catalogue::Repository& repository : catalogue.repositories()) {
    for (const catalogue::Method& method : repository.methods) {
      if (const auto* query = std::get_if<catalogue::QueryOptions>(&method.options)) {
        queries.push_back(QueryWords(query->sql));
      }
    }
  }
  return {{"tables", std::move(tables)}, {"messages", std::move(messages)}, {"queries", std::move(queries)}};
}

Reliance::Reliance(const json& use, const MarkedTables& marked) : followed_(use, marked) {
  if (!use.is_object()) return;
  const auto tables = use.find("tables"), queries = use.find("queries");
  if (tables == use.end() || !tables->is_object() || queries == use.end() || !queries->is_array()) return;
  tables_ = &*tables;
  queries_ = &*queries;
}

bool Reliance::On(const Departure& departure) const {
  if (IsOfNames(departure.kind)) return followed_.Loses(departure);
  if (tables_ == nullptr || QueriesRelyOn(*queries_, departure)) return true;
  if (followed_.Finds(departure)) return false;
  const std::vector<Departure> declared = followed_.AsDeclared(departure);
  return TablesRelyOn(*tables_, departure) || std::any_of(declared.begin(), declared.end(), [&](const Departure& one) {
           return TablesRelyOn(*tables_, one);
         });
}

}  // namespace rowkeeper::schema
