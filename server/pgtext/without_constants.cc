#include "server/pgtext/without_constants.h"

#include <algorithm>

#include "server/pgtext/scanner.h"

namespace rowkeeper::pgtext {
namespace {

constexpr char kMore[] = "...";
constexpr char kWhereConstantsBegin[] = "'\"$/-";

std::string Shown(const std::string& text, const Token& token) {
  const bool constant = token.kind == Token::Kind::kNumber || token.kind == Token::Kind::kString;
  return constant ? "?" : text.substr(token.start, token.end - token.start);
}

std::string Join(const std::string& text, const Tokens& scanned) {
  std::string shown;
  size_t end = 0;
  for (const Token& token : scanned.tokens) {
    if (token.kind == Token::Kind::kComment) continue;
    if (!shown.empty() && token.start > end) shown += " ";
    shown += Shown(text, token);
    end = token.end;
  }
  return shown;
}

std::string Cut(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit) + kMore;
}

}  // namespace

std::string WithoutConstants(const std::string& text, size_t limit) {
  const Tokens scanned = Scan(text);
  if (scanned.problem.empty()) return Cut(Join(text, scanned), limit);
  const std::string before = text.substr(0, std::min(text.find_first_of(kWhereConstantsBegin), text.size()));
  const Tokens words = Scan(before);
  return words.problem.empty() ? Cut(Join(before, words), limit) + kMore : kMore;
}

}  // namespace rowkeeper::pgtext
