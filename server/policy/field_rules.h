#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/identity/identity.h"
#include "server/policy/allow_list.h"

namespace rowkeeper::policy {

using SharedRule = std::shared_ptr<const Rule>;

/// What is done with a field.
enum class FieldUse : uint8_t { kRead, kWrite };
/// "read" or "write".
std::string_view FieldUseName(FieldUse use);

/// A field of an entity, as a catalogue speaks of it.
struct FieldLists {
  /// "shop.v1.Employee.salary"
  std::string name;
  /// Of the entity; fields of one have the same.
  int entity = 0;
  /// Null: there is no list.
  SharedRule read;
  SharedRule write;
  /// Why it can have no such list; empty: it can.
  std::string never_read;
  std::string never_write;

  const SharedRule& Of(FieldUse use) const { return use == FieldUse::kRead ? read : write; }
  const std::string& Never(FieldUse use) const { return use == FieldUse::kRead ? never_read : never_write; }
};

/// The lists for fields that are in use, those of the catalogue and those of the operator's file. Fields have the
/// numbers that the catalogue gives them. Immutable; thread-safe; nothing here allocates.
class FieldRules {
 public:
  /// The lists that a caller has to be on; empty: none.
  struct Field {
    int entity = 0;
    std::vector<SharedRule> read;
    std::vector<SharedRule> write;

    const std::vector<SharedRule>& Of(FieldUse use) const { return use == FieldUse::kRead ? read : write; }
  };
  /// By number, with their names.
  FieldRules(std::vector<Field> fields, std::vector<std::string> names);

  /// Whether a field of the entity has a list.
  bool Restricts(int entity) const { return entity >= 0 && restricted_[static_cast<size_t>(entity)]; }
  /// Fields that have no number are for everybody. `caller`: null for an anonymous one.
  bool Admits(FieldUse use, int field, const identity::Identity* caller) const;
  /// -1: there is no such field.
  int Find(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  const std::vector<Field> fields_;
  std::vector<bool> restricted_;
  absl::flat_hash_map<std::string, int> by_name_;
};

/// What one caller may do with fields, as it was when the call came. Immutable; costs nothing where there are no rules.
class FieldAccess {
 public:
  /// Everything.
  FieldAccess() = default;
  /// `rules`: null for none. `caller`: null for an anonymous one.
  FieldAccess(std::shared_ptr<const FieldRules> rules, identity::SharedIdentity caller)
      : rules_(std::move(rules)), caller_(std::move(caller)) {}

  /// Whether some callers may not touch some fields of the entity, or, without one, of any.
  bool Restricts(int entity) const { return rules_ != nullptr && rules_->Restricts(entity); }
  bool restricts() const { return rules_ != nullptr; }
  bool May(FieldUse use, int field) const { return rules_ == nullptr || rules_->Admits(use, field, caller_.get()); }
  bool MayRead(int field) const { return May(FieldUse::kRead, field); }
  bool MayWrite(int field) const { return May(FieldUse::kWrite, field); }
  /// The same by the field's full name; what is no field of an entity is for everybody.
  bool MayRead(std::string_view name) const { return rules_ == nullptr || MayRead(rules_->Find(name)); }
  const identity::Identity* caller() const { return caller_.get(); }

 private:
  std::shared_ptr<const FieldRules> rules_;
  identity::SharedIdentity caller_;
};

}  // namespace rowkeeper::policy
