#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <vector>

namespace rowkeeper::fuzz {
namespace {

/// Own reading and writing of the wire format, so that no fault is shared with the code under test.
std::string Varint(uint64_t value, int padding = 0) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  for (; padding > 0; --padding) {
    bytes.back() = static_cast<char>(bytes.back() | 0x80);
    bytes.push_back('\0');
  }
  return bytes;
}

bool TakeVarint(std::string_view* bytes, uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64 && !bytes->empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

struct Record {
  uint64_t tag = 0;
  /// Value bytes; the payload without its length for wire type 2.
  std::string value;
};

std::string Join(const std::vector<Record>& records) {
  std::string bytes;
  for (const Record& record : records) {
    bytes += Varint(record.tag);
    if ((record.tag & 7) == 2) bytes += Varint(record.value.size());
    bytes += record.value;
  }
  return bytes;
}

/// Empty when the bytes are not a sequence of records.
std::vector<Record> Split(std::string_view bytes) {
  std::vector<Record> records;
  while (!bytes.empty()) {
    Record record;
    uint64_t number = 0;
    if (!TakeVarint(&bytes, &record.tag) || record.tag < 8) return {};
    const std::string_view start = bytes;
    size_t size = 0;
    switch (record.tag & 7) {
      case 0:
        if (!TakeVarint(&bytes, &number)) return {};
        record.value = start.substr(0, start.size() - bytes.size());
        records.push_back(record);
        continue;
      case 1:
        size = 8;
        break;
      case 2:
        if (!TakeVarint(&bytes, &number)) return {};
        size = number;
        break;
      case 5:
        size = 4;
        break;
      default:
        return {};
    }
    if (size > bytes.size()) return {};
    record.value = bytes.substr(0, size);
    bytes.remove_prefix(size);
    records.push_back(record);
  }
  return records;
}

std::string Unknown(Random* random, int depth = 0) {
  static const uint64_t kNumbers[] = {1, 2, 15, 16, 99, 1000, 19999, 30000, 536870911};
  const uint64_t number = kNumbers[random->Below(9)] << 3;
  switch (random->Below(depth > 5 ? 4 : 5)) {
    case 0:
      return Varint(number) + Varint(random->Bits() >> random->Below(64), random->OneIn(5) ? random->Below(4) : 0);
    case 1:
      return Varint(number | 1) + "12345678";
    case 2:
      return Varint(number | 5) + "1234";
    case 3:
      return Varint(number | 2) + Varint(3) + "abc";
    default:
      return Varint(number | 3) + (random->OneIn(2) ? Unknown(random, depth + 1) : "") +
             (random->OneIn(30) ? "" : Varint((random->OneIn(30) ? number + 8 : number) | 4));
  }
}

/// Splits, changes one thing, joins. Records of submessages are changed inside, most of the time.
std::string MutateRecords(const std::string& bytes, Random* random, int depth) {
  std::vector<Record> records = Split(bytes);
  if (records.empty()) return bytes + (random->OneIn(2) ? Unknown(random) : "");
  Record& record = records[random->Below(static_cast<int>(records.size()))];
  const std::string copy = Join({record});
  if ((record.tag & 7) == 2 && depth < 12 && !random->OneIn(3)) {
    record.value = MutateRecords(record.value, random, depth + 1);
    return Join(records);
  }
  switch (random->Below(10)) {
    case 0:
      return Join(records) + copy;
    case 1:
      record = records.back();
      records.pop_back();
      return Join(records);
    case 2:
      std::swap(record, records[random->Below(static_cast<int>(records.size()))]);
      return Join(records);
    case 3:
      return random->OneIn(2) ? Unknown(random) + Join(records) : Join(records) + Unknown(random);
    case 4:  // another wire type, mostly an unknown field then
      record.tag = (record.tag & ~uint64_t{7}) | static_cast<uint64_t>(random->Below(8));
      return Join(records);
    case 5: {  // overlong tag, or an overlong varint where there is one
      const std::string tag = Varint(record.tag, random->Below(6));
      const std::string rest = copy.substr(Varint(record.tag).size());
      return Join(records) + tag + rest;
    }
    case 6: {  // a packed field of one varint, and the reverse
      if ((record.tag & 7) == 0) {
        record.tag |= 2;
      } else if ((record.tag & 7) == 2) {
        record.tag &= ~uint64_t{7};
      }
      return Join(records);
    }
    case 8: {  // the same value in a field nearby: often another member of its oneof
      const Record neighbour{record.tag + 8 * static_cast<uint64_t>(1 + random->Below(3)), record.value};
      return random->OneIn(2) ? Join(records) + Join({neighbour}) : Join({neighbour}) + Join(records);
    }
    case 7:
      if (random->OneIn(8) && (record.tag & 7) == 0) record.value = Varint(uint64_t{1} << random->Below(64));
      if ((record.tag & 7) == 0)
        record.value = Varint(random->Bits() >> random->Below(64), random->OneIn(4) ? random->Below(9) : 0);
      return Join(records);
    default:  // the same message in two pieces
      if ((record.tag & 7) == 2) {
        std::vector<Record> inside = Split(record.value);
        const auto half = inside.begin() + static_cast<long>(inside.size() / 2);
        const Record first{record.tag, Join({inside.begin(), half})};
        const Record second{record.tag, Join({half, inside.end()})};
        record = first;
        return Join(records) + Join({second});
      }
      return Join(records);
  }
}

std::string Damage(std::string bytes, Random* random) {
  if (bytes.empty()) return bytes;
  const size_t position = random->Bits() % bytes.size();
  switch (random->Below(4)) {
    case 0:
      bytes[position] = static_cast<char>(bytes[position] ^ (1 << random->Below(8)));
      break;
    case 1:
      bytes.resize(position);
      break;
    case 2:
      bytes.insert(position, 1, static_cast<char>(random->Bits()));
      break;
    default:
      bytes.erase(position, 1 + random->Bits() % 3);
  }
  return bytes;
}

}  // namespace

std::string Mutate(const std::string& bytes, Random* random) {
  std::string mutated = bytes;
  for (int changes = random->Below(4); changes >= 0; --changes) mutated = MutateRecords(mutated, random, 0);
  if (random->OneIn(10)) mutated = Damage(std::move(mutated), random);
  return mutated;
}

std::string Nest(std::string core, int number, int levels) {
  for (int i = 0; i < levels; ++i) core = Varint(static_cast<uint64_t>(number) << 3 | 2) + Varint(core.size()) + core;
  return core;
}

}  // namespace rowkeeper::fuzz
