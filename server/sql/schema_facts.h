#pragma once

#include <string>
#include <vector>

/// Catalog queries that describe tables completely enough to compare and to make them again. PostgreSQL writes all
/// expressions itself, in the session's search_path, so equal definitions give equal texts. Lists are JSON arrays of
/// texts. The tables are named by their oids, as texts.
namespace rowkeeper::sql {

/// Sets the search_path for the rest of the transaction: `schema`, unquoted, first and then what it is now. Empty: only
/// what it is now.
std::string PutFirstInSearchPath(const std::string& schema);

/// oid, schema, name, relkind, comment, whether its bare name finds it: tables, views and the like of `schemas`, of the
/// session's search_path, and temporary ones of the session. Partitions and what belongs to extensions are left out.
/// Ordered by schema and name.
std::string RelationsQuery(const std::vector<std::string>& schemas);

/// schema, name, oid of the table that it is an index of or '', what it is ("an index of items"): all that has a name
/// which an index could have, in the schemas that RelationsQuery() reads.
std::string RelationNamesQuery(const std::vector<std::string>& schemas);

/// schema, name, labels, whether its bare name finds it: enum types of `schemas` and of the session's search_path.
std::string EnumTypesQuery(const std::vector<std::string>& schemas);

/// table, name, type (a domain's base type), is NOT NULL, default or generation expression, identity ('', 'a', 'd'),
/// generated ('', 's', 'v'), comment, name of the (element) type if it is an enum, domain, whether the type has a
/// default, collation if it is not the type's, sequence that the column owns without being an identity. Ordered by
/// table and column.
std::string ColumnFactsQuery(const std::vector<std::string>& tables);

/// table, name, contype (p, u, c, f or x), definition, expression of a CHECK, columns, referenced table, referenced
/// columns, confdeltype, is valid, comment. Ordered by table and name.
std::string ConstraintFactsQuery(const std::vector<std::string>& tables);

/// table, name, whole definition, definition without names, is unique, is valid, contype of the constraint that it
/// serves or '', columns that it reads in any way, comment (of the constraint, if there is one), predicate, definition
/// of that constraint. Ordered by table and name.
std::string IndexFactsQuery(const std::vector<std::string>& tables);

/// table, column, what needs it, in PostgreSQL's words ("rule _RETURN on view titles"), whether it needs only that the
/// column is there and may have another type, whether it is a part of the table, comment if it is a constraint. Without
/// the table's own indexes, keys and checks, and the foreign keys of the column: views, policies, functions, triggers
/// that name the column, columns that are generated from it, foreign keys that reference it, exclusion constraints and
/// the like. Ordered.
std::string ColumnReadersQuery(const std::vector<std::string>& tables);

/// table, trigger name: those that people made.
std::string TriggerNamesQuery(const std::vector<std::string>& tables);

/// One line of text for each fact about what people made in the database: schemas, tables with columns, constraints,
/// indexes, triggers and comments, views, sequences, types, functions. Equal schemas give equal lines; the order of
/// columns and the table `history` ("schema.name") do not count. Ordered.
std::string FingerprintQuery(const std::string& history);

}  // namespace rowkeeper::sql
