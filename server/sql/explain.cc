#include "server/sql/explain.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "server/base/statement_text.h"
#include "server/base/text.h"

namespace rowkeeper::sql {
namespace {

constexpr std::string_view kPlanned[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE", "TABLE"};
constexpr std::string_view kTransactionControl[] = {"BEGIN",    "START",     "COMMIT", "END",
                                                    "ROLLBACK", "SAVEPOINT", "RELEASE"};

/// Without the white space, comments and parentheses that it begins with.
std::string_view FromFirstWord(std::string_view text) {
  text = SkipComments(text);
  while (text.substr(0, 1) == "(") text = SkipComments(text.substr(1));
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
