#pragma once

#include "absl/status/status.h"
#include "server/schema/diff/table_comparison.h"

namespace rowkeeper::schema {

// What rows that exist may be in the way of. Each adds a question when they are, and reads the table for that. What
// cannot be tried, as columns have other types yet, is not asked: the migration fails there without changing anything.
// Errors: those of db::Connection::Execute.

/// Rows that have equal values in the columns of a unique index, or get one value in those that are new.
absl::Status AskAboutEqualRows(const TableComparison& table, const IndexFacts& declared, SchemaDiff* diff);

/// Rows whose value in `column` (a new one, too) is no key of the table that it is to reference.
absl::Status AskAboutLostReferences(const TableComparison& table, const catalogue::Column& column, SchemaDiff* diff);

}  // namespace rowkeeper::schema
