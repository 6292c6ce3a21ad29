#include "server/db/error_origin.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "server/base/text.h"

namespace rowkeeper::db {
namespace {

/// What languages raise errors with.
bool IsRaise(const PgError& error) {
  return IsOneOf(error.source_function, {"exec_stmt_raise", "exec_stmt_assert", "PLy_elog_impl", "PLy_output",
                                         "do_util_elog", "croak_cstr", "pltcl_elog"});
}

/// PostgreSQL and the SQL standard have no other classes; theirs are raised by nobody else, at least in theory.
bool IsOfNoClassOfPostgres(std::string_view sqlstate) {
  return sqlstate.size() == 5 &&
         !IsOneOf(sqlstate.substr(0, 2),
                  {"00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21",
                   "22", "23", "24", "25", "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D",
                   "3F", "40", "42", "44", "53", "54", "55", "57", "58", "72", "F0", "HV", "P0", "XX"});
}

std::string_view TakeLine(std::string_view* text) {
  const size_t end = text->find('\n');
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return line;
}

/// A body's line names its language in all translations.
bool IsOfCode(std::string_view line) {
  return line.find("PL/") != std::string_view::npos || line.find("SQL") != std::string_view::npos;
}

/// "unnamed portal parameter $2" and "portal "x" with parameters: $1 = …", in every language alike up to the "$".
bool NamesParameters(std::string_view line) {
  if (HasPrefix(line, "unnamed portal ") || HasPrefix(line, "portal \"")) return true;
  if (IsOfCode(line)) return false;
  const size_t dollar = line.find('$');
  return dollar != std::string_view::npos && dollar + 1 < line.size() &&
         std::isdigit(static_cast<unsigned char>(line[dollar + 1])) != 0;
}

/// Functions of PostgreSQL that put a line of their own in front: where a text is no JSON, what another server was
/// sent.
bool AddsALine(const PgError& error) {
  return HasPrefix(error.context, "JSON data, line ") || HasPrefix(error.context, "remote SQL command: ") ||
         IsOneOf(error.source_function, {"json_ereport_error", "json_errsave_error", "report_json_context",
                                         "report_parse_error", "pgfdw_report_error"});
}

/// The context without what PostgreSQL adds to errors of statements that call no code. The values of parameters come
/// last.
std::string_view CodeContext(const PgError& error) {
  std::string_view context = error.context;
  if (AddsALine(error)) TakeLine(&context);
  std::string_view rest = context;
  while (!rest.empty()) {
    const size_t begin = context.size() - rest.size();
    const std::string_view line = TakeLine(&rest);
    if (NamesParameters(line) || line == "parallel worker") return context.substr(0, begin == 0 ? 0 : begin - 1);
  }
  return context;
}

/// The statement of a referential action is PostgreSQL's own, and there is nothing around it.
bool IsForeignKeyAction(std::string_view context) {
  return context.find('\n') == std::string_view::npos && context.find(" ONLY \"") != std::string_view::npos &&
         context.find("$1 OPERATOR(pg_catalog.") != std::string_view::npos;
}

/// Names as PostgreSQL writes them.
bool LooksLikeASignature(std::string_view text) {
  constexpr std::string_view kMarks = "_$.\"(), []";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return c >= 0x80 || std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

constexpr std::string_view kOpeningQuotes[] = {"\"", "\u00bb", "\u00ab", "\u201c", "\u201e"};
constexpr std::string_view kClosingQuotes[] = {"\"", "\u00ab", "\u00bb", "\u201d", "\u201c"};

bool HoldsAnOpeningQuote(std::string_view text) {
  return std::any_of(std::begin(kOpeningQuotes), std::end(kOpeningQuotes),
                     [&](std::string_view quote) { return text.find(quote) != std::string_view::npos; });
}

bool EndsInAQuote(std::string_view text) {
  return std::any_of(std::begin(kClosingQuotes), std::end(kClosingQuotes), [&](std::string_view quote) {
    return text.size() >= quote.size() && text.substr(text.size() - quote.size()) == quote;
  });
}

/// "f(integer)" of "PL/pgSQL function f(integer) line 3 at RAISE", and of its translations: the first word with
/// parentheses, and nothing quoted before it, which would be a statement.
std::string_view SignatureWithArguments(std::string_view line) {
  const size_t open = line.find('(');
  const size_t close = line.find(')', open);
  if (line.find("PL/") == std::string_view::npos || close == std::string_view::npos) return {};
  const size_t space = line.rfind(' ', open);
  if (space == std::string_view::npos || HoldsAnOpeningQuote(line.substr(0, space))) return {};
  return line.substr(space + 1, close - space);
}

/// The quoted name in "SQL function "half" statement 1" and the like.
std::string_view QuotedName(std::string_view line) {
  for (const std::string_view prefix : {"SQL function ", "PL/Python function ", "PL/Perl function "}) {
    if (!HasPrefix(line, prefix)) continue;
    line.remove_prefix(prefix.size());
    return line.substr(0, std::min(line.find(" statement "), line.find(" during ")));
  }
  return {};
}

std::string_view SignatureIn(std::string_view line) {
  const std::string_view name = QuotedName(line);
  const std::string_view signature = name.empty() ? SignatureWithArguments(line) : name;
  return LooksLikeASignature(signature) ? signature : std::string_view();
}

}  // namespace

ErrorOrigin OriginOf(const PgError& error) {
  if (IsRaise(error) || IsOfNoClassOfPostgres(error.sqlstate) || error.sqlstate == "P0001") {
    return ErrorOrigin::kRaised;
  }
  if (!error.internal_query.empty()) return ErrorOrigin::kBody;
  const std::string_view context = CodeContext(error);
  if (context.empty() || error.position > 0) return ErrorOrigin::kStatement;
  return IsForeignKeyAction(context) ? ErrorOrigin::kForeignKeyAction : ErrorOrigin::kBody;
}

std::string FunctionOf(const PgError& error) {
  std::string_view rest = CodeContext(error);
  bool in_statement = false;  // of several lines, which may hold anything
  while (!rest.empty()) {
    const std::string_view line = TakeLine(&rest);
    if (!in_statement) {
      if (const std::string_view signature = SignatureIn(line); !signature.empty()) return std::string(signature);
      in_statement = IsOfCode(line);
    }
    if (EndsInAQuote(line)) in_statement = false;
  }
  return "";
}

}  // namespace rowkeeper::db
