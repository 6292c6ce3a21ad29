#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace rowkeeper::testing {

/// Numbers that are the same on every platform for the same seed; the standard's distributions are not.
class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  /// 0 to n - 1.
  int Below(int n) { return static_cast<int>(engine_() % static_cast<uint32_t>(n)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename Items>
  auto Pick(const Items& items) -> typename Items::value_type {
    return items[Below(static_cast<int>(items.size()))];
  }

 private:
  std::mt19937 engine_;
};

/// A field of a message, as text.
struct FieldText {
  /// "optional", "repeated" or empty.
  std::string label;
  std::string type;
  std::string name;
  /// The parts of (rowkeeper.v1.column): `type: COLUMN_TYPE_UUID`.
  std::vector<std::string> column;
  /// Ordered by a btree and comparable for equality.
  bool scalar = false;
  /// Text or jsonb container that a GIN index can hold.
  bool gin = false;

  bool optional() const { return label == "optional"; }
};

/// One random entity before it is written.
struct EntityText {
  std::string message;
  std::vector<std::string> options;
  std::vector<FieldText> fields;
  /// Names of the key's fields.
  std::vector<std::string> key;
  /// The fields of each unique key but the primary one.
  std::vector<std::vector<std::string>> unique_keys;
  std::vector<std::string> references;
  std::vector<std::string> oneof;
  /// A timestamp that lists can be narrowed by; empty where there is none.
  std::string time;
  bool soft_deletable = false;
  bool versioned = false;

  const FieldText& Field(std::string_view name) const;
};

/// The names that a file's entities and enums have; no two alike.
std::vector<std::string> RandomMessageNames(Random& random, int count);

/// `earlier` are the entities before it in the file.
EntityText RandomEntity(Random& random, const std::string& message, const std::vector<EntityText>& earlier);

/// The enums and messages that the fields of random entities use.
std::string SupportingTypes();

}  // namespace rowkeeper::testing
