#include "server/sql/explain.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "server/base/text.h"

namespace rowkeeper::sql {
namespace {

constexpr std::string_view kPlanned[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE", "TABLE"};
constexpr std::string_view kTransactionControl[] = {"BEGIN",    "START",     "COMMIT", "END",
                                                    "ROLLBACK", "SAVEPOINT", "RELEASE"};
constexpr std::string_view kSpaces = " \t\r\n\f\v(";

/// Without the white space, comments and parentheses that it begins with. A comment that does not end leaves nothing.
std::string_view FromFirstWord(std::string_view text) {
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(kSpaces);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin);
    size_t end = 0;
    if (text.substr(0, 2) == "--") {
      end = text.find('\n');
    } else if (text.substr(0, 2) == "/*") {
      end = text.find("*/", 2);
      if (end != std::string_view::npos) ++end;
    } else {
      return text;
    }
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text;
}

std::string_view FirstWord(std::string_view text) {
  text = FromFirstWord(text);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto end = std::find_if_not(text.begin(), text.end(), is_letter);
  return text.substr(0, static_cast<size_t>(end - text.begin()));
}

template <size_t N>
bool BeginsWithOneOf(const std::string_view (&words)[N], std::string_view statement) {
  const std::string_view first = FirstWord(statement);
  return std::any_of(std::begin(words), std::end(words),
                     [first](std::string_view word) { return absl::EqualsIgnoreCase(ToAbsl(first), ToAbsl(word)); });
}

}  // namespace

std::optional<std::string> ExplainStatement(std::string_view statement) {
  if (!BeginsWithOneOf(kPlanned, statement)) return std::nullopt;
  return Cat("EXPLAIN ", statement);
}

bool ControlsTransaction(std::string_view statement) { return BeginsWithOneOf(kTransactionControl, statement); }

}  // namespace rowkeeper::sql
