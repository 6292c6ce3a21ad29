#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "server/base/text.h"
#include "server/plan/absent.h"
#include "server/schema/diff/column_readers.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/column_definition.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::DefaultKind;
using sql::Identifier;
using Statements = std::vector<std::string>;

/// Name of the CHECK that proves NOT NULL while a migration is under way.
constexpr char kProof[] = "rowkeeper_not_null_";

/// The declared identity of a column: "a", "d" or "".
std::string DeclaredIdentity(const Column& column) {
  if (column.default_kind != DefaultKind::kIdentity) return "";
  return column.output_only ? "a" : "d";
}

/// Whether the database fills the column by SQL that no declaration tells.
bool FilledByTheDatabase(const Column& column) { return column.output_only && !column.has_default(); }

/// Compares one column of a table with its declaration.
class ColumnComparison {
 public:
  ColumnComparison(const TableComparison& table, int position, SchemaDiff* diff)
      : table_(table),
        position_(position),
        column_(table.aligned.columns[position]),
        live_(*table.pair.columns[position]),
        declared_(*table.declared.FindColumn(column_.name)),
        diff_(*diff) {}

  absl::Status Run() {
    Adopt();
    CompareIdentity();
    if (!CompareColumnType(table_, position_, &diff_)) CompareDefault();
    return CompareNullability();
  }

 private:
  std::string Of() const { return Cat(Identifier(column_.name), " of ", table_.table()); }

  void Adopt() {
    const std::string identity = WithIdentity(sql::ColumnIdentity(column_), live_.comment);
    if (live_.comment == identity) return;
    diff_.Add(StepKind::kAdopt, Cat("note in a comment that ", Of(), " is field ", column_.field->number()),
              {sql::CommentOnColumn(table_.table(), column_.name, identity)},
              {sql::CommentOnColumn(table_.table(), column_.name, live_.comment)});
  }

  bool IsSerial() const { return live_.expression && absl::StartsWith(*live_.expression, "nextval("); }

  void CompareIdentity() {
    const std::string wanted = DeclaredIdentity(column_);
    const std::string &table = table_.table(), &name = column_.name;
    if (wanted == live_.identity) return;
    if (FilledByTheDatabase(column_)) return;
    if (!wanted.empty() && IsSerial()) {
      diff_.left_alone.push_back(Cat("the sequence that fills ", Of(), " in place of an identity"));
      return;
    }
    if (wanted.empty()) {
      diff_.Add(StepKind::kChange, Cat("let ", Of(), " be an identity column no longer"),
                {sql::DropIdentity(table, name)},
                {sql::AddIdentity(table, name, live_.identity), sql::ContinueIdentity(table, name)});
    } else if (live_.identity.empty()) {
      diff_.Add(StepKind::kChange, Cat("make ", Of(), " an identity column"),
                {sql::AddIdentity(table, name, wanted), sql::ContinueIdentity(table, name)},
                {sql::DropIdentity(table, name)});
    } else {
      diff_.Add(StepKind::kChange, Cat("change who may give values to the identity column ", Of()),
                {sql::SetIdentity(table, name, wanted)}, {sql::SetIdentity(table, name, live_.identity)});
    }
  }

  void CompareDefault() {
    if (FilledByTheDatabase(column_) || column_.default_kind == DefaultKind::kIdentity) return;
    if (live_.generated) {
      diff_.questions.push_back(
          {Cat("Is ", Of(), ", which the database generates from others, to be an ordinary column?"),
           {"if not, write `output_only: true` at the field",
            Cat("if yes, write it by hand: ALTER TABLE ", table_.table(), " ALTER COLUMN ", Identifier(column_.name),
                " DROP EXPRESSION")}});
      return;
    }
    if (declared_.expression == live_.expression) return;
    const std::string &table = table_.table(), &name = column_.name;
    const std::string up = declared_.expression ? sql::SetDefault(table, name, sql::DefaultExpression(column_))
                                                : sql::DropDefault(table, name);
    const std::string down =
        live_.expression ? sql::SetDefault(table, name, *live_.expression) : sql::DropDefault(table, name);
    diff_.Add(StepKind::kChange,
              declared_.expression ? Cat("set the default of ", Of(), " to ", sql::DefaultExpression(column_))
                                   : Cat("drop the default of ", Of()),
              {up}, {down});
  }

  absl::Status CompareNullability() {
    if (declared_.not_null == live_.not_null) return absl::OkStatus();
    const std::string &table = table_.table(), &name = column_.name;
    if (!declared_.not_null) {
      if (FilledByTheDatabase(column_)) return absl::OkStatus();
      diff_.Add(StepKind::kChange, Cat("let ", Of(), " be NULL"), {sql::DropNotNull(table, name)},
                {sql::SetNotNull(table, name)});
      return absl::OkStatus();
    }
    const absl::StatusOr<bool> nulls = HasViolation(table_, sql::NotNullCondition(name));
    if (!nulls.ok()) return nulls.status();
    if (*nulls) AskWhatReplacesNull();
    RequireNotNull();
    return absl::OkStatus();
  }

  void AskWhatReplacesNull() {
    const auto zero = plan::StoredZero(column_);
    const std::string value = column_.has_default() && column_.default_kind == DefaultKind::kLiteral
                                  ? sql::DefaultExpression(column_)
                                  : sql::Literal(zero.value_or("..."));
    diff_.questions.push_back(
        {Cat("Which value do the rows get whose ", Of(), " is NULL, which the field ", table_.entity.full_name, ".",
             column_.field->name(), " does not allow?"),
         {Cat("change them in batches first: rowkeeper migrate new fill_", column_.name, " --backfill ",
              table_.entity.full_name, " --set ", sql::Literal(Cat(Identifier(column_.name), " = ", value)),
              " --where ", sql::Literal(Cat(Identifier(column_.name), " IS NULL"))),
          "or write `optional` before the field's type"}});
  }

  /// A CHECK that holds for new rows, then for all, and lets SET NOT NULL skip its own scan.
  void RequireNotNull() {
    const std::string &table = table_.table(), &name = column_.name;
    const std::string proof = Cat(kProof, column_.field->number());
    const std::string definition = sql::CheckDefinition(sql::NotNullCondition(name));
    const std::string summary = Cat("make ", Of(), " NOT NULL");
    diff_.Add(StepKind::kConstraints, Cat(summary, ": for new rows"),
              {sql::AddConstraintNotValid(table, proof, definition)}, {sql::DropConstraint(table, proof)});
    diff_.Add(StepKind::kValidate, Cat(summary, ": look at the rows that exist"),
              {sql::ValidateConstraint(table, proof)}, {sql::ReplaceConstraintNotValid(table, proof, definition)});
    diff_.Add(StepKind::kNotNull, summary, {sql::SetNotNull(table, name), sql::DropConstraint(table, proof)},
              {sql::AddConstraint(table, proof, definition), sql::DropNotNull(table, name)});
  }

  const TableComparison& table_;
  const int position_;
  const Column& column_;
  const ColumnFacts& live_;
  const ColumnFacts& declared_;
  SchemaDiff& diff_;
};

/// What the rows that exist get; nullopt after a question.
std::optional<std::string> ValueOfExistingRows(const TableComparison& table, const Column& column, SchemaDiff* diff) {
  const auto zero = plan::StoredZero(column);
  // Rows of an empty tenant would be nobody's.
  const bool is_tenant = column.role == catalogue::Role::kTenant;
  if (zero && !is_tenant && !sql::NeedsFiller(column)) return sql::Literal(*zero);
  diff->questions.push_back(
      {Cat("Which value do the rows of ", table.table(), " that exist get in the new column ", Identifier(column.name),
           ", which is NOT NULL?"),
       {"write `optional` before the type of the field",
        "or, where one value fits all, give the field a `default_value`",
        Cat("or make the column by hand: ", sql::AddColumn(table.table(), sql::ColumnDefinition(table.aligned, column)),
            " DEFAULT ..., and run diff again")}});
  return std::nullopt;
}

void AddMissingColumn(const TableComparison& table, const Column& column, SchemaDiff* diff) {
  const std::string name = table.table(), definition = sql::ColumnDefinition(table.aligned, column);
  Statements up = {sql::AddColumn(name, definition)};
  if (!column.nullable && !column.has_default()) {
    const auto value = ValueOfExistingRows(table, column, diff);
    if (value) up = sql::AddColumnFilled(name, column.name, definition, *value);
  }
  up.push_back(sql::CommentOnColumn(name, column.name, sql::ColumnIdentity(column)));
  diff->Add(StepKind::kChange, Cat("add column ", Identifier(column.name), " to ", name), up,
            {sql::DropColumn(name, column.name)});
}

/// Whether a unique or foreign key, which equal values may violate, has the column.
bool IsHeldByKey(const TableComparison& table, const std::string& column) {
  const auto has = [&](const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  const TableFacts& live = table.live;
  return std::any_of(live.indexes.begin(), live.indexes.end(),
                     [&](const IndexFacts& index) { return index.unique && has(index.columns); }) ||
         std::any_of(live.constraints.begin(), live.constraints.end(), [&](const ConstraintFacts& constraint) {
           return constraint.kind == ConstraintFacts::Kind::kForeignKey && has(constraint.columns);
         });
}

void DropReservedColumn(const TableComparison& table, const ColumnFacts& live, SchemaDiff* diff) {
  const std::string name = table.table();
  AskAboutReadersOfDropped(table, live, diff);
  sql::ExistingColumn again = {live.name,      ExistingType(table, live),
                               live.not_null,  live.expression.value_or(""),
                               live.generated, live.identity,
                               live.collation, live.sequence};
  if (IsHeldByKey(table, live.name)) again.filled = sql::ExistingColumn::Filled::kNothing;
  Statements down = sql::AddColumnAgain(name, again);
  if (live.comment) down.push_back(sql::CommentOnColumn(name, live.name, live.comment));
  diff->Add(StepKind::kDrop,
            Cat("drop column ", Identifier(live.name), " of ", name, " and its values, which are lost"),
            {sql::DropColumn(name, live.name)}, down);
}

/// No request can fill a column that no field declares.
void AskWhatFillsUndeclared(const TableComparison& table, const ColumnFacts& column, SchemaDiff* diff) {
  const bool filled = !column.not_null || column.expression || !column.identity.empty() || column.filled_by_type;
  const bool known = column.comment && DeclaredBy::Read(*column.comment).identity == kOfNobody;
  if (filled || known) return;
  const std::string name = Identifier(column.name), of = table.table();
  diff->questions.push_back(
      {Cat("What fills the column ", name, " of ", of,
           ", which is NOT NULL without a default, and which no field declares, when a row is created?"),
       {Cat("if nothing, let it be NULL: ", sql::DropNotNull(of, column.name)), "or give it a default, or a field",
        column.number() ? Cat("or write `reserved ", *column.number(), ";` to have it dropped") : "or drop it by hand",
        Cat("if a trigger does, or the server creates no rows, say that it belongs to no field: ",
            sql::CommentOnColumn(of, column.name, Cat("proto:", kOfNobody)))}});
}

void CompareInternalId(const TableComparison& table, SchemaDiff* diff) {
  const std::string& name = table.aligned.internal_id;
  if (name.empty() || table.live.FindColumn(name) != nullptr) return;
  diff->questions.push_back({Cat("How is ", table.table(), " to get the primary key ", Identifier(name), "?"),
                             {"write the migration by hand", "or remove `internal_id`"}});
}

}  // namespace

absl::Status CompareColumns(const TableComparison& table, SchemaDiff* diff) {
  CompareInternalId(table, diff);
  for (size_t i = 0; i < table.aligned.columns.size(); ++i) {
    if (table.pair.columns[i] == nullptr) {
      AddMissingColumn(table, table.aligned.columns[i], diff);
      continue;
    }
    absl::Status status = ColumnComparison(table, static_cast<int>(i), diff).Run();
    if (!status.ok()) return status;
  }
  for (const ColumnFacts* column : table.pair.dropped) DropReservedColumn(table, *column, diff);
  for (const ColumnFacts* column : table.pair.undeclared) {
    diff->left_alone.push_back(Cat("column ", Identifier(column->name), " of ", table.table()));
    AskWhatFillsUndeclared(table, *column, diff);
  }
  return absl::OkStatus();
}

}  // namespace rowkeeper::schema
