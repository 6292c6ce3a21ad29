#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "server/base/text.h"
#include "server/schema/diff/column_readers.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/column_definition.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using sql::Identifier;
using Statements = std::vector<std::string>;

/// "numeric(10,2)" taken apart.
struct ParsedType {
  std::string name;
  std::vector<int> modifiers;
  bool array = false;
};

ParsedType ParseType(const std::string& text) {
  ParsedType type;
  type.array = absl::EndsWith(text, "[]");
  const size_t open = text.find('('), close = text.find(')');
  type.name = text.substr(0, std::min(open, text.size() - (type.array ? 2 : 0)));
  if (open == std::string::npos || close == std::string::npos) return type;
  const std::string modifiers = text.substr(open + 1, close - open - 1);
  for (const absl::string_view part : absl::StrSplit(modifiers, ',')) {
    int number = 0;
    if (absl::SimpleAtoi(part, &number)) type.modifiers.push_back(number);
  }
  return type;
}

/// What it takes to give a column another type.
enum class TypeChange {
  kNoRewrite,  ///< every value fits, and rows stay as they are
  kRewrite,    ///< every value fits, but all rows are written again
  kUnsure,     ///< values may be lost or refused
};

int PlaceIn(const std::string& name, const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

bool IsText(const ParsedType& type) { return type.name == "text" || type.name == "character varying"; }

TypeChange BetweenTexts(const ParsedType& from, const ParsedType& to) {
  if (to.name == "text") return TypeChange::kNoRewrite;
  const bool both_limited = from.modifiers.size() == 1 && to.modifiers.size() == 1;
  return both_limited && to.modifiers[0] >= from.modifiers[0] ? TypeChange::kNoRewrite : TypeChange::kUnsure;
}

/// numeric(p,s) to numeric: as many digits before and behind the point.
TypeChange BetweenNumerics(const ParsedType& from, const ParsedType& to) {
  if (from.modifiers.size() != 2 || to.modifiers.size() != 2) return TypeChange::kUnsure;
  const int before = from.modifiers[0] - from.modifiers[1], after = to.modifiers[0] - to.modifiers[1];
  if (to.modifiers[1] < from.modifiers[1] || after < before) return TypeChange::kUnsure;
  return to.modifiers[1] == from.modifiers[1] ? TypeChange::kNoRewrite : TypeChange::kRewrite;
}

TypeChange JudgeTypes(const ParsedType& from, const ParsedType& to) {
  static const std::vector<std::string> integers = {"smallint", "integer", "bigint"};
  if (from.array != to.array) return TypeChange::kUnsure;
  if (IsText(from) && IsText(to)) {
    const TypeChange change = BetweenTexts(from, to);
    return from.array && change == TypeChange::kNoRewrite ? TypeChange::kRewrite : change;
  }
  if (from.array) return TypeChange::kUnsure;
  if (from.name == "numeric" && to.name == "numeric") return BetweenNumerics(from, to);
  const int narrow = PlaceIn(from.name, integers), wide = PlaceIn(to.name, integers);
  if (narrow >= 0 && wide > narrow) return TypeChange::kRewrite;
  if (from.name == "real" && to.name == "double precision") return TypeChange::kRewrite;
  if (from.name == "integer" && to.name == "double precision") return TypeChange::kRewrite;
  if (from.name == "uuid" && to.name == "text") return TypeChange::kRewrite;
  return TypeChange::kUnsure;
}

bool IsOfDeclaredType(const Column& column, const ColumnFacts& live) {
  if (column.type.native_enum.empty()) return live.enum_type.empty() && live.type == sql::SqlType(column.type);
  return live.enum_type == column.type.native_enum && absl::EndsWith(live.type, "[]") == column.type.array;
}

TypeChange JudgeColumn(const Column& column, const ColumnFacts& live) {
  const std::string wanted = sql::SqlType(column.type);
  if (!column.type.native_enum.empty()) return TypeChange::kUnsure;
  if (!live.enum_type.empty()) return wanted == "text" ? TypeChange::kRewrite : TypeChange::kUnsure;
  return JudgeTypes(ParseType(live.type), ParseType(wanted));
}

bool IsNumber(const ParsedType& type) {
  static const std::vector<std::string> numbers = {"smallint", "integer", "bigint",
                                                   "numeric",  "real",    "double precision"};
  return PlaceIn(type.name, numbers) >= 0;
}

TypeKinship KinshipOf(const Column& column, const ColumnFacts& live) {
  const ParsedType from = ParseType(live.type), to = ParseType(sql::SqlType(column.type));
  const bool named = !column.type.native_enum.empty() || !live.enum_type.empty();
  const bool same = from.name == to.name || (IsText(from) && IsText(to)) || (IsNumber(from) && IsNumber(to));
  return !named && same && from.array == to.array ? TypeKinship::kSameKind : TypeKinship::kOtherKind;
}

/// What makes a value of the one type from one of the other; empty: a cast does. Bytes are told from texts by their
/// characters, as a cast would read a backslash in them and write a text of digits.
std::string ValueOf(const std::string& column, const std::string& from, const std::string& to) {
  if (IsText(ParseType(from)) && to == "bytea") return sql::BytesOfText(column);
  if (from == "bytea" && IsText(ParseType(to))) return sql::TextOfBytes(column);
  return "";
}

/// A type and what is not to be lost with the one before.
struct TypeOfColumn {
  std::string type;
  std::string collation;
  std::optional<std::string> expression;
};

/// The default is made anew: what becomes of it by a cast is written otherwise than what was declared.
Statements ChangeType(const std::string& table, const std::string& column, const TypeOfColumn& from,
                      const TypeOfColumn& to) {
  Statements statements;
  if (from.expression) statements.push_back(sql::DropDefault(table, column));
  statements.push_back(sql::SetType(table, column, {to.type, to.collation, ValueOf(column, from.type, to.type)}));
  if (to.expression) statements.push_back(sql::SetDefault(table, column, *to.expression));
  return statements;
}

/// A sequence that fills the column goes on to do so.
std::optional<std::string> DefaultOf(const ColumnFacts& column) {
  const bool kept = column.generated || (column.expression && absl::StartsWith(*column.expression, "nextval("));
  return kept ? std::nullopt : column.expression;
}

Question MayValuesBeLost(const std::string& column, const std::string& had, const std::string& wanted) {
  return {
      Cat("May values of ", column, " be changed or refused when its type ", had, " becomes ", wanted, "?"),
      {"if yes, remove this question: the change is in the migration (it writes all rows again, and nobody reads the "
       "table meanwhile; what is changed stays so when it is taken back)",
       "if not, leave the field as it was and add another one of the new type; change the rows in batches with "
       "`rowkeeper migrate new NAME --backfill ...`, and write `reserved` for the old field when nobody uses it"}};
}

}  // namespace

bool CompareColumnType(const TableComparison& table, int position, SchemaDiff* diff) {
  const Column& column = table.aligned.columns[position];
  const ColumnFacts& live = *table.pair.columns[position];
  if (IsOfDeclaredType(column, live)) return false;
  const std::string wanted = sql::ColumnType(table.aligned, column.type);
  const std::string had = ExistingType(table, live);
  const std::string name = Cat(Identifier(column.name), " of ", table.table());
  const TypeChange change = JudgeColumn(column, live);
  AskAboutReadersOfRetyped(table.table(), table.live, live, KinshipOf(column, live), diff);
  if (change == TypeChange::kUnsure) diff->questions.push_back(MayValuesBeLost(name, had, wanted));
  const bool rewrite = change != TypeChange::kNoRewrite;
  TypeOfColumn to = {wanted, "", std::nullopt}, from = {had, live.collation, DefaultOf(live)};
  if (IsText(ParseType(sql::SqlType(column.type)))) to.collation = live.collation;
  if (table.declared.FindColumn(column.name)->expression) to.expression = sql::DefaultExpression(column);
  diff->Add(rewrite ? StepKind::kRewrite : StepKind::kChange,
            Cat("change the type of ", name, " from ", had, " to ", wanted,
                rewrite ? ", which writes all rows again while nobody reads the table" : ""),
            ChangeType(table.table(), column.name, from, to), ChangeType(table.table(), column.name, to, from));
  return true;
}

}  // namespace rowkeeper::schema
