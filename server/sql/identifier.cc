#include "server/sql/identifier.h"

#include <algorithm>

#include "server/sql/live_names.h"

namespace rowkeeper::sql {
namespace {

void AppendDoubled(std::string_view text, char quote, std::string* out) {
  out->push_back(quote);
  for (char c : text) {
    if (c == quote) out->push_back(quote);
    out->push_back(c);
  }
  out->push_back(quote);
}

constexpr char kRow[] = "\"#row\"";

bool HasColumnOfItsName(const catalogue::Entity& entity) {
  const std::string& table = NamesScope::Of(entity);
  return entity.internal_id == table ||
         std::any_of(entity.columns.begin(), entity.columns.end(),
                     [&table](const catalogue::Column& column) { return NamesScope::Of(column) == table; });
}

}  // namespace

std::string Identifier(std::string_view name) {
  std::string out;
  AppendDoubled(name, '"', &out);
  return out;
}

std::string Literal(std::string_view text) {
  std::string out;
  if (text.find('\\') == std::string_view::npos) {
    AppendDoubled(text, '\'', &out);
    return out;
  }
  std::string escaped;
  for (char c : text) {
    if (c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  out = "E";
  AppendDoubled(escaped, '\'', &out);
  return out;
}

std::string Table(const catalogue::Entity& entity) { return InSchemaOf(entity, NamesScope::Of(entity)); }

std::string TableAlone(const catalogue::Entity& entity) { return Identifier(NamesScope::Of(entity)); }

std::string ColumnName(const catalogue::Column& column) { return Identifier(NamesScope::Of(column)); }

std::string TableRows(const catalogue::Entity& entity) {
  return HasColumnOfItsName(entity) ? Table(entity) + " AS " + kRow : Table(entity);
}

std::string RowName(const catalogue::Entity& entity) { return HasColumnOfItsName(entity) ? kRow : TableAlone(entity); }

std::string InSchemaOf(const catalogue::Entity& entity, std::string_view name) {
  if (entity.schema.empty()) return Identifier(name);
  return Identifier(entity.schema) + "." + Identifier(name);
}

}  // namespace rowkeeper::sql
