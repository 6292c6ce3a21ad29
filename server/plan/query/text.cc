#include "server/plan/query/text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/pgtext/scanner.h"

namespace rowkeeper::plan {
namespace {

using pgtext::Token;

bool StartsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// The byte offset of a 1-based character; the text's size when it has fewer.
size_t OffsetOf(std::string_view text, int character) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (StartsCharacter(text[i]) && --character == 0) return i;
  }
  return text.size();
}

bool IsParameterName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) return false;
  }
  return true;
}

/// Goes through the words of a text and cuts it at its parameters.
class Reader {
 public:
  explicit Reader(QueryText* text) : text_(*text), written_(text->written) {}

  void Read() {
    if (const size_t nul = written_.find('\0'); nul != std::string::npos) {
      return Refuse("there is a NUL byte in it", nul);
    }
    pgtext::Tokens scanned = pgtext::Scan(written_);
    if (!scanned.problem.empty()) {
      text_.problem = scanned.problem;
      text_.position = scanned.position;
      return;
    }
    for (const Token& token : scanned.tokens) {
      if (token.kind != Token::Kind::kComment) words_.push_back(token);
    }
    while (!words_.empty() && WordAt(words_.size() - 1) == ";") words_.pop_back();
    if (words_.empty()) return Refuse("it holds no statement", 0);
    Cut();
  }

 private:
  void Refuse(std::string problem, size_t offset) {
    if (!text_.problem.empty()) return;
    text_.problem = std::move(problem);
    text_.position = CharacterAt(written_, offset);
  }

  std::string_view WordAt(size_t i) const {
    return std::string_view(written_).substr(words_[i].start, words_[i].end - words_[i].start);
  }

  void Cut() {
    size_t start = words_.front().start;
    for (size_t i = 0; i < words_.size(); ++i) {
      const std::string_view word = WordAt(i);
      if (words_[i].kind == Token::Kind::kParameter) {
        return Refuse(Cat("it has the parameter ", word, ", which has no name"), words_[i].start);
      }
      if (IsParameter(i)) {
        const size_t last = IsCallerTenant(i + 1) ? i + 3 : i + 1;
        std::string name = written_.substr(words_[i + 1].start, words_[last].end - words_[i + 1].start);
        text_.pieces.push_back({written_.substr(start, words_[i].start - start), std::move(name), start});
        i = last;
        start = words_[i].end;
        after_value_ = true;
        continue;
      }
      if (word == "(" || word == "[") brackets_.push_back(word[0]);
      if ((word == ")" || word == "]") && !brackets_.empty()) brackets_.pop_back();
      after_value_ = IsValueEnd(i);
    }
    text_.pieces.push_back({written_.substr(start, words_.back().end - start), "", start});
  }

  bool IsParameter(size_t i) const {
    if (WordAt(i) != ":" || i + 1 == words_.size() || words_[i + 1].start != words_[i].end) return false;
    const bool slice = !brackets_.empty() && brackets_.back() == '[' && after_value_;
    return !slice && IsParameterName(WordAt(i + 1));
  }

  bool IsCallerTenant(size_t i) const {
    const size_t start = words_[i].start;
    return i + 2 < words_.size() && words_[i + 2].end == start + kCallerTenant.size() &&
           std::string_view(written_).substr(start, kCallerTenant.size()) == kCallerTenant;
  }

  bool IsValueEnd(size_t i) const {
    switch (words_[i].kind) {
      case Token::Kind::kName:
      case Token::Kind::kNumber:
      case Token::Kind::kString:
        return true;
      default:
        return WordAt(i) == ")" || WordAt(i) == "]";
    }
  }

  QueryText& text_;
  const std::string& written_;
  std::vector<Token> words_;
  std::string brackets_;
  bool after_value_ = false;
};

}  // namespace

std::string QueryText::With(const std::function<std::string(const std::string&)>& name) const {
  std::string text;
  for (const Piece& piece : pieces) text += Cat(piece.text, piece.parameter.empty() ? "" : name(piece.parameter));
  return text;
}

std::pair<size_t, size_t> QueryText::PlaceOf(size_t offset,
                                             const std::function<std::string(const std::string&)>& name) const {
  size_t start = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const size_t end = start + pieces[i].text.size();
    const size_t next = end + (pieces[i].parameter.empty() ? 0 : name(pieces[i].parameter).size());
    if (offset <= end || offset < next || i + 1 == pieces.size()) {
      return {i, std::min(offset - start, pieces[i].text.size())};
    }
    start = next;
  }
  return {0, 0};
}

int QueryText::PositionOf(int character, const std::function<std::string(const std::string&)>& name) const {
  if (character <= 0 || pieces.empty()) return 0;
  const auto [piece, offset] = PlaceOf(OffsetOf(With(name), character), name);
  return CharacterAt(written, pieces[piece].offset + offset);
}

QueryText ReadQueryText(std::string_view written) {
  QueryText text;
  text.written = std::string(written);
  Reader(&text).Read();
  return text;
}

size_t EndOfCte(const std::string& text, size_t position) {
  const pgtext::Tokens scanned = pgtext::Scan(text);
  int depth = 0;
  bool body = false;
  for (const Token& token : scanned.tokens) {
    if (token.start < position || token.kind == Token::Kind::kComment) continue;
    const std::string_view word = std::string_view(text).substr(token.start, token.end - token.start);
    // `name (columns) AS [[NOT] MATERIALIZED] (statement)`
    if (depth == 0 && absl::EqualsIgnoreCase(absl::string_view(word.data(), word.size()), "as")) body = true;
    if (word == "(") ++depth;
    if (word == ")" && --depth == 0 && body) return token.start;
  }
  return text.size();
}

}  // namespace rowkeeper::plan
