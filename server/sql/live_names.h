#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/sql/declared_by.h"

namespace rowkeeper::sql {

/// The table of an entity as the database has it, with the identities that comments give (see DeclaredBy).
struct NamedTable {
  struct Column {
    /// Unquoted.
    std::string name;
    DeclaredBy declared = {};
  };
  /// Unquoted; empty: there is no such table.
  std::string name;
  /// Full name of a message; empty: the comment says nothing of that.
  std::string message;
  std::vector<Column> columns;
  /// There is no such table, but another one has its name, or may be it (see WantedTable).
  bool name_is_taken = false;
};

/// What the tables and columns of a catalogue are called in the database now, where that is not what is declared. A
/// table is known by the message in its comment (see WantedTable). Where that is the entity's, its columns are known by
/// the numbers in theirs:
///
///                             | one other column has the number | several do        | none does
/// no column has the name      | that one                        | the declared name | the declared name
/// the one that has the name   |                                 |                   |
///   has the number            | that one                        | that one          | that one
///   has another number,       | the other one                   | none              | none
///   or is of no field         |                                 |                   |
///   has no number             | none                            | none              | that one
///
/// So a column is neither read nor written where names say this and numbers that, and no comment says who is right, as
/// after a change of a type by hand: a new column, filled from the old one, has got its name, but not its number.
/// In a catalogue with tenants, what has another name than declared is taken for missing (see Of), and nothing else for
/// it.
/// Immutable once it is shared. Points into the catalogue, which outlives it.
class LiveNames {
 public:
  /// What the database says of the table of `entity`. Once for each entity.
  void Learn(const catalogue::Entity& entity, const NamedTable& table);

  /// Everything is called as declared.
  bool empty() const { return tables_.empty() && columns_.empty() && declared_.empty(); }
  friend bool operator==(const LiveNames& a, const LiveNames& b) {
    return a.tables_ == b.tables_ && a.columns_ == b.columns_ && a.declared_ == b.declared_;
  }

  /// Nothing of the entity is called otherwise than in `other`.
  bool HasSameOf(const catalogue::Entity& entity, const LiveNames& other) const;

  /// Unquoted. Where there is none, though something has the declared name, it is called by its identity, a name that
  /// nothing has: a statement that needs it fails, and reads nothing else.
  const std::string& Of(const catalogue::Entity& entity) const;
  const std::string& Of(const catalogue::Column& column) const;
  /// Each that is not called as declared, "shop.v1.Product.name is \"title\"", separated by "; ". At most `most`.
  std::string ToString(size_t most) const;
  /// What to run, for each table that was found by its message under another name, in case it was not renamed but moved
  /// aside; separated by "; ". At most `most`.
  std::string RemediesIfMovedAside(size_t most) const;
  /// The declared name of the column that the database calls `name`. Of a column that no field is, but that has the
  /// name of one: its identity.
  std::string_view Declared(const catalogue::Entity& entity, std::string_view name) const;

 private:
  void LearnColumns(const catalogue::Entity& entity, const NamedTable& table);
  void LearnDeclared(const catalogue::Entity& entity, const NamedTable& table);

  std::map<const catalogue::Entity*, std::string> tables_;
  std::map<const catalogue::Column*, std::string> columns_;
  std::map<const catalogue::Entity*, std::map<std::string, std::string, std::less<>>> declared_;
};

/// So that the table `name`, whose comment names the message of `entity`, is not taken for its table any more.
std::string RemedyIfMovedAside(const catalogue::Entity& entity, std::string_view name);

/// While it lives, statements that this thread renders have the names that it was given. They nest; `names` outlives
/// it.
class NamesScope {
 public:
  explicit NamesScope(const LiveNames& names);
  ~NamesScope();
  NamesScope(const NamesScope&) = delete;
  NamesScope& operator=(const NamesScope&) = delete;

  /// Whether something is called otherwise than declared in the innermost one.
  static bool HasOtherNames();
  /// Of the innermost one; without one, the declared names.
  static const std::string& Of(const catalogue::Entity& entity);
  static const std::string& Of(const catalogue::Column& column);

 private:
  const LiveNames* const outer_;
};

}  // namespace rowkeeper::sql
