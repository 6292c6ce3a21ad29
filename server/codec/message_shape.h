#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/descriptor.h"
#include "server/codec/wire_format.h"

namespace rowkeeper::codec {

using FieldType = google::protobuf::FieldDescriptor::Type;

/// Messages with a JSON form of their own.
enum class WellKnown { kNone, kTimestamp, kDuration, kFieldMask, kStruct, kValue, kListValue, kWrapper };

WellKnown WellKnownOf(const google::protobuf::Descriptor& message);
WireType WireTypeOf(FieldType type);
/// Repeated fields of this type may be packed.
bool IsPackable(FieldType type);

/// The value of a varint or fixed field as generated code holds it: truncated, zigzag undone, sign-extended to 64 bits.
/// float and double stay IEEE bits.
uint64_t NormalizeBits(FieldType type, uint64_t bits);
/// The reverse, for the wire: what to write as varint or fixed value.
uint64_t WireBits(FieldType type, uint64_t value);

struct EnumShape {
  absl::flat_hash_map<int, std::string> name_of;
  absl::flat_hash_map<std::string, int> number_of;
  /// google.protobuf.NullValue, whose JSON is null.
  bool null_value = false;
};

struct MessageShape;

/// A field, as far as the wire and JSON need it.
struct FieldShape {
  enum class Match { kValue, kPacked, kUnknown };

  int number = 0;
  FieldType type = google::protobuf::FieldDescriptor::TYPE_INT32;
  WireType wire_type = WireType::kVarint;
  bool repeated = false;
  bool packable = false;
  /// How we write it; both ways are read.
  bool packed = false;
  bool map = false;
  /// Unset is not the same as zero.
  bool presence = false;
  bool check_utf8 = false;
  /// Indexes into MessageShape::fields of the other members of its oneof.
  std::vector<int> oneof_siblings;
  std::string name;
  std::string json_name;
  std::string full_name;
  const MessageShape* message = nullptr;
  const EnumShape* enumeration = nullptr;

  /// A field with the wrong wire type is an unknown field to generated code.
  Match MatchWire(WireType type_seen) const {
    if (type_seen == wire_type && wire_type != WireType::kStartGroup) return Match::kValue;
    return packable && type_seen == WireType::kLength ? Match::kPacked : Match::kUnknown;
  }
};

/// A message type compiled into tables. Immutable once its ShapeSet has compiled it; refers to no descriptor.
struct MessageShape {
  std::string full_name;
  WellKnown well_known = WellKnown::kNone;
  /// By ascending number.
  std::vector<FieldShape> fields;
  /// fields index + 1 by field number, for small numbers; 0 is none.
  std::vector<uint16_t> direct;

  /// Index into `fields`, or -1.
  int IndexOf(uint32_t number) const {
    if (number < direct.size()) return static_cast<int>(direct[number]) - 1;
    return IndexOfLarge(number);
  }
  int IndexOfLarge(uint32_t number) const;
};

/// Compiles message types, each once, with all that they contain. Owns the shapes. Thread-safe; a lock is taken while
/// coders are compiled, not when they run.
class ShapeSet {
 public:
  const MessageShape* Get(const google::protobuf::Descriptor& message) ABSL_LOCKS_EXCLUDED(mutex_);
  /// Messages that are compiled.
  size_t size() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const MessageShape* Find(const google::protobuf::Descriptor& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const EnumShape* Find(const google::protobuf::EnumDescriptor& enumeration) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  FieldShape Compile(const google::protobuf::FieldDescriptor& field) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<MessageShape>> messages_
      ABSL_GUARDED_BY(mutex_);
  std::unordered_map<const google::protobuf::EnumDescriptor*, std::unique_ptr<EnumShape>> enums_
      ABSL_GUARDED_BY(mutex_);
};

/// The shapes that the coders of many methods share, and keep for as long as they live; keyed by descriptors, so they
/// are all of one pool.
using SharedShapes = std::shared_ptr<ShapeSet>;

/// What a field's occurrences on the wire add up to: the last one of a scalar, all of a repeated field or a message.
using Slot = absl::InlinedVector<Occurrence, 1>;
/// Of all fields that a decoder knows; most requests have few.
using Slots = absl::InlinedVector<Slot, 6>;

/// Adds an occurrence of `field` by the rules of merging.
inline void Accumulate(const FieldShape& field, const Occurrence& occurrence, Slot* slot) {
  if (!field.repeated && field.wire_type != WireType::kLength) slot->clear();
  if (!field.repeated && field.message == nullptr) slot->clear();
  slot->push_back(occurrence);
}

/// The fields of a message that may be in several pieces, to be merged in order. `slots` has one entry a field.
/// Returns false on bytes that CheckMessage would refuse.
bool CollectFields(const MessageShape& shape, const Slot& pieces, std::vector<Slot>* slots);

/// Calls `visit(const Occurrence&)` for each element of a repeated field, packed or not; stops when it returns false.
template <typename Visitor>
bool ForEachElement(const FieldShape& field, const Slot& slot, Visitor visit) {
  for (const Occurrence& occurrence : slot) {
    if (occurrence.type == field.wire_type) {
      if (!visit(occurrence)) return false;
      continue;
    }
    Reader reader(occurrence.payload);
    while (!reader.done()) {
      Occurrence element;
      if (!reader.ReadValue(field.wire_type, &element) || !visit(element)) return false;
    }
  }
  return true;
}

}  // namespace rowkeeper::codec
