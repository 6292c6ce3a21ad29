#include "server/base/utf8.h"

#include <algorithm>

namespace rowkeeper {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

unsigned char At(std::string_view text, size_t index) { return static_cast<unsigned char>(text[index]); }

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

/// Length of the well-formed sequence that `text` starts with (RFC 3629), or 0. `text` is not empty.
size_t SequenceLength(std::string_view text) {
  const unsigned char lead = At(text, 0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  const unsigned char second = At(text, 1);
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (!IsContinuation(At(text, i))) return 0;
  }
  return length;
}

}  // namespace

size_t ValidUtf8Prefix(std::string_view text) {
  size_t position = 0;
  while (position < text.size()) {
    const size_t length = SequenceLength(text.substr(position));
    if (length == 0) break;
    position += length;
  }
  return position;
}

int CharacterAt(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return 1 + static_cast<int>(std::count_if(before.begin(), before.end(), starts));
}

bool IsPrintableWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string RepairUtf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  while (!text.empty()) {
    const size_t valid = ValidUtf8Prefix(text);
    repaired.append(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) break;
    repaired.append(kReplacement);
    text.remove_prefix(1);
  }
  return repaired;
}

std::string ShortenUtf8(std::string_view text, size_t max_bytes) {
  // Repair only as much as can be shown: the text may be a whole request.
  std::string shown = RepairUtf8(text.substr(0, max_bytes + 4));
  if (shown.size() <= max_bytes && text.size() <= max_bytes) return shown;
  size_t keep = max_bytes - kEllipsis.size();
  while (keep > 0 && IsContinuation(At(shown, keep))) --keep;
  shown.resize(keep);
  shown.append(kEllipsis);
  return shown;
}

}  // namespace rowkeeper
