#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/sql/cascade_shape.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {

/// The part of a soft delete's or restore's one statement that follows references: rows of CASCADE references go and
/// come along, SET NULL columns become NULL, and a RESTRICT reference, or on restore a deleted parent, forbids it all.
///
/// The statement is
///   WITH RECURSIVE <targets> AS MATERIALIZED (…locked rows…), <Queries()>,
///     "#changed" AS (UPDATE … SET … FROM <targets>, "#now" WHERE <same row> AND <Condition()> RETURNING …)
///   SELECT … FROM "#changed" UNION ALL SELECT NULL, …, "#b" FROM "#refused"
/// where "#b" is an index into CascadeShape::blockers or kOvertaken, and "#changed" is empty when there is one.
///
/// What is guaranteed: all of it happens or nothing, with one time in every deleted_at; rows of another transaction
/// count as far as they were committed when the statement began, and are looked at again once they are locked: where
/// one has moved, or was deleted or restored meanwhile, nothing happens, for the rows below it are others by then. A
/// referencing row that another transaction creates at the same moment is not seen: a foreign key takes a key lock on
/// its parent, which no update of other columns conflicts with. SERIALIZABLE transactions exclude that. Rows are locked
/// parent table before child table and within a table in the order of keys.
class Cascade {
 public:
  /// The "#b" of a statement that must run again, for other transactions changed what it found.
  static constexpr int kOvertaken = -1;

  /// The rows that it starts from.
  struct Targets {
    /// Name of the query in the same WITH clause, quoted.
    std::string query = "\"#target\"";
    /// Which of its rows change; empty: all. Asked for in a query where its columns are visible.
    std::string condition;
    /// Its columns with the key, in the key's order; see TargetCells().
  };

  /// `shape` and `parameters` outlive the result; the shape's scope must not be kNothing.
  Cascade(const CascadeShape& shape, CascadeKind kind, Targets targets, ParameterList* parameters);

  /// What the targets' query must have among its result columns: `"id" AS "#t0", "deleted_at" AS "#tat"`.
  static std::string TargetCells(const catalogue::Entity& entity);
  /// `"id" = "#t0"`: a row of the entity is the one of the targets' query.
  static std::string IsTarget(const catalogue::Entity& entity, ParameterList* parameters);
  /// `"deleted_at" = "#at"` and such, for rows of any entity where "#now" is joined: with updated_at and version.
  static std::vector<std::string> Assignments(const catalogue::Entity& entity, CascadeKind kind);

  /// Queries and changes of other rows, separated by commas.
  std::string Queries() const;
  /// Conditions of the targets' own change beside IsTarget() and Targets::condition; empty: none.
  std::string Condition() const;
  /// That every row that was locked to be changed has been, the targets by the query "#changed"; or that the change is
  /// refused. See judgement.h.
  std::string Expected() const;
  /// Whether there is a query "#refused".
  bool can_refuse() const { return can_block() || !shape_.cascades.empty(); }

 private:
  /// Whether there is a query "#blocked".
  bool can_block() const { return !shape_.blockers(kind_).empty(); }
  /// Whether rows of the node follow others.
  bool goes_along(int node) const;
  const catalogue::Entity& entity(int node) const { return *shape_.nodes[node].entity; }
  /// See TenantPredicate.
  std::string OfTenant(const catalogue::Entity& entity) const { return TenantPredicate(entity, parameters_); }
  std::string Unblocked() const;
  std::string BaseOfDoomed() const;
  std::string Doomed() const;
  std::string Reached() const;
  std::string Held() const;
  std::string BlockedDelete() const;
  std::string BlockedRestore() const;
  std::string NodeLock(int node) const;
  std::string HasItsTime(int node) const;
  std::string Refused() const;
  std::string Overtaken(int node) const;
  std::string NodeChange(int node) const;
  std::string SetNulls(const catalogue::Entity& entity) const;
  /// The entities that lose references, in the order of their changes.
  std::vector<const catalogue::Entity*> Losers() const;
  /// "null0": of the query and the change of an entity that loses references.
  std::string LoserName(const catalogue::Entity& entity) const;

  const CascadeShape& shape_;
  const CascadeKind kind_;
  const Targets targets_;
  ParameterList* const parameters_;
};

}  // namespace rowkeeper::sql
