#include "tests/fuzz/random_messages.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace rowkeeper::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Odds of a value that PostgreSQL cannot hold: small, because a request has hundreds of values.
constexpr int kRefusedOdds = 2000;

int64_t Integer(Random* random) {
  switch (random->Below(6)) {
    case 0:
      return 0;
    case 1:
      return random->OneIn(2) ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
    case 2:
      return random->OneIn(2) ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int32_t>::max();
    case 3:
      return static_cast<int64_t>(random->Bits());
    default:
      return random->Below(300) - 100;
  }
}

double Floating(Random* random) {
  static const double kEdges[] = {0.0, -0.0, NAN,  INFINITY, -INFINITY, 5e-324, 1.7976931348623157e308,
                                  0.1, 1e20, 1e-7, -2.5,     123456789, 3.4e38, 16777217};
  if (random->OneIn(3)) return kEdges[random->Below(14)];
  if (random->OneIn(2)) return random->Below(2000) / 16.0 - 50;
  uint64_t bits = random->Bits();
  double value = 0;
  static_assert(sizeof value == sizeof bits);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::string Hex(int digits, Random* random) {
  std::string text;
  const char* const alphabet = random->OneIn(4) ? "0123456789ABCDEF" : "0123456789abcdef";
  for (int i = 0; i < digits; ++i) text.push_back(alphabet[random->Below(16)]);
  return text;
}

std::string Uuid(Random* random) {
  if (random->OneIn(kRefusedOdds)) return random->OneIn(2) ? "{" + Hex(34, random) + "}" : Hex(36, random);
  if (random->OneIn(5)) return Hex(32, random);
  return Hex(8, random) + "-" + Hex(4, random) + "-" + Hex(4, random) + "-" + Hex(4, random) + "-" + Hex(12, random);
}

std::string Decimal(Random* random) {
  static const char* const kGood[] = {"0", "-1", "+12.5", "0001234567.125", "-0.001", "9999999.999", "1.50"};
  static const char* const kBad[] = {"",   "1e5", "NaN", "1.2345", "12345678", ".5",
                                     "5.", "--1", "1 ",  "0x1",    "Infinity"};
  return random->OneIn(kRefusedOdds) ? kBad[random->Below(11)] : kGood[random->Below(7)];
}

std::string Text(int max_pieces, Random* random) {
  static const char* const kPieces[] = {"a",
                                        "B c",
                                        "\"",
                                        "\\",
                                        ",",
                                        "{",
                                        "}",
                                        "NULL",
                                        "null",
                                        "\xc3\xa9",
                                        "'",
                                        "\n",
                                        "\t",
                                        "/",
                                        "\x01",
                                        "\x7f",
                                        "$1",
                                        ";",
                                        " ",
                                        "\xe2\x82\xac",
                                        "\xf0\x9f\x98\x80",
                                        "\xed\x9f\xbf",
                                        "\xef\xbf\xbf",
                                        "\xf4\x8f\xbf\xbf"};
  std::string text;
  const int pieces = random->Below(max_pieces + 1);
  for (int i = 0; i < pieces; ++i) text += kPieces[random->Below(24)];
  if (random->OneIn(kRefusedOdds)) text.insert(text.size() / 2, 1, '\0');
  return text;
}

std::string Bytes(Random* random) {
  std::string bytes;
  const int size = random->OneIn(8) ? random->Below(300) : random->Below(20);
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(random->Bits()));
  return bytes;
}

std::string StringFor(const FieldDescriptor& field, Random* random) {
  const std::string& name = field.name();
  const bool uuid = name.find("uuid") != std::string::npos;
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    if (!uuid) return Bytes(random);
    std::string bytes(random->OneIn(kRefusedOdds) ? 15 : 16, '\0');
    for (char& c : bytes) c = static_cast<char>(random->Bits());
    return bytes;
  }
  if (uuid) return Uuid(random);
  if (name.find("decimal") != std::string::npos) return Decimal(random);
  if (name.find("short") != std::string::npos) return Text(random->OneIn(kRefusedOdds) ? 8 : 1, random);
  if (name == "paths") {
    static const char* const kPaths[] = {"a", "foo_bar", "a.b_c.d", "x1"};
    static const char* const kBad[] = {"", "Upper", "a__b", "a_1", "a,b", "_", "a_"};
    return random->OneIn(kRefusedOdds) ? kBad[random->Below(7)] : kPaths[random->Below(4)];
  }
  return Text(6, random);
}

int EnumNumber(const FieldDescriptor& field, Random* random) {
  if (random->OneIn(kRefusedOdds)) return random->Below(100) - 50;
  // An element of an array must have a label; zero of Color has none.
  const int first = field.is_repeated() && !random->OneIn(kRefusedOdds) ? 1 : 0;
  const auto& type = *field.enum_type();
  return type.value(first >= type.value_count() ? 0 : first + random->Below(type.value_count() - first))->number();
}

/// Seconds, nanos, or year, month and day.
bool RandomizeTime(Message* message, Random* random) {
  const std::string& name = message->GetDescriptor()->full_name();
  const auto& reflection = *message->GetReflection();
  const auto field = [message](int number) { return message->GetDescriptor()->FindFieldByNumber(number); };
  const bool bad = random->OneIn(kRefusedOdds / 4);
  if (name == "google.type.Date") {
    reflection.SetInt32(message, field(1), random->OneIn(9) ? 2024 : 1 + random->Below(9999));
    reflection.SetInt32(message, field(2), 1 + random->Below(bad ? 14 : 12));
    reflection.SetInt32(message, field(3), 1 + random->Below(bad ? 32 : 28));
    return true;
  }
  const bool timestamp = name == "google.protobuf.Timestamp";
  if (!timestamp && name != "google.protobuf.Duration") return false;
  static const int64_t kEdges[] = {-62135596800, 253402300799, -1,           0,
                                   951782400,    1709164800,   -62135596801, 253402300800};
  int64_t seconds = random->OneIn(3) ? kEdges[random->Below(bad ? 8 : 6)] : random->Below(2000000000) - 1000000000;
  int nanos = random->OneIn(3) ? 0 : random->OneIn(2) ? random->Below(1000000000) : random->Below(1000) * 1000000;
  if (!timestamp && seconds < 0) nanos = -nanos;
  if (bad && random->OneIn(2)) nanos = -nanos;
  if (bad && !timestamp) seconds *= 1000;
  reflection.SetInt64(message, field(1), seconds);
  reflection.SetInt32(message, field(2), nanos);
  return true;
}

void RandomizeField(Message* message, const FieldDescriptor& field, int depth, int sparseness, Random* random) {
  const auto& reflection = *message->GetReflection();
  const bool many = field.is_repeated();
  const auto set = [&](auto setter, auto adder, auto value) {
    many ? (reflection.*adder)(message, &field, value) : (reflection.*setter)(message, &field, value);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      set(&Reflection::SetBool, &Reflection::AddBool, random->OneIn(2));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      set(&Reflection::SetInt32, &Reflection::AddInt32, static_cast<int32_t>(Integer(random)));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      set(&Reflection::SetInt64, &Reflection::AddInt64, Integer(random));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      set(&Reflection::SetUInt32, &Reflection::AddUInt32, static_cast<uint32_t>(Integer(random)));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      set(&Reflection::SetUInt64, &Reflection::AddUInt64, static_cast<uint64_t>(Integer(random)));
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      set(&Reflection::SetFloat, &Reflection::AddFloat, static_cast<float>(Floating(random)));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double value = Floating(random);
      const bool json_number = field.containing_type()->full_name() == "google.protobuf.Value";
      if (json_number && !std::isfinite(value) && !random->OneIn(kRefusedOdds)) value = 1.5;
      set(&Reflection::SetDouble, &Reflection::AddDouble, value);
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      set(&Reflection::SetEnumValue, &Reflection::AddEnumValue, EnumNumber(field, random));
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      set(&Reflection::SetString, &Reflection::AddString, StringFor(field, random));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth == 0) return;
      Randomize(many ? reflection.AddMessage(message, &field) : reflection.MutableMessage(message, &field), depth - 1,
                sparseness, random);
      break;
  }
}

}  // namespace

void Randomize(Message* message, int depth, int sparseness, Random* random) {
  if (RandomizeTime(message, random)) return;
  const auto& descriptor = *message->GetDescriptor();
  // Small messages (wrappers, Value, map entries) would stay empty at the odds of large ones.
  const int odds = descriptor.field_count() <= 6 ? 2 : sparseness;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!random->OneIn(odds)) continue;
    // A filter of another type than its column must mostly fit it.
    if (field.full_name() == "rowkeeper.fuzz.v1.SaveRequest.plain_int32") {
      message->GetReflection()->SetUInt64(message, &field, random->Bits() >> (random->OneIn(50) ? 1 : 34));
      continue;
    }
    const int count = field.is_repeated() ? 1 + random->Below(3) : 1;
    for (int j = 0; j < count; ++j) RandomizeField(message, field, depth, sparseness, random);
  }
}

}  // namespace rowkeeper::fuzz
