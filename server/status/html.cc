#include "server/status/html.h"

#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::status {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Bytes of a character at the beginning of `text` that is not to be shown; 0: it may be.
size_t HiddenPrefix(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first == 0x7F || (first < 0x20 && first != '\n' && first != '\t')) return 1;
  if (first == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) return 2;  // C1 controls
  if (text.size() < 3 || first != 0xE2) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const auto third = static_cast<unsigned char>(text[2]);
  const bool mark = second == 0x80 && (third == 0x8E || third == 0x8F);     // U+200E, U+200F
  const bool embedding = second == 0x80 && third >= 0xA8 && third <= 0xAE;  // U+2028 to U+202E
  const bool isolate = second == 0x81 && third >= 0xA6 && third <= 0xA9;    // U+2066 to U+2069
  return mark || embedding || isolate ? 3 : 0;
}

std::string_view Entity(char character) {
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return "";
  }
}

}  // namespace

void AppendEscaped(std::string_view text, std::string* out) {
  const std::string repaired = RepairUtf8(text);
  std::string_view rest = repaired;
  while (!rest.empty()) {
    const size_t hidden = HiddenPrefix(rest);
    const std::string_view entity = Entity(rest.front());
    if (hidden > 0) {
      out->append(kReplacement);
    } else if (!entity.empty()) {
      out->append(entity);
    } else {
      out->push_back(rest.front());
    }
    rest.remove_prefix(hidden > 0 ? hidden : 1);
  }
}

size_t EscapedSize(std::string_view text) {
  std::string escaped;
  AppendEscaped(text, &escaped);
  return escaped.size();
}

void Html::Begin(HtmlName tag, Attributes attributes) {
  text_.append("<").append(tag.text());
  for (const auto& [name, value] : attributes) {
    text_.append(" ").append(name.text()).append("=\"");
    AppendEscaped(value, &text_);
    text_.push_back('"');
  }
  text_.push_back('>');
}

void Html::End(HtmlName tag) { text_.append(Cat("</", tag.text(), ">")); }

Html::Element Html::Open(HtmlName tag, Attributes attributes) {
  Begin(tag, attributes);
  return Element(this, tag);
}

void Html::Add(HtmlName tag, std::string_view text, Attributes attributes) {
  Begin(tag, attributes);
  Text(text);
  End(tag);
}

void Html::Void(HtmlName tag, Attributes attributes) { Begin(tag, attributes); }

void Html::Text(std::string_view text) { AppendEscaped(text, &text_); }

}  // namespace rowkeeper::status
