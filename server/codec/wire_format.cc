#include "server/codec/wire_format.h"

namespace rowkeeper::codec {

bool Reader::ReadLongVarint(int max_bytes, uint64_t* value) {
  uint64_t result = 0;
  for (int i = 0; i < max_bytes; ++i) {
    if (next_ == end_) return false;
    const uint64_t byte = static_cast<uint8_t>(*next_++);
    result |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *value = result;
      return true;
    }
  }
  return false;
}

bool Reader::ReadValue(WireType type, Occurrence* value) {
  value->type = type;
  switch (type) {
    case WireType::kVarint:
      return ReadVarint(&value->bits);
    case WireType::kFixed64:
      return ReadFixed64(&value->bits);
    case WireType::kFixed32:
      return ReadFixed32(&value->bits);
    case WireType::kLength:
      return ReadLength(&value->payload);
    default:
      return false;
  }
}

bool Reader::Skip(uint32_t tag, int nesting_left) {
  if (NumberOfTag(tag) == 0) return false;
  if (TypeOfTag(tag) == WireType::kStartGroup) return SkipGroup(tag, nesting_left);
  Occurrence ignored;
  return ReadValue(TypeOfTag(tag), &ignored);
}

bool Reader::SkipGroup(uint32_t start_tag, int nesting_left) {
  if (nesting_left == 0) return false;
  const uint32_t end_tag = MakeTag(static_cast<int>(NumberOfTag(start_tag)), WireType::kEndGroup);
  while (true) {
    uint32_t tag = 0;
    if (!ReadTag(&tag)) return false;
    if (tag == end_tag) return true;
    if (!Skip(tag, nesting_left - 1)) return false;
  }
}

}  // namespace rowkeeper::codec
