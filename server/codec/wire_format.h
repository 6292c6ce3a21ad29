#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// The protobuf wire format, byte by byte: what generated code accepts, this accepts, and nothing else.
namespace rowkeeper::codec {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kLength = 2, kStartGroup = 3, kEndGroup = 4, kFixed32 = 5 };

/// How deep messages and groups may nest below the outermost message, as in generated code.
inline constexpr int kMaxNesting = 100;

inline constexpr uint32_t MakeTag(int number, WireType type) {
  return static_cast<uint32_t>(number) << 3 | static_cast<uint32_t>(type);
}
inline constexpr WireType TypeOfTag(uint32_t tag) { return static_cast<WireType>(tag & 7); }
inline constexpr uint32_t NumberOfTag(uint32_t tag) { return tag >> 3; }

/// One occurrence of a field: `bits` of a varint or fixed value, `payload` of a length-delimited one.
struct Occurrence {
  WireType type = WireType::kVarint;
  uint64_t bits = 0;
  std::string_view payload;
};

/// Reads wire bytes in order. Every function returns false, and must not be followed by another, when the bytes end too
/// early or break a rule of the format. Does not own the bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool done() const { return next_ == end_; }

  /// Up to 5 bytes; bits beyond 32 are dropped.
  bool ReadTag(uint32_t* tag) {
    if (next_ != end_ && static_cast<uint8_t>(*next_) < 0x80) {
      *tag = static_cast<uint8_t>(*next_++);
      return true;
    }
    uint64_t value = 0;
    if (!ReadLongVarint(5, &value)) return false;
    *tag = static_cast<uint32_t>(value);
    return true;
  }

  /// Up to 10 bytes; bits beyond 64 are dropped.
  bool ReadVarint(uint64_t* value) {
    if (next_ != end_ && static_cast<uint8_t>(*next_) < 0x80) {
      *value = static_cast<uint8_t>(*next_++);
      return true;
    }
    return ReadLongVarint(10, value);
  }

  bool ReadFixed32(uint64_t* value) { return ReadFixed(4, value); }
  bool ReadFixed64(uint64_t* value) { return ReadFixed(8, value); }

  /// A length of up to 5 bytes and that many bytes after it.
  bool ReadLength(std::string_view* payload) {
    uint64_t size = 0;
    if (!ReadLongVarint(5, &size) || size > static_cast<uint64_t>(end_ - next_)) return false;
    *payload = std::string_view(next_, size);
    next_ += size;
    return true;
  }

  /// The value after a tag of any type but the group ones.
  bool ReadValue(WireType type, Occurrence* value);

  /// Passes over the value after `tag`, which is no field that we know. Groups count against `nesting_left`.
  bool Skip(uint32_t tag, int nesting_left);

 private:
  bool ReadFixed(int size, uint64_t* value) {
    if (end_ - next_ < size) return false;
    *value = 0;
    std::memcpy(value, next_, size);  // little endian, as the wire is
    next_ += size;
    return true;
  }
  bool ReadLongVarint(int max_bytes, uint64_t* value);
  bool SkipGroup(uint32_t start_tag, int nesting_left);

  const char* next_;
  const char* end_;
};

inline void AppendVarint(uint64_t value, std::string* out) {
  if (value < 0x80) return out->push_back(static_cast<char>(value));
  char buffer[10];
  int size = 0;
  for (; value >= 0x80; value >>= 7) buffer[size++] = static_cast<char>(value | 0x80);
  buffer[size++] = static_cast<char>(value);
  out->append(buffer, size);
}

inline void AppendFixed32(uint32_t value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}
inline void AppendFixed64(uint64_t value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}
inline void AppendLengthDelimited(std::string_view payload, std::string* out) {
  AppendVarint(payload.size(), out);
  out->append(payload);
}

/// Puts the length of everything that `append` appends to `out` in front of it and returns what `append` returns. An
/// exception leaves `out` without the length, of no use.
template <typename Append>
auto AppendLengthPrefixed(std::string* out, Append append) {
  const size_t start = out->size();
  out->push_back('\0');
  auto result = append();
  const uint64_t size = out->size() - start - 1;
  if (size < 0x80) {
    (*out)[start] = static_cast<char>(size);
    return result;
  }
  std::string prefix;
  AppendVarint(size, &prefix);
  out->replace(start, 1, prefix);
  return result;
}

}  // namespace rowkeeper::codec
