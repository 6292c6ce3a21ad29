#include "server/plan/filter/search_words.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"

namespace rowkeeper::plan {
namespace {

/// Takes the first character off `text`, which is not empty and well-formed.
char32_t TakeCharacter(std::string_view* text) {
  const auto lead = static_cast<unsigned char>(text->front());
  const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t character = length == 1 ? lead : lead & (0x7Fu >> length);
  for (size_t i = 1; i < length && i < text->size(); ++i) {
    character = character << 6 | (static_cast<unsigned char>((*text)[i]) & 0x3Fu);
  }
  text->remove_prefix(std::min(length, text->size()));
  return character;
}

bool IsAsciiPart(char32_t c) { return c < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(c)); }

/// In the locale C every character beyond ASCII is a letter to PostgreSQL.
bool IsPartInC(char32_t c) { return c >= 0x80 || IsAsciiPart(c); }

/// In all other locales it asks the C library, which has the same table for all of them, and adds marks that combine
/// with a letter. Only the most usual ones are taken for such here: the others end a word, which makes it two.
bool IsPart(char32_t c) {
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (c < 0x80) return IsAsciiPart(c);
  if (c >= 0x300 && c < 0x370) return true;
  return unicode != nullptr && iswalnum_l(static_cast<wint_t>(c), unicode) != 0;
}

template <typename IsPartOfWord>
int Count(std::string_view text, IsPartOfWord is_part) {
  int words = 0;
  bool inside = false;
  bool joined = false;  // by a hyphen, to a part before it
  while (!text.empty()) {
    const char32_t character = TakeCharacter(&text);
    const bool part = is_part(character);
    if (part && !inside) words += joined ? 2 : 1;
    joined = inside && character == '-';
    inside = part;
  }
  return words;
}

}  // namespace

int CountSearchWords(std::string_view text) { return std::max(Count(text, IsPart), Count(text, IsPartInC)); }

}  // namespace rowkeeper::plan
