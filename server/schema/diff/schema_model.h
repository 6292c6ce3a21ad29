#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/sql/declared_by.h"

namespace rowkeeper::schema {

using sql::DeclaredBy;
using sql::kOfNobody;

/// What needs a column and is none of the table's own indexes, keys and checks.
struct ColumnReader {
  /// In PostgreSQL's words: "rule _RETURN on view titles".
  std::string words;
  /// It needs the column, but not its type, as a foreign key that references it does.
  bool of_any_type = false;
  /// A constraint, trigger, policy or column of the same table.
  bool of_its_table = false;
  /// Of a constraint.
  std::optional<std::string> comment;
};

struct ColumnFacts {
  std::string name;
  /// format_type; of a domain, its base type.
  std::string type;
  /// Name of the (element) type if it is an enum.
  std::string enum_type;
  /// As statements write them; empty: none, and the collation of its type.
  std::string domain;
  std::string collation;
  /// Its domain has a default.
  bool filled_by_type = false;
  /// What it owns, as a serial column does, as statements write it.
  std::string sequence;
  bool not_null = false;
  /// Of a default or, with `generated`, of the generation expression.
  std::optional<std::string> expression;
  /// GENERATED … AS IDENTITY: "a" ALWAYS, "d" BY DEFAULT, "" none.
  std::string identity;
  bool generated = false;
  std::optional<std::string> comment;
  std::vector<ColumnReader> readers;

  /// The field number in the comment.
  std::optional<int> number() const;
};

struct ConstraintFacts {
  enum class Kind { kPrimaryKey, kUnique, kCheck, kForeignKey, kExclusion };
  std::string name;
  Kind kind = Kind::kCheck;
  /// As pg_get_constraintdef writes it.
  std::string definition;
  /// kCheck
  std::string expression;
  std::vector<std::string> columns;
  /// kForeignKey: oid.
  std::string referenced;
  std::vector<std::string> referenced_columns;
  /// pg_constraint.confdeltype
  std::string on_delete;
  bool valid = true;
  std::optional<std::string> comment;
};

/// An index, also one that a constraint is enforced by.
struct IndexFacts {
  std::string name;
  /// As pg_get_indexdef writes it, and the part of it that holds no names of index and table.
  std::string definition;
  std::string shape;
  bool unique = false;
  bool valid = true;
  /// What it enforces; nullopt: nothing, it stands by itself.
  std::optional<ConstraintFacts::Kind> constraint;
  std::string constraint_definition;
  /// Those that terms, expressions and predicate read.
  std::vector<std::string> columns;
  std::optional<std::string> comment;
  std::string predicate;
};

struct TableFacts {
  std::string oid;
  std::string schema;
  std::string name;
  /// r, p, f, v or m, as in pg_class.
  std::string relkind;
  std::optional<std::string> comment;
  /// Its name without schema finds it.
  bool visible = false;
  std::vector<ColumnFacts> columns;
  std::vector<ConstraintFacts> constraints;
  std::vector<IndexFacts> indexes;
  std::vector<std::string> triggers;

  bool is_partitioned() const { return relkind == "p"; }
  const ColumnFacts* FindColumn(std::string_view column) const;
};

/// What holds a name that an index could have.
struct NameHolder {
  /// Oid of the table that it is an index of; empty: it is none.
  std::string index_of;
  /// "an index of items"
  std::string words;
};
/// By schema and name.
using NameHolders = std::map<std::pair<std::string, std::string>, NameHolder>;

struct EnumFacts {
  std::string schema;
  std::string name;
  std::vector<std::string> labels;
  bool visible = false;
};

/// The tables (without their parts), the names that are held, and the enum types of `schemas` and of the search_path.
/// Errors: those of db::Connection::Execute.
absl::StatusOr<std::vector<TableFacts>> ReadRelations(const std::vector<std::string>& schemas,
                                                      db::Connection& connection);
absl::StatusOr<NameHolders> ReadNameHolders(const std::vector<std::string>& schemas, db::Connection& connection);
absl::StatusOr<std::vector<EnumFacts>> ReadEnumTypes(const std::vector<std::string>& schemas,
                                                     db::Connection& connection);

/// Reads the parts of `tables`, whose oids must be set, with expressions written for the session's search_path. Five
/// queries. They wait for who has one of the tables locked.
absl::Status ReadParts(const std::vector<TableFacts*>& tables, db::Connection& connection);

/// Every fact about what people made in the database, one a line, ordered, without the history table. Errors: those of
/// db::Connection::Execute.
absl::StatusOr<std::vector<std::string>> ReadFingerprint(const std::string& history_table, db::Connection& connection);

}  // namespace rowkeeper::schema
