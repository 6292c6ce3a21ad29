#include "server/base/one_line.h"

namespace rowkeeper {
namespace {

/// Bytes of the control character that `text` begins with; 0: it begins with another one.
size_t ControlCharacter(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
  if (text.size() >= 2 && byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F) return 2;
  if (text.size() < 3 || byte(0) != 0xE2) return 0;
  const bool separates_or_turns = byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE;  // U+2028 to U+202E
  const bool isolates = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;            // U+2066 to U+2069
  return separates_or_turns || isolates ? 3 : 0;
}

}  // namespace

std::string OneLine(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const size_t control = ControlCharacter(text);
    line.push_back(control == 0 ? text.front() : ' ');
    text.remove_prefix(control == 0 ? 1 : control);
  }
  return line;
}

}  // namespace rowkeeper
