#include "server/schema/diff/column_switch.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/pgtext/scanner.h"
#include "server/schema/type_change.h"
#include "server/sql/column_copy.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using sql::Identifier;
using Statements = std::vector<std::string>;

bool HasColumn(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

/// A cast makes one from the other, whatever the session's settings are.
bool CastsAlike(const std::string& from, const std::string& to) {
  const std::string a = ParseType(from).name, b = ParseType(to).name;
  const auto is_plain = [](const std::string& type) {
    return IsOneOf(type, {"smallint", "integer", "bigint", "numeric", "real", "double precision", "text",
                          "character varying", "character", "boolean", "uuid"});
  };
  const auto is_float = [](const std::string& type) { return IsOneOf(type, {"real", "double precision"}); };
  const bool written_as_text = (is_float(a) && IsText(ParseType(to))) || (is_float(b) && IsText(ParseType(from)));
  return is_plain(a) && is_plain(b) && !written_as_text;
}

/// Columns alone: no expression, no predicate.
bool IsPlain(const IndexFacts& index) {
  return index.valid && !index.unique && !index.constraint && index.predicate.empty() &&
         std::count(index.shape.begin(), index.shape.end(), '(') == 1;
}

bool HasSame(const std::vector<IndexFacts>& indexes, const IndexFacts& index) {
  return std::any_of(indexes.begin(), indexes.end(), [&](const IndexFacts& other) {
    return other.name == index.name && other.shape == index.shape && other.unique == index.unique &&
           other.constraint == index.constraint;
  });
}

bool IsHeldByConstraint(const TableFacts& facts, const std::string& column) {
  return std::any_of(facts.constraints.begin(), facts.constraints.end(),
                     [&](const ConstraintFacts& constraint) { return HasColumn(constraint.columns, column); });
}

/// Whether all indexes that have the column are plain, and stay as they are.
bool KeepsPlainIndexes(const TableComparison& table, const std::string& column) {
  for (const IndexFacts& index : table.declared.indexes) {
    if (HasColumn(index.columns, column) && !HasSame(table.live.indexes, index)) return false;
  }
  return std::all_of(table.live.indexes.begin(), table.live.indexes.end(), [&](const IndexFacts& index) {
    const bool kept = !WasDeclared(index.comment) || HasSame(table.declared.indexes, index);
    return !HasColumn(index.columns, column) || (IsPlain(index) && kept);
  });
}

/// Each of the two would be in the place of the other's old one.
bool SharesIndexWithAnother(const TableComparison& table, int position) {
  const std::vector<catalogue::Column>& columns = table.aligned.columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    const ColumnFacts* live = table.pair.columns[i];
    if (static_cast<int>(i) == position || live == nullptr || IsOfDeclaredType(columns[i], *live)) continue;
    for (const IndexFacts& index : table.live.indexes) {
      if (HasColumn(index.columns, columns[position].name) && HasColumn(index.columns, columns[i].name)) return true;
    }
  }
  return false;
}

/// `shape` with the other column in the place of this one.
std::string ShapeWith(const std::string& shape, const std::string& column, const std::string& other) {
  std::string result;
  size_t end = 0;
  const size_t columns = shape.find('(');
  for (const pgtext::Token& token : pgtext::Scan(shape).tokens) {
    if (token.start < columns) continue;
    const std::string word = shape.substr(token.start, token.end - token.start);
    const bool is_column = word == Identifier(column) || (word == column && token.kind == pgtext::Token::Kind::kName);
    result += Cat(shape.substr(end, token.start - end), is_column ? Identifier(other) : word);
    end = token.end;
  }
  return result + shape.substr(end);
}

void Append(Statements more, Statements* statements) {
  statements->insert(statements->end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// An index that has the column, and the one that takes its place.
struct IndexSwitch {
  const IndexFacts& live;
  std::string built;
  std::string gone;
  std::string shape;
};

class ColumnSwitchSteps {
 public:
  ColumnSwitchSteps(const TableComparison& table, int position, const ColumnSwitch& types, SchemaDiff* diff)
      : table_(table),
        column_(table.aligned.columns[position]),
        live_(*table.pair.columns[position]),
        types_(types),
        number_(std::to_string(column_.field->number())),
        name_(table.table()),
        new_(Cat("rowkeeper_new_", number_)),
        old_(Cat("rowkeeper_old_", number_)),
        proof_(Cat(new_, "_not_null")),
        forward_(CopyOf(new_, types.to.type)),
        back_(CopyOf(old_, types.from.type)),
        diff_(*diff) {
    for (const IndexFacts& index : table.live.indexes) {
      if (!HasColumn(index.columns, column_.name)) continue;
      const std::string ending = Cat("_", indexes_.size() + 1, "_", table.live.name);
      indexes_.push_back({index, catalogue::CutIdentifier(Cat(new_, ending)),
                          catalogue::CutIdentifier(Cat(old_, ending)), ShapeWith(index.shape, column_.name, new_)});
    }
  }

  void Run() {
    Expand();
    Fill();
    for (const IndexSwitch& index : indexes_) Build(index);
    Prove();
    Switch();
    Contract();
  }

 private:
  sql::ColumnCopy CopyOf(const std::string& to, const std::string& type) const {
    sql::ColumnCopy copy;
    copy.table = name_;
    copy.function = sql::InSchemaOf(
        table_.aligned, catalogue::CutIdentifier(Cat("rowkeeper_copy_", number_, "_", table_.aligned.table)));
    copy.trigger = Cat("zz_rowkeeper_copy_", number_);
    copy.from = column_.name;
    copy.to = to;
    copy.type = type;
    return copy;
  }

  std::string Of() const { return Cat(Identifier(column_.name), " of ", name_); }

  static std::string Definition(const std::string& name, const TypeOfColumn& type) {
    return Cat(Identifier(name), " ", type.type, type.collation.empty() ? "" : Cat(" COLLATE ", type.collation));
  }

  static std::string OfNobody() { return Cat("proto:", kOfNobody); }

  std::string ProofDefinition() const { return sql::CheckDefinition(sql::NotNullCondition(new_)); }

  void Expand() {
    Statements up = {sql::RefuseChildTables(name_), sql::RefuseColumnSettings(name_, column_.name),
                     sql::AddColumn(name_, Definition(new_, types_.to)), sql::CommentOnColumn(name_, new_, OfNobody())};
    Append(sql::BeginCopying(forward_, sql::Uncopied::kRefused), &up);
    if (live_.not_null) up.push_back(sql::AddConstraintNotValid(name_, proof_, ProofDefinition()));
    Statements down = sql::EndCopying(forward_);
    down.push_back(sql::DropColumn(name_, new_));
    diff_.Add(StepKind::kExpand,
              Cat("change the type of ", Of(), " from ", types_.from.type, " to ", types_.to.type,
                  " by a column beside it, which a trigger fills"),
              up, down);
  }

  void Fill() {
    diff_.Add(StepKind::kFill, Cat("fill the column beside ", Of(), " in batches"),
              {sql::CopyAll(table_.aligned, forward_)}, {});
  }

  void Build(const IndexSwitch& index) {
    const sql::IndexChange change = {name_, index.built, false, index.shape};
    const std::string built = table_.index(index.built);
    Statements up = {sql::RefuseOtherRelation(change, built)}, down = {sql::RefuseOtherIndex(name_, built)};
    AppendNotLocking(sql::DropIndexConcurrently(built), &up);
    AppendNotLocking(sql::CreateIndexConcurrently(change), &up);
    AppendNotLocking(sql::DropIndexConcurrently(built), &down);
    diff_.Add(StepKind::kIndexes, Cat("build the index ", Identifier(index.live.name), " beside ", Of()), up, down);
  }

  void Prove() {
    Statements up = {sql::RefuseOtherValues(forward_)}, down;
    if (live_.not_null) {
      up.push_back(sql::ValidateConstraint(name_, proof_));
      down.push_back(sql::ReplaceConstraintNotValid(name_, proof_, ProofDefinition()));
    }
    diff_.Add(StepKind::kValidate, Cat("see that the column beside ", Of(), " has all its values"), up, down);
  }

  void Switch() {
    Statements up = sql::EndCopying(forward_), down = sql::EndCopying(back_);
    if (live_.not_null) Append(PassNotNull(), &up);
    if (types_.from.expression) up.push_back(sql::DropDefault(name_, column_.name));
    if (types_.to.expression) down.push_back(sql::DropDefault(name_, column_.name));
    Rename(old_, new_, &up);
    Rename(new_, old_, &down);
    if (types_.to.expression) up.push_back(sql::SetDefault(name_, column_.name, *types_.to.expression));
    if (types_.from.expression) down.push_back(sql::SetDefault(name_, column_.name, *types_.from.expression));
    const std::string identity = WithIdentity(sql::ColumnIdentity(column_), live_.comment);
    Append({sql::CommentOnColumn(name_, column_.name, identity), sql::CommentOnColumn(name_, old_, OfNobody())}, &up);
    Append({sql::CommentOnColumn(name_, column_.name, identity), sql::CommentOnColumn(name_, new_, OfNobody())}, &down);
    if (live_.not_null) Append(TakeNotNullBack(), &down);
    for (const IndexSwitch& index : indexes_) {
      RenameIndexes(index, index.gone, index.built, &up);
      RenameIndexes(index, index.built, index.gone, &down);
    }
    Append(sql::BeginCopying(back_, sql::Uncopied::kNull), &up);
    Append(sql::BeginCopying(forward_, sql::Uncopied::kRefused), &down);
    diff_.Add(StepKind::kSwitch, Cat("let the column beside ", Of(), " take its place"), up, down);
  }

  /// A validated check lets SET NOT NULL read no rows.
  Statements PassNotNull() const {
    return {sql::SetNotNull(name_, new_), sql::DropConstraint(name_, proof_), sql::DropNotNull(name_, column_.name)};
  }
  Statements TakeNotNullBack() const {
    return {sql::SetNotNull(name_, column_.name), sql::DropNotNull(name_, new_),
            sql::AddConstraint(name_, proof_, ProofDefinition())};
  }

  /// The column that there is becomes `away`, and `beside` takes its place.
  void Rename(const std::string& away, const std::string& beside, Statements* statements) const {
    statements->push_back(sql::RenameColumn(name_, column_.name, away));
    statements->push_back(sql::RenameColumn(name_, beside, column_.name));
  }

  void RenameIndexes(const IndexSwitch& index, const std::string& away, const std::string& beside,
                     Statements* statements) const {
    statements->push_back(sql::RenameIndex(table_.index(index.live.name), away));
    statements->push_back(sql::RenameIndex(table_.index(beside), index.live.name));
    if (!index.live.comment) return;
    statements->push_back(sql::CommentOnIndex(table_.index(away), std::nullopt));
    statements->push_back(sql::CommentOnIndex(table_.index(index.live.name), index.live.comment));
  }

  void Contract() {
    Statements up = sql::EndCopying(back_);
    up.push_back(sql::DropColumn(name_, old_));
    Statements down = {sql::AddColumn(name_, Definition(old_, types_.from)),
                       sql::CommentOnColumn(name_, old_, OfNobody())};
    Append(sql::BeginCopying(back_, sql::Uncopied::kNull), &down);
    down.push_back(sql::TouchAll(back_));
    for (const IndexSwitch& index : indexes_) {
      down.push_back(sql::CreateIndex({name_, index.gone, false, ShapeWith(index.live.shape, column_.name, old_)}));
    }
    diff_.Add(StepKind::kContract, Cat("drop the column whose place another one took, with what fills it: ", Of()), up,
              down);
  }

  const TableComparison& table_;
  const catalogue::Column& column_;
  const ColumnFacts& live_;
  const ColumnSwitch& types_;
  const std::string number_;
  const std::string name_;
  const std::string new_;
  const std::string old_;
  const std::string proof_;
  const sql::ColumnCopy forward_;
  const sql::ColumnCopy back_;
  SchemaDiff& diff_;
  std::vector<IndexSwitch> indexes_;
};

}  // namespace

std::string WhyNoColumnBeside(const TableComparison& table, int position) {
  const catalogue::Column& column = table.aligned.columns[position];
  const ColumnFacts& live = *table.pair.columns[position];
  const std::string& name = column.name;
  const bool sequence = !live.sequence.empty() || !live.identity.empty();
  if (table.live.relkind != "r") return "the table is partitioned";
  if (table.entity.table != table.aligned.table || table.entity.columns[position].name != name) {
    return "it or its table gets another name, too";
  }
  if (table.declared.FindColumn(name)->not_null != live.not_null) return "it changes in other ways, too";
  if (live.generated || sequence || !live.domain.empty()) return "the database makes its values";
  if (!live.enum_type.empty() || !CastsAlike(live.type, sql::SqlType(column.type))) {
    return "settings of a session may decide on the values";
  }
  if (!live.readers.empty()) return "other objects read it";
  if (IsHeldByConstraint(table.live, name) || IsHeldByConstraint(table.declared, name)) {
    return "a key, reference or check holds it";
  }
  if (SharesIndexWithAnother(table, position)) return "another column of an index of it gets another type, too";
  return KeepsPlainIndexes(table, name) ? "" : "an index of it is unique, partial, of an expression, or changes, too";
}

void SwitchColumn(const TableComparison& table, int column, const ColumnSwitch& types, SchemaDiff* diff) {
  ColumnSwitchSteps(table, column, types, diff).Run();
}

}  // namespace rowkeeper::schema
