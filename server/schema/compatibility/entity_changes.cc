#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/catalogue/former_names.h"
#include "server/schema/compatibility/compatibility.h"
#include "server/schema/type_change.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Catalogue;
using catalogue::Column;
using catalogue::Diagnostics;
using catalogue::Entity;
using catalogue::Method;
using catalogue::OnDelete;
using catalogue::Repository;
using catalogue::UniqueKey;

constexpr char kOldRows[] = "change the rows first (rowkeeper migrate new NAME --backfill ...)";

const Column* FindNumber(const Entity& entity, int number) {
  const auto found = std::find_if(entity.columns.begin(), entity.columns.end(),
                                  [number](const Column& column) { return column.field->number() == number; });
  return found == entity.columns.end() ? nullptr : &*found;
}

/// The numbers of the fields of some columns: what they are across renames.
std::set<int> NumbersOf(const Entity& entity, const std::vector<int>& columns) {
  std::set<int> numbers;
  for (const int column : columns) numbers.insert(entity.columns[column].field->number());
  return numbers;
}

const char* NameOfAction(OnDelete action) {
  switch (action) {
    case OnDelete::kRestrict:
      return "ON_DELETE_RESTRICT";
    case OnDelete::kCascade:
      return "ON_DELETE_CASCADE";
    case OnDelete::kSetNull:
      return "ON_DELETE_SET_NULL";
  }
  return "";
}

/// Two states of one entity.
class EntityComparison {
 public:
  EntityComparison(const Entity& before, const Entity& now, Diagnostics* found)
      : before_(before), now_(now), found_(*found) {}

  void Run() {
    for (const Column& column : now_.columns) {
      const Column* before = FindNumber(before_, column.field->number());
      before == nullptr ? CheckNew(column) : CompareColumns(*before, column);
    }
    CompareKeys();
    if (before_.soft_deletable() && !now_.soft_deletable()) {
      found_.Error(*now_.message, "rows can no longer be soft-deleted: those that are deleted are seen again",
                   "keep the field with ROLE_DELETED_AT or ROLE_DELETED_FLAG, or purge the deleted rows first");
    }
    CompareTenants();
  }

 private:
  void CompareTenants() {
    if (!before_.tenant) return;
    const Column& before = before_.columns[*before_.tenant];
    if (now_.tenant && now_.columns[*now_.tenant].field->number() == before.field->number()) return;
    found_.Error(*now_.message,
                 Cat(before.field->name(), " no longer says whose a row is: rows of all tenants are seen and changed ",
                     now_.tenant ? "by another field" : "by everyone"),
                 "keep ROLE_TENANT where it is");
  }

  void Error(const Column& column, std::string problem, std::string remedy) {
    found_.Error(*column.field, std::move(problem), std::move(remedy));
  }

  /// Old clients do not know the column, and rows that exist have no value in it.
  void CheckNew(const Column& column) {
    if (column.nullable || column.has_default() || column.role != catalogue::Role::kNone) return;
    const bool unique = std::any_of(now_.unique_keys.begin(), now_.unique_keys.end(), [&](const UniqueKey& key) {
      return key.columns == std::vector<int>{now_.IndexOf(column)};
    });
    if (!column.reference && !unique) return;
    Error(column,
          Cat("old clients leave this new field out, and ", unique ? "only one row" : "no row",
              " can have its empty value"),
          "write `optional`, or a default_value");
  }

  void CompareColumns(const Column& before, const Column& now) {
    CompareTypes(before, now);
    CompareLabels(before, now);
    if (before.nullable && !now.nullable) {
      Error(now, "it was `optional`: rows may be NULL, and old clients may leave it out",
            Cat("keep `optional`, or ", kOldRows));
    }
    if (!before.immutable && now.immutable) {
      Error(now, "it has become immutable: updates of old clients that name it are refused",
            "leave `immutable` out as long as clients change it");
    }
    if (!before.output_only && now.output_only) {
      Error(now, "it has become output_only: requests of old clients that set it are refused",
            "leave it writable as long as clients write it");
    }
    if (before.sortable && !now.sortable) {
      Error(now, "it is no longer sortable: lists of old clients that are ordered by it are refused",
            "keep `sortable`");
    }
    if (before.filterable && !now.filterable) {
      Error(now, "it is no longer filterable: filters of old clients that name it are refused", "keep `filterable`");
    }
    CompareReferences(before, now);
  }

  void CompareTypes(const Column& before, const Column& now) {
    const std::string from = sql::SqlType(before.type), to = sql::SqlType(now.type);
    if (from == to || JudgeTypeChange(ParseType(from), ParseType(to)) != TypeChange::kUnsure) return;
    Error(now, Cat("its column was ", from, " and is ", to, ": values of rows and of old clients may not fit"),
          Cat("keep the type, or add a field of the new type, copy the values, and reserve this one later"));
  }

  void CompareLabels(const Column& before, const Column& now) {
    std::vector<std::string> gone;
    for (const catalogue::EnumLabel& label : before.type.labels) {
      const auto& labels = now.type.labels;
      const bool there =
          std::any_of(labels.begin(), labels.end(), [&](const auto& l) { return l.label == label.label; });
      if (!there) gone.push_back(label.label);
    }
    if (gone.empty() || now.type.labels.empty()) return;
    Error(now, Cat("rows may hold ", absl::StrJoin(gone, ", "), ", which the enum no longer has"),
          Cat("keep the value and its name, or ", kOldRows));
  }

  void CompareReferences(const Column& before, const Column& now) {
    if (!now.reference) return;
    const std::string target = now.reference->entity->full_name;
    if (!before.reference) {
      Error(now, Cat("it references ", target, " now: rows and requests of old clients with other values are refused"),
            "make sure that all rows and all clients name rows that exist");
    } else if (before.reference->on_delete != now.reference->on_delete) {
      Error(now,
            Cat("on_delete was ", NameOfAction(before.reference->on_delete), " and is ",
                NameOfAction(now.reference->on_delete), ": deletes of old clients do something else"),
            "leave it as it was, or tell who deletes");
    }
  }

  void CompareKeys() {
    const std::set<int> key = NumbersOf(now_, now_.key);
    if (key != NumbersOf(before_, before_.key)) {
      found_.Error(*now_.message, "it has another primary key: old clients name rows by the old one",
                   "keep the key, and add a unique key beside it");
    }
    for (const UniqueKey& unique : now_.unique_keys) {
      if (WasUnique(unique)) continue;
      const std::string fields = absl::StrJoin(now_.FieldNames(unique.columns), ", ");
      found_.Error(*now_.message,
                   Cat("rows must be unique in ", fields,
                       " now: rows that exist may not be, and old clients get ALREADY_EXISTS"),
                   Cat("make sure that the rows are unique: ", kOldRows));
    }
  }

  /// By a key of the same columns, or of some of them. One that binds live rows only binds fewer.
  bool WasUnique(const UniqueKey& unique) const {
    const std::set<int> numbers = NumbersOf(now_, unique.columns);
    const std::set<int> added = AddedNumbers();
    const bool all_new = std::any_of(numbers.begin(), numbers.end(), [&](int n) { return added.count(n) > 0; });
    if (all_new) return true;  // CheckNew tells of those
    const auto implies = [&](const std::vector<int>& columns) {
      const std::set<int> had = NumbersOf(before_, columns);
      return std::includes(numbers.begin(), numbers.end(), had.begin(), had.end());
    };
    if (implies(before_.key)) return true;
    return std::any_of(before_.unique_keys.begin(), before_.unique_keys.end(), [&](const UniqueKey& had) {
      return (!had.live_only || unique.live_only) && implies(had.columns);
    });
  }

  std::set<int> AddedNumbers() const {
    std::set<int> added;
    for (const Column& column : now_.columns) {
      const int number = column.field->number();
      if (FindNumber(before_, number) == nullptr) added.insert(number);
    }
    return added;
  }

  const Entity& before_;
  const Entity& now_;
  Diagnostics& found_;
};

/// By its name, or by a former name.
const Entity* FindSuccessor(const Entity& before, const Catalogue& now) {
  if (const Entity* same = now.FindEntity(before.full_name); same != nullptr) return same;
  for (const auto& entity : now.entities()) {
    const std::vector<std::string> former = catalogue::FormerNamesOf(*entity);
    if (std::find(former.begin(), former.end(), before.full_name) != former.end()) return entity.get();
  }
  return nullptr;
}

void CompareOperations(const Catalogue& before, const Catalogue& now, Diagnostics* found) {
  for (const Repository& repository : before.repositories()) {
    for (const Method& method : repository.methods) {
      for (const Repository& other : now.repositories()) {
        if (other.service->full_name() != repository.service->full_name()) continue;
        for (const Method& same : other.methods) {
          if (same.descriptor->name() != method.descriptor->name() || same.operation == method.operation) continue;
          found->Error(*same.descriptor,
                       Cat("it was the operation ", TraitsOf(method.operation).name, " and is ",
                           TraitsOf(same.operation).name, ": calls of old clients do something else"),
                       "leave the operation as it was, and give the other one a method of its own");
        }
      }
    }
  }
}

}  // namespace

void CompareEntities(const Catalogue& before, const Catalogue& now, Diagnostics* found) {
  const std::set<std::string> dropped = catalogue::DroppedEntities(now.source());
  for (const auto& entity : before.entities()) {
    if (const Entity* successor = FindSuccessor(*entity, now); successor != nullptr) {
      EntityComparison(*entity, *successor, found).Run();
    } else if (dropped.count(entity->full_name) == 0) {
      found->Error(
          *entity->message,
          Cat("the entity was here and is gone, and nothing says what becomes of its table \"", entity->table, "\""),
          Cat("write `former_names: \"", entity->full_name,
              "\"` at the entity that has its rows now, or `option (rowkeeper.v1.dropped_entities) = \"",
              entity->full_name, "\";`"));
    }
  }
  CompareOperations(before, now, found);
}

}  // namespace rowkeeper::schema
