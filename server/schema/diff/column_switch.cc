#include "server/schema/diff/column_switch.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/schema/diff/switched_parts.h"
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

void Append(Statements more, Statements* statements) {
  statements->insert(statements->end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

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
        parts_(MadeOnceMore(table, position, {new_, old_})),
        proof_(Cat(new_, "_not_null")),
        forward_(CopyOf(new_, types.from.type, types.to.type)),
        back_(CopyOf(old_, types.to.type, types.from.type)),
        diff_(*diff) {}

  void Run() {
    Expand();
    Fill();
    for (const SwitchedIndex& index : parts_.indexes) Build(index);
    for (const SwitchedConstraint& constraint : parts_.constraints) Bind(constraint);
    Prove();
    Switch();
    Contract();
  }

 private:
  sql::ColumnCopy CopyOf(const std::string& to, const std::string& from_type, const std::string& type) const {
    sql::ColumnCopy copy;
    copy.table = name_;
    copy.function = sql::InSchemaOf(
        table_.aligned, catalogue::CutIdentifier(Cat("rowkeeper_copy_", number_, "_", table_.aligned.table)));
    copy.trigger = Cat("zz_rowkeeper_copy_", number_);
    copy.from = column_.name;
    copy.to = to;
    copy.from_type = from_type;
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
    Statements up = {sql::RefuseInheritance(name_, column_.name), sql::RefuseColumnSettings(name_, column_.name),
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

  void Build(const SwitchedIndex& index) {
    const std::string& name = index.name;
    const sql::IndexChange change = {name_, name, index.live->unique, index.built};
    const std::string built = table_.index(name);
    // Of what type it is decides on PostgreSQL's words for it, so only its name tells one that is left.
    Statements up = {sql::RefuseOtherIndex(name_, built)}, down;
    if (index.is_key()) AppendDropOfKey(name, &up);
    AppendNotLocking(sql::DropIndexConcurrently(built), &up);
    AppendNotLocking(sql::CreateIndexConcurrently(change), &up);
    if (index.is_key()) AppendLocking(sql::AddUniqueUsingIndex(name_, name, name), &up);
    if (index.is_key()) AppendDropOfKey(name, &down);
    down.push_back(sql::RefuseOtherIndex(name_, built));
    AppendNotLocking(sql::DropIndexConcurrently(built), &down);
    diff_.Add(StepKind::kIndexes, Cat("build the index ", Identifier(index.live->name), " beside ", Of()), up, down);
  }

  void AppendDropOfKey(const std::string& name, Statements* statements) const {
    statements->push_back(sql::RefuseOtherConstraint(name_, name));
    AppendLocking(sql::DropConstraintIfExists(name_, name), statements);
  }

  void Bind(const SwitchedConstraint& constraint) {
    diff_.Add(StepKind::kConstraints,
              Cat("add the constraint ", Identifier(constraint.live->name), " beside ", Of(), ": for new rows"),
              {sql::AddConstraintNotValid(name_, constraint.name, constraint.built)},
              {sql::DropConstraint(name_, constraint.name)});
  }

  void Prove() {
    Statements up = {sql::RefuseOtherValues(forward_)}, down;
    if (live_.not_null) {
      up.push_back(sql::ValidateConstraint(name_, proof_));
      down.push_back(sql::ReplaceConstraintNotValid(name_, proof_, ProofDefinition()));
    }
    for (const SwitchedConstraint& constraint : parts_.constraints) {
      up.push_back(sql::ValidateConstraint(name_, constraint.name));
      down.push_back(sql::ReplaceConstraintNotValid(name_, constraint.name, constraint.built));
    }
    diff_.Add(StepKind::kValidate, Cat("see that the column beside ", Of(), " has all its values"), up, down);
  }

  void Switch() {
    Statements up = sql::EndCopying(forward_), down = sql::EndCopying(back_);
    const SwitchedIndex* primary = PrimaryKey();
    if (primary != nullptr) {
      up.push_back(sql::DropConstraint(name_, primary->live->name));
      down.push_back(sql::DropConstraint(name_, primary->live->name));
    }
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
    for (const SwitchedIndex& index : parts_.indexes) SwitchIndex(index, &up, &down);
    for (const SwitchedConstraint& constraint : parts_.constraints) {
      const ConstraintFacts& live = *constraint.live;
      SwitchConstraint(constraint, live.name, {sql::AddConstraint(name_, live.name, live.definition)}, &up, &down);
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

  const SwitchedIndex* PrimaryKey() const {
    for (const SwitchedIndex& index : parts_.indexes) {
      if (index.is_primary_key()) return &index;
    }
    return nullptr;
  }

  /// What refuses rows goes at once, for the values of the new type need not suit it; down makes it again.
  void SwitchIndex(const SwitchedIndex& index, Statements* up, Statements* down) const {
    const IndexFacts& live = *index.live;
    if (index.is_primary_key()) return SwitchPrimaryKey(index, up, down);
    if (index.is_key()) return SwitchConstraint(index, live.name, MadeAgain(live), up, down);
    const std::string old = table_.index(live.name), built = table_.index(index.name);
    up->push_back(index.is_kept() ? sql::RenameIndex(old, index.name_gone) : sql::DropIndexIfExists(old));
    up->push_back(sql::RenameIndex(built, live.name));
    down->push_back(sql::RenameIndex(old, index.name));
    down->push_back(index.is_kept() ? sql::RenameIndex(table_.index(index.name_gone), live.name)
                                    : sql::CreateIndex({name_, live.name, true, live.shape}));
    if (!index.comment) return;
    if (index.is_kept()) up->push_back(sql::CommentOnIndex(table_.index(index.name_gone), std::nullopt));
    up->push_back(sql::CommentOnIndex(old, index.comment));
    down->push_back(sql::CommentOnIndex(built, std::nullopt));
    down->push_back(sql::CommentOnIndex(old, index.comment));
  }

  /// A key with its index as it was.
  Statements MadeAgain(const IndexFacts& key) const {
    const bool primary = key.constraint == std::optional(ConstraintFacts::Kind::kPrimaryKey);
    return {sql::CreateIndex({name_, key.name, true, key.shape}),
            primary ? sql::AddPrimaryKeyUsingIndex(name_, key.name, key.name)
                    : sql::AddUniqueUsingIndex(name_, key.name, key.name)};
  }

  void SwitchConstraint(const SwitchedPart& part, const std::string& name, Statements again, Statements* up,
                        Statements* down) const {
    up->push_back(sql::DropConstraint(name_, name));
    up->push_back(sql::RenameConstraint(name_, part.name, name));
    down->push_back(sql::RenameConstraint(name_, name, part.name));
    Append(std::move(again), down);
    if (!part.comment) return;
    up->push_back(sql::CommentOnConstraint(name_, name, part.comment));
    down->push_back(sql::CommentOnConstraint(name_, part.name, std::nullopt));
    down->push_back(sql::CommentOnConstraint(name_, name, part.comment));
  }

  /// A table has one: Switch() has dropped it.
  void SwitchPrimaryKey(const SwitchedIndex& key, Statements* up, Statements* down) const {
    const std::string& name = key.live->name;
    up->push_back(sql::AddPrimaryKeyUsingIndex(name_, name, key.name));
    Append(MadeAgain(*key.live), down);
    down->push_back(sql::CreateIndex({name_, key.name, true, key.built}));
    if (!key.comment) return;
    up->push_back(sql::CommentOnConstraint(name_, name, key.comment));
    down->push_back(sql::CommentOnConstraint(name_, name, key.comment));
  }

  void Contract() {
    Statements up = sql::EndCopying(back_);
    up.push_back(sql::DropColumn(name_, old_));
    Statements down = {sql::AddColumn(name_, Definition(old_, types_.from)),
                       sql::CommentOnColumn(name_, old_, OfNobody())};
    Append(sql::BeginCopying(back_, sql::Uncopied::kNull), &down);
    Append(sql::TouchAll(back_), &down);
    for (const SwitchedIndex& index : parts_.indexes) {
      if (index.is_kept()) down.push_back(sql::CreateIndex({name_, index.name_gone, false, index.gone}));
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
  const SwitchedParts parts_;
  const std::string proof_;
  const sql::ColumnCopy forward_;
  const sql::ColumnCopy back_;
  SchemaDiff& diff_;
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
  return WhyNotMadeOnceMore(table, position);
}

void SwitchColumn(const TableComparison& table, int column, const ColumnSwitch& types, SchemaDiff* diff) {
  ColumnSwitchSteps(table, column, types, diff).Run();
}

}  // namespace rowkeeper::schema
