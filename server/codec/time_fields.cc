#include "server/codec/time_fields.h"

#include "server/codec/wire_format.h"

namespace rowkeeper::codec {
namespace {

/// Zero is left out, as for any field without presence.
void AppendIntegerField(int number, int64_t value, std::string* out) {
  if (value == 0) return;
  AppendVarint(MakeTag(number, WireType::kVarint), out);
  AppendVarint(static_cast<uint64_t>(value), out);
}

}  // namespace

void AppendTime(const TimeValue& value, std::string* out) {
  AppendIntegerField(1, value.seconds, out);
  AppendIntegerField(2, value.nanos, out);
}

void AppendDateFields(const DateValue& value, std::string* out) {
  AppendIntegerField(1, value.year, out);
  AppendIntegerField(2, value.month, out);
  AppendIntegerField(3, value.day, out);
}

}  // namespace rowkeeper::codec
