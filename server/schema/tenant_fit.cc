#include "server/schema/tenant_fit.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "server/schema/table_fit.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;

/// Types of text that take two for one, by case or by spaces at the end, would take two tenants for one.
void CompareTenantType(const Entity& entity, const LiveTable& table, FitReport* report) {
  const Column& column = entity.columns[*entity.tenant];
  const LiveColumn* live = table.FindColumn(column.name);
  if (live == nullptr) return;
  if (live->equals_other_texts) {
    Mismatch mismatch = TableMismatch(
        entity, absl::StrCat("has the column ", sql::Identifier(column.name), " with a collation to which two ",
                             "tenants could be one; give it one that is deterministic"));
    mismatch.says_what_to_do = true;
    report->Add(std::move(mismatch));
    return;
  }
  if (live->type == "uuid" || live->type == "text" || absl::StartsWith(live->type, "character varying")) return;
  Mismatch mismatch =
      ColumnMismatch(entity, column, absl::StrCat("has the type ", live->type, ", to which two tenants could be one"));
  mismatch.breaks = Breaks::kTable;
  mismatch.change = absl::StrCat("ALTER TABLE ", sql::Table(entity), " ALTER COLUMN ", sql::Identifier(column.name),
                                 " TYPE ", sql::ColumnType(entity, column.type));
  report->Add(std::move(mismatch));
}

bool HasTerm(const LiveIndex& index, const std::string& column) {
  return std::any_of(index.terms.begin(), index.terms.end(),
                     [&column](const LiveIndex::Term& term) { return term.column == column; });
}

void AdviseOnSharedKey(const Entity& entity, const std::string& kind, const std::string& name, FitReport* report) {
  const std::string tenant = sql::Identifier(entity.columns[*entity.tenant].name);
  Mismatch mismatch = TableMismatch(
      entity, absl::StrCat("has the ", kind, " ", sql::Identifier(name), " without ", tenant,
                           ": ALREADY_EXISTS tells a caller that a row of another tenant has the same values; make it "
                           "one that has ",
                           tenant, ", too"));
  mismatch.breaks = Breaks::kNothing;
  report->Add(std::move(mismatch));
}

/// A key that tenants share tells who creates a row whether another tenant has one with its values.
void AdviseOnSharedKeys(const Entity& entity, const LiveTable& table, FitReport* report) {
  const std::string& tenant = entity.columns[*entity.tenant].name;
  for (const LiveIndex& index : table.indexes) {
    if (!index.unique || HasTerm(index, tenant)) continue;
    const bool internal = !entity.internal_id.empty() && index.terms.size() == 1 && HasTerm(index, entity.internal_id);
    if (!internal) AdviseOnSharedKey(entity, "unique index", index.name, report);
  }
  for (const LiveConstraint& constraint : table.constraints) {
    if (constraint.kind != LiveConstraint::Kind::kExclusion) continue;
    const auto& columns = constraint.columns;
    const bool has_tenant = std::find(columns.begin(), columns.end(), tenant) != columns.end();
    if (!has_tenant) AdviseOnSharedKey(entity, "exclusion constraint", constraint.name, report);
  }
}

/// The database empties the column of the tenant, too, when it sets a reference to NULL: `ON DELETE SET NULL` without a
/// list of columns, or with one that has it.
bool EmptiesTenant(const LiveTable& table, const LiveConstraint& foreign_key, const std::string& tenant) {
  const bool sets = !foreign_key.on_delete.has_value() || *foreign_key.on_delete == catalogue::OnDelete::kSetNull;
  if (!sets) return false;
  static constexpr std::string_view kSetNull = "ON DELETE SET NULL", kSetDefault = "ON DELETE SET DEFAULT";
  const std::string& definition = foreign_key.definition;
  const size_t null = definition.find(kSetNull);
  const size_t end =
      null != std::string::npos ? null + kSetNull.size() : definition.find(kSetDefault) + kSetDefault.size();
  if (end >= definition.size() || definition.compare(end, 2, " (") != 0) return true;
  const std::string list = definition.substr(end + 2, definition.find(')', end) - end - 2);
  const LiveColumn* column = table.FindColumn(tenant);
  const std::vector<std::string> names = absl::StrSplit(list, ", ");
  return column == nullptr || std::find(names.begin(), names.end(), column->quoted_name) != names.end();
}

/// What is wrong with a foreign key to rows of tenants; empty: nothing.
std::string ProblemOfForeignKey(const Entity& entity, const LiveTable& table, const LiveConstraint& constraint) {
  if (constraint.kind != LiveConstraint::Kind::kForeignKey) return "";
  if (constraint.referenced == nullptr || !constraint.referenced->tenant) return "";
  if (!PairsTenants(entity, constraint)) {
    return ", by which a row can refer to one of another tenant; drop it, or replace it by one with the columns of the "
           "tenant on both sides";
  }
  if (EmptiesTenant(table, constraint, entity.columns[*entity.tenant].name)) {
    return ", by which the database empties the column of the tenant; name the other columns behind SET NULL, which "
           "PostgreSQL 15 and newer know";
  }
  return "";
}

/// All foreign keys, for one that nobody declared joins rows as well.
void CompareTenantsOfForeignKeys(const Entity& entity, const LiveTable& table, FitReport* report) {
  for (const LiveConstraint& constraint : table.constraints) {
    const std::string problem = ProblemOfForeignKey(entity, table, constraint);
    if (problem.empty()) continue;
    Mismatch mismatch = TableMismatch(entity, absl::StrCat("has the foreign key ", sql::Identifier(constraint.name),
                                                           " ", constraint.definition, problem));
    mismatch.says_what_to_do = true;
    report->Add(std::move(mismatch));
  }
}

/// Follows foreign keys with a problem to the rows that they refer to, and on to the rows that the database deletes
/// those with.
class TablesReferredTo {
 public:
  TablesReferredTo(const catalogue::Catalogue& catalogue, const LiveSchema& live, FitReport* report)
      : catalogue_(catalogue), live_(live), report_(*report) {}

  void Compare() {
    for (const auto& entity : catalogue_.entities()) {
      if (!live_.Knows(*entity)) continue;
      const LiveTable& table = live_.Of(*entity);
      for (const LiveConstraint& constraint : table.constraints) {
        if (!ProblemOfForeignKey(*entity, table, constraint).empty()) Add(*entity, constraint);
      }
    }
  }

 private:
  void Add(const Entity& entity, const LiveConstraint& constraint) {
    if (!seen_.insert(&constraint).second) return;
    const Entity& target = *constraint.referenced;
    Mismatch mismatch = TableMismatch(
        target, absl::StrCat("is what rows of ", sql::Table(entity), " refer to by the foreign key ",
                             sql::Identifier(constraint.name), ", and so may rows of other tenants, there or below: ",
                             "who deletes a row would be told of those, or delete or change them; mend the foreign ",
                             "keys that are said to be wrong"));
    mismatch.breaks = Breaks::kReferred;
    mismatch.key = constraint.referenced_columns;
    report_.Add(std::move(mismatch));
    if (!live_.Knows(target)) return;
    for (const LiveConstraint& above : live_.Of(target).constraints) {
      if (above.kind == LiveConstraint::Kind::kForeignKey && above.referenced != nullptr) Add(target, above);
    }
  }

  const catalogue::Catalogue& catalogue_;
  const LiveSchema& live_;
  FitReport& report_;
  std::set<const LiveConstraint*> seen_;
};

/// Follows the foreign keys from rows of tenants to rows that belong to nobody, and on from those.
class SharedTables {
 public:
  SharedTables(const catalogue::Catalogue& catalogue, const LiveSchema& live, FitReport* report)
      : catalogue_(catalogue), live_(live), report_(*report) {
    for (const auto& entity : catalogue.entities()) {
      if (entity->tenant) have_tenants_.insert(entity.get());
    }
  }

  void Compare() {
    while (FindMore()) {
    }
  }

 private:
  bool FindMore() {
    const size_t before = have_tenants_.size();
    for (const auto& entity : catalogue_.entities()) {
      if (have_tenants_.count(entity.get()) == 0 || !live_.Knows(*entity)) continue;
      for (const LiveConstraint& constraint : live_.Of(*entity).constraints) Follow(*entity, constraint);
    }
    return have_tenants_.size() > before;
  }

  void Follow(const Entity& entity, const LiveConstraint& constraint) {
    if (constraint.kind != LiveConstraint::Kind::kForeignKey) return;
    const Entity* const target = constraint.referenced;
    if (target == nullptr || target->tenant) return;
    have_tenants_.insert(target);
    if (IsKnown(*target, constraint) || !seen_.insert(&constraint).second) return;
    Mismatch mismatch = TableMismatch(
        *target,
        absl::StrCat(
            "is what rows of tenants refer to by the foreign key ", sql::Identifier(constraint.name), " of ",
            sql::Table(entity), ", which no field declares: who deletes a row would be told ",
            "of rows of all tenants, or delete them; declare `references`, drop the foreign key, or leave those ",
            "methods out"));
    mismatch.breaks = Breaks::kReferred;
    mismatch.key = constraint.referenced_columns;
    report_.Add(std::move(mismatch));
  }

  /// Methods that delete such rows are refused when the catalogue is loaded.
  static bool IsKnown(const Entity& target, const LiveConstraint& constraint) {
    const std::set<std::string>& shared = target.tenancy->Of(target).shared;
    const auto& columns = constraint.referenced_columns;
    return std::all_of(columns.begin(), columns.end(),
                       [&shared](const std::string& column) { return shared.count(column) > 0; });
  }

  const catalogue::Catalogue& catalogue_;
  const LiveSchema& live_;
  FitReport& report_;
  /// Or there are such rows below theirs.
  std::set<const Entity*> have_tenants_;
  std::set<const LiveConstraint*> seen_;
};

}  // namespace

bool PairsTenants(const Entity& entity, const LiveConstraint& foreign_key) {
  const Entity* target = foreign_key.referenced;
  if (target == nullptr || !target->tenant || !entity.tenant) return false;
  const std::string& own = entity.columns[*entity.tenant].name;
  const std::string& others = target->columns[*target->tenant].name;
  for (size_t i = 0; i < foreign_key.columns.size() && i < foreign_key.referenced_columns.size(); ++i) {
    if (foreign_key.columns[i] == own && foreign_key.referenced_columns[i] == others) return true;
  }
  return false;
}

void CompareTenant(const Entity& entity, const LiveTable& table, FitReport* report) {
  if (entity.tenant) {
    CompareTenantType(entity, table, report);
    AdviseOnSharedKeys(entity, table, report);
  }
  CompareTenantsOfForeignKeys(entity, table, report);
}

void CompareSharedTables(const catalogue::Catalogue& catalogue, const LiveSchema& live, FitReport* report) {
  TablesReferredTo(catalogue, live, report).Compare();
  SharedTables(catalogue, live, report).Compare();
}

}  // namespace rowkeeper::schema
