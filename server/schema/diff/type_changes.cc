#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/match.h"
#include "server/base/text.h"
#include "server/schema/diff/column_readers.h"
#include "server/schema/diff/column_switch.h"
#include "server/schema/diff/table_comparison.h"
#include "server/schema/type_change.h"
#include "server/sql/column_definition.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using sql::Identifier;
using Statements = std::vector<std::string>;

TypeChange JudgeColumn(const Column& column, const ColumnFacts& live) {
  const std::string wanted = sql::SqlType(column.type);
  if (!column.type.native_enum.empty()) return TypeChange::kUnsure;
  if (!live.enum_type.empty()) return wanted == "text" ? TypeChange::kRewrite : TypeChange::kUnsure;
  return JudgeTypeChange(ParseType(live.type), ParseType(wanted));
}

bool IsNumber(const ParsedType& type) {
  return IsOneOf(type.name, {"smallint", "integer", "bigint", "numeric", "real", "double precision"});
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

constexpr char kByRewrite[] =
    "it writes all rows again, and nobody reads the table meanwhile; what is changed stays so when it is taken back";
constexpr char kByAnother[] =
    "from the first file on a write of a value that the new type refuses fails, and a text that is too long for it is "
    "cut in the new column; two values that become one are refused where a key has the column";

Question MayValuesBeLost(const std::string& column, const std::string& had, const std::string& wanted,
                         const char* how) {
  return {Cat("May values of ", column, " be changed or refused when its type ", had, " becomes ", wanted, "?"),
          {Cat("if yes, remove this question: the change is in the migration (", how, ")"),
           "if not, leave the field as it was and add another one of the new type; change the rows in batches with "
           "`rowkeeper migrate new NAME --backfill ...`, and write `reserved` for the old field when nobody uses it"}};
}

}  // namespace

bool IsOfDeclaredType(const Column& column, const ColumnFacts& live) {
  if (column.type.native_enum.empty()) return live.enum_type.empty() && live.type == sql::SqlType(column.type);
  return live.enum_type == column.type.native_enum && absl::EndsWith(live.type, "[]") == column.type.array;
}

bool CompareColumnType(const TableComparison& table, int position, SchemaDiff* diff) {
  const Column& column = table.aligned.columns[position];
  const ColumnFacts& live = *table.pair.columns[position];
  if (IsOfDeclaredType(column, live)) return false;
  const std::string wanted = sql::ColumnType(table.aligned, column.type);
  const std::string had = ExistingType(table, live);
  const std::string name = Cat(Identifier(column.name), " of ", table.table());
  const TypeChange change = JudgeColumn(column, live);
  AskAboutReadersOfRetyped(table.table(), table.live, live, KinshipOf(column, live), diff);
  const bool rewrite = change != TypeChange::kNoRewrite;
  TypeOfColumn to = {wanted, "", std::nullopt}, from = {had, live.collation, DefaultOf(live)};
  if (IsText(ParseType(sql::SqlType(column.type)))) to.collation = live.collation;
  if (table.declared.FindColumn(column.name)->expression) to.expression = sql::DefaultExpression(column);
  const bool tries = rewrite && table.retype == Retype::kExpand;
  const std::string why = tries ? WhyNoColumnBeside(table, position) : "";
  const bool beside = tries && why.empty();
  if (change == TypeChange::kUnsure) {
    diff->questions.push_back(MayValuesBeLost(name, had, wanted, beside ? kByAnother : kByRewrite));
  }
  if (beside) {
    SwitchColumn(table, position, {from, to}, diff);
    return true;
  }
  diff->Add(rewrite ? StepKind::kRewrite : StepKind::kChange,
            Cat("change the type of ", name, " from ", had, " to ", wanted,
                rewrite ? ", which writes all rows again while nobody reads the table" : "",
                why.empty() ? "" : Cat(", for ", why)),
            ChangeType(table.table(), column.name, from, to), ChangeType(table.table(), column.name, to, from));
  return true;
}

}  // namespace rowkeeper::schema
