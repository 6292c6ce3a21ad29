#include "server/base/statement_text.h"

#include <algorithm>

#include "server/base/text.h"

namespace rowkeeper {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\f\v";
constexpr std::string_view kOpening = "/*rowkeeper:";
constexpr std::string_view kClosing = "*/";

/// The end of the block comment that `text` begins with; they nest. npos: it has none.
size_t EndOfBlock(std::string_view text) {
  int depth = 0;
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    const std::string_view two = text.substr(at, 2);
    if (two != "/*" && two != kClosing) continue;
    depth += two == "/*" ? 1 : -1;
    ++at;
    if (depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

}  // namespace

std::string WithPurpose(std::string_view purpose, std::string_view statement) {
  return Cat(kOpening, purpose, kClosing, " ", statement);
}

std::string_view PurposeOf(std::string_view statement) {
  if (statement.substr(0, kOpening.size()) != kOpening) return {};
  statement.remove_prefix(kOpening.size());
  const size_t end = statement.find(kClosing);
  return end == std::string_view::npos ? std::string_view() : statement.substr(0, end);
}

std::string_view SkipComments(std::string_view statement) {
  while (true) {
    statement.remove_prefix(std::min(statement.find_first_not_of(kSpaces), statement.size()));
    size_t end = 0;
    if (statement.substr(0, 2) == "--") {
      end = statement.find('\n');
    } else if (statement.substr(0, 2) == "/*") {
      end = EndOfBlock(statement);
    } else {
      return statement;
    }
    if (end == std::string_view::npos) return {};
    statement.remove_prefix(end);
  }
}

}  // namespace rowkeeper
