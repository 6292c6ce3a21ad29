#include "server/schema/lint/allow_comments.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/pgtext/scanner.h"

namespace rowkeeper::schema {
namespace {

constexpr char kAllow[] = "rowkeeper:allow";

/// What stands in a comment; "" for those of several lines.
absl::string_view WordsOf(absl::string_view comment) {
  return absl::ConsumePrefix(&comment, "--") ? absl::StripAsciiWhitespace(comment) : absl::string_view();
}

}  // namespace

std::vector<AllowComment> AllowComments(const std::string& text) {
  std::vector<AllowComment> allows;
  for (const pgtext::Token& token : pgtext::Scan(text).tokens) {
    if (token.kind != pgtext::Token::Kind::kComment) continue;
    absl::string_view words = WordsOf(absl::string_view(text).substr(token.start, token.end - token.start));
    if (!absl::ConsumePrefix(&words, kAllow)) continue;
    words = absl::StripLeadingAsciiWhitespace(words);
    const size_t end = std::min(words.find_first_of(" \t"), words.size());
    AllowComment allow;
    allow.offset = token.start;
    allow.line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + token.start, '\n'));
    allow.rule = std::string(words.substr(0, end));
    allow.reason = std::string(absl::StripAsciiWhitespace(words.substr(end)));
    allows.push_back(std::move(allow));
  }
  return allows;
}

std::string WriteAllowComment(std::string_view rule, std::string_view reason) {
  return Cat("-- ", kAllow, " ", rule, " ", OneLine(reason));
}

}  // namespace rowkeeper::schema
