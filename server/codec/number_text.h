#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// Numbers as text, without locale.
namespace rowkeeper::codec {

inline float FloatOfBits(uint64_t bits) {
  const auto low = static_cast<uint32_t>(bits);
  float value = 0;
  std::memcpy(&value, &low, sizeof value);
  return value;
}
inline double DoubleOfBits(uint64_t bits) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
inline uint64_t BitsOf(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline uint64_t BitsOf(double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

void AppendInteger(int64_t value, std::string* out);
void AppendInteger(uint64_t value, std::string* out);
/// The shortest text that reads back as the same number; NaN, Infinity and -Infinity as PostgreSQL and ProtoJSON write
/// them.
void AppendFloat(float value, std::string* out);
void AppendFloat(double value, std::string* out);

/// True when all of `text` is one number that the type can hold.
bool ParseInteger(std::string_view text, int64_t* value);
bool ParseInteger(std::string_view text, uint64_t* value);
bool ParseFloat(std::string_view text, float* value);
bool ParseFloat(std::string_view text, double* value);

/// Appends the bytes of a bytea as PostgreSQL writes them, whatever bytea_output is: `\x6100`, or `a\000`.
bool AppendBytea(std::string_view text, std::string* out);

}  // namespace rowkeeper::codec
