#pragma once

#include <string>

#include "server/schema/diff/table_comparison.h"

namespace rowkeeper::schema {

// What keeps a column from being dropped or from getting another type, or would silently go with it, and nobody
// declared. Each adds a question where there is any.

void AskAboutReadersOfDropped(const TableComparison& table, const ColumnFacts& column, SchemaDiff* diff);

/// Constraints and indexes of the table whose conditions compare the column with something of its type.
bool ComparesColumn(const ConstraintFacts& constraint, const std::string& column);
bool ComparesColumn(const IndexFacts& index, const std::string& column);

/// Whether conditions that were written for the type before are understood with the new one.
enum class TypeKinship { kSameKind, kOtherKind };
/// `table` is the quoted name.
void AskAboutReadersOfRetyped(const std::string& table, const TableFacts& live, const ColumnFacts& column,
                              TypeKinship kinship, SchemaDiff* diff);

}  // namespace rowkeeper::schema
