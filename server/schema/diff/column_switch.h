#pragma once

#include <optional>
#include <string>

#include "server/schema/diff/table_comparison.h"

namespace rowkeeper::schema {

/// A type of a column and what is not to be lost with the one before.
struct TypeOfColumn {
  std::string type;
  std::string collation;
  /// Of its default.
  std::optional<std::string> expression;
};

struct ColumnSwitch {
  TypeOfColumn from;
  TypeOfColumn to;
};

/// Why the column cannot get another type by a column beside it, as a part of a sentence: "other objects read it";
/// empty when it can.
std::string WhyNoColumnBeside(const TableComparison& table, int column);

/// Adds the steps for `aligned.columns[column]`: a column beside it, which a trigger fills from it, values in batches,
/// indexes built while others write, NOT NULL, checks and references proved; then the two change places in a moment,
/// what refuses rows by the old one goes, the trigger fills it, and that goes. WhyNoColumnBeside() must have found
/// nothing.
void SwitchColumn(const TableComparison& table, int column, const ColumnSwitch& types, SchemaDiff* diff);

}  // namespace rowkeeper::schema
