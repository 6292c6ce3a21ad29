#include "server/codec/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "server/base/utf8.h"

namespace rowkeeper::codec {

bool IsValidUtf8(std::string_view text) {
  // Most text is ASCII: pass over that eight bytes at a time.
  size_t ascii = 0;
  for (uint64_t word = 0; ascii + sizeof word <= text.size(); ascii += sizeof word) {
    std::memcpy(&word, text.data() + ascii, sizeof word);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  const std::string_view rest = text.substr(ascii);
  return ValidUtf8Prefix(rest) == rest.size();
}

size_t CountCharacters(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool HasNul(std::string_view text) { return !text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr; }

}  // namespace rowkeeper::codec
