#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/schema/diff/existing_rows.h"
#include "server/schema/diff/table_comparison.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"

namespace rowkeeper::schema {
namespace {

using sql::Identifier;
using ConstraintKind = ConstraintFacts::Kind;
using Statements = std::vector<std::string>;

/// Of the index that is built beside the one whose place it takes: a name that nobody chooses.
std::string NameWhileBuilt(const std::string& name) { return catalogue::CutIdentifier(Cat("rowkeeper:", name)); }

bool IsUniqueKey(const IndexFacts& index) {
  return index.constraint == std::optional<ConstraintKind>(ConstraintKind::kUnique);
}

/// All of an index but its name.
bool Same(const IndexFacts& a, const IndexFacts& b) {
  return a.unique == b.unique && a.shape == b.shape && a.constraint == b.constraint;
}

class IndexComparison {
 public:
  IndexComparison(const TableComparison& table, SchemaDiff* diff)
      : table_(table), name_(table.table()), identity_(sql::TableIdentity(table.entity)), diff_(*diff) {}

  absl::Status Run() {
    for (const IndexFacts& declared : table_.declared.indexes) {
      const IndexFacts* live = Find(declared);
      if (live != nullptr) taken_.insert(live);
      const bool to_be_built = !IsPrimary(declared) && (live == nullptr || !Same(declared, *live) || !live->valid);
      absl::Status status = to_be_built ? AskAboutEqualRows(table_, declared, &diff_) : absl::OkStatus();
      if (!status.ok()) return status;
      if (IsPrimary(declared)) {
        ComparePrimaryKey(declared, live);
      } else if (live == nullptr) {
        if (MayBeNamed(declared, declared.name)) Build(declared);
      } else {
        Compare(declared, *live);
      }
    }
    for (const IndexFacts& live : table_.live.indexes) {
      if (taken_.count(&live) == 0) LeaveOrDrop(live);
    }
    return absl::OkStatus();
  }

 private:
  /// Then indexes cannot be built or dropped while others write, nor become a key.
  bool IsPartitioned() const { return table_.live.is_partitioned(); }

  static bool IsPrimary(const IndexFacts& index) {
    return index.constraint == std::optional<ConstraintKind>(ConstraintKind::kPrimaryKey);
  }

  /// By name, or else one that is the same but for its name.
  const IndexFacts* Find(const IndexFacts& declared) const {
    const IndexFacts* same = nullptr;
    for (const IndexFacts& live : table_.live.indexes) {
      if (IsPrimary(live) != IsPrimary(declared)) continue;
      if (IsPrimary(live)) return &live;
      if (taken_.count(&live) > 0) continue;
      if (live.name == declared.name) return &live;
      if (same == nullptr && Same(live, declared) && !IsDeclaredName(live.name)) same = &live;
    }
    return same;
  }

  bool IsDeclaredName(const std::string& name) const {
    return std::any_of(table_.declared.indexes.begin(), table_.declared.indexes.end(),
                       [&](const IndexFacts& declared) { return declared.name == name; });
  }

  /// Whether nothing has `name`, under which the index is to be built; else that is a question. What has the name of an
  /// index that takes another one's place may be left from a build of this table that was interrupted.
  bool MayBeNamed(const IndexFacts& declared, const std::string& name) {
    const auto holder = table_.names.find({table_.live.schema, name});
    const bool beside = name != declared.name;
    const bool held = holder != table_.names.end() && !(beside && holder->second.index_of == table_.live.oid);
    const bool held_here = IsUniqueKey(declared) && HasOtherConstraint(declared.name);
    if (held) AskForName(declared, name, holder->second.words);
    if (!held && held_here) AskForName(declared, declared.name, "a constraint of this table");
    return !held && !held_here;
  }

  bool HasOtherConstraint(const std::string& name) const {
    return std::any_of(
        table_.live.constraints.begin(), table_.live.constraints.end(),
        [&](const ConstraintFacts& live) { return live.name == name && live.kind != ConstraintKind::kUnique; });
  }

  void AskForName(const IndexFacts& declared, const std::string& name, const std::string& holder) {
    diff_.questions.push_back(
        {Cat("Which name is the ", Describe(declared), " of ", name_, " to have while ", holder, " is named ",
             Identifier(name), "?"),
         {"rename or drop what has the name, and run diff again",
          "or, if this migration drops it, remove this question, apply the migration, and run diff again",
          "or give the declared one another name"}});
  }

  /// The primary key has no comment of its own: it is as much declared as the table is, or as its new name.
  bool NamesFollow() const { return WasDeclared(table_.live.comment) || table_.aligned.table != table_.entity.table; }

  void ComparePrimaryKey(const IndexFacts& declared, const IndexFacts* live) {
    if (live == nullptr || live->shape != declared.shape) {
      diff_.questions.push_back({Cat("How is the primary key of ", name_, " to become", declared.shape,
                                     live == nullptr ? "" : " in place of", live == nullptr ? "" : live->shape, "?"),
                                 {"other tables, foreign keys and callers name rows by it: write the migration by hand",
                                  "or declare the key that the table has"}});
    } else if (live->name != declared.name && NamesFollow()) {
      diff_.Add(
          StepKind::kRename,
          Cat("rename the primary key ", Identifier(live->name), " of ", name_, " to ", Identifier(declared.name)),
          {sql::RenameConstraint(name_, live->name, declared.name)},
          {sql::RenameConstraint(name_, declared.name, live->name)});
    }
  }

  void Compare(const IndexFacts& declared, const IndexFacts& live) {
    if (!Same(declared, live) || !live.valid) {
      if (MayBeNamed(declared, NameWhileBuilt(declared.name))) Replace(declared, live);
      return;
    }
    const bool marked = WasDeclared(live.comment);
    if (live.name != declared.name && marked) {
      Rename(declared, live);
    } else if (live.name == declared.name && !marked) {
      diff_.Add(StepKind::kAdopt, Cat("note in a comment that ", Identifier(live.name), " of ", name_, " is declared"),
                {CommentOn(live, WithIdentity(identity_, live.comment))}, {CommentOn(live, live.comment)});
    }
  }

  void Rename(const IndexFacts& declared, const IndexFacts& live) {
    const bool key = IsUniqueKey(live);
    diff_.Add(StepKind::kRename,
              Cat("rename ", key ? "unique key " : "index ", Identifier(live.name), " of ", name_, " to ",
                  Identifier(declared.name)),
              {key ? sql::RenameConstraint(name_, live.name, declared.name)
                   : sql::RenameIndex(table_.index(live.name), declared.name)},
              {key ? sql::RenameConstraint(name_, declared.name, live.name)
                   : sql::RenameIndex(table_.index(declared.name), live.name)});
  }

  std::string CommentOn(const IndexFacts& index, const std::optional<std::string>& comment) const {
    return IsUniqueKey(index) ? sql::CommentOnConstraint(name_, index.name, comment)
                              : sql::CommentOnIndex(table_.index(index.name), comment);
  }

  /// What is run again after it was interrupted finds what is left, and begins anew.
  void AppendDrop(const IndexFacts& index, Statements* statements) const {
    if (IsUniqueKey(index)) AppendDropOfKey(index.name, statements);
    statements->push_back(sql::RefuseOtherIndex(name_, table_.index(index.name)));
    AppendDropOfIndex(index.name, statements);
  }

  void AppendDropOfIndex(const std::string& name, Statements* statements) const {
    if (IsPartitioned()) return AppendLocking(sql::DropIndexIfExists(table_.index(name)), statements);
    AppendNotLocking(sql::DropIndexConcurrently(table_.index(name)), statements);
  }

  /// Drops what a build of it that was interrupted left, and nothing else.
  void AppendBuild(const IndexFacts& index, const std::string& name, Statements* statements) const {
    const sql::IndexChange change = {name_, name, index.unique, index.shape};
    statements->push_back(sql::RefuseOtherRelation(change, table_.index(name)));
    if (IsUniqueKey(index) && name == index.name) AppendDropOfKey(name, statements);
    AppendDropOfIndex(name, statements);
    if (!IsPartitioned()) return AppendNotLocking(sql::CreateIndexConcurrently(change), statements);
    AppendLocking(
        IsUniqueKey(index) ? sql::AddConstraint(name_, name, index.constraint_definition) : sql::CreateIndex(change),
        statements);
  }

  void AppendDropOfKey(const std::string& name, Statements* statements) const {
    statements->push_back(sql::RefuseOtherConstraint(name_, name));
    AppendLocking(sql::DropConstraintIfExists(name_, name), statements);
  }

  /// As it stands by itself, with its comment.
  Statements Made(const IndexFacts& index, const std::optional<std::string>& comment) const {
    Statements statements;
    AppendBuild(index, index.name, &statements);
    if (IsUniqueKey(index) && !IsPartitioned()) {
      AppendLocking(sql::AddUniqueUsingIndex(name_, index.name, index.name), &statements);
    }
    if (comment) statements.push_back(CommentOn(index, comment));
    return statements;
  }

  /// `index` in the place of one that goes: built beside it, so that there always is one, where that can be.
  Statements Replaced(const IndexFacts& index, const IndexFacts& gone,
                      const std::optional<std::string>& comment) const {
    Statements statements;
    if (IsPartitioned()) {
      AppendDrop(gone, &statements);
      const Statements made = Made(index, comment);
      statements.insert(statements.end(), made.begin(), made.end());
      return statements;
    }
    const std::string built = NameWhileBuilt(index.name);
    AppendBuild(index, built, &statements);
    AppendDrop(gone, &statements);
    if (IsUniqueKey(index)) {
      if (!IsUniqueKey(gone)) AppendDropOfKey(index.name, &statements);
      AppendLocking(sql::AddUniqueUsingIndex(name_, index.name, built), &statements);
    } else {
      AppendLocking(sql::RenameIndex(table_.index(built), index.name), &statements);
    }
    if (comment) statements.push_back(CommentOn(index, comment));
    return statements;
  }

  void Build(const IndexFacts& declared) {
    Statements down;
    AppendDrop(declared, &down);
    diff_.Add(StepKind::kIndexes, Cat("build the ", Describe(declared), " of ", name_, declared.shape, Meanwhile()),
              Made(declared, std::nullopt), down);
    Mark(declared);
  }

  void Replace(const IndexFacts& declared, const IndexFacts& live) {
    Statements down = Replaced(live, declared, live.comment);
    if (!live.valid) down = {};
    diff_.Add(
        StepKind::kIndexes,
        Cat("build the ", Describe(declared), " of ", name_, declared.shape, " in place of ", live.shape, Meanwhile()),
        Replaced(declared, live, std::nullopt), down);
    Mark(declared);
  }

  void Mark(const IndexFacts& index) {
    const std::string renamed = sql::Table(table_.entity);
    const auto comment_on = [&](const std::optional<std::string>& comment) {
      return IsUniqueKey(index) ? sql::CommentOnConstraint(renamed, index.name, comment)
                                : sql::CommentOnIndex(table_.index(index.name), comment);
    };
    diff_.Add(StepKind::kMark, Cat("note in a comment that ", Identifier(index.name), " of ", renamed, " is declared"),
              {comment_on(identity_)}, {comment_on(std::nullopt)});
  }

  const char* Meanwhile() const { return IsPartitioned() ? ", while nobody writes to the table" : ""; }

  static std::string Describe(const IndexFacts& index) {
    return Cat(IsUniqueKey(index) ? "unique key " : index.unique ? "unique index " : "index ", Identifier(index.name));
  }

  void LeaveOrDrop(const IndexFacts& live) {
    if (live.constraint && !IsUniqueKey(live)) return;  // told with the constraints
    const bool of_dropped = std::any_of(live.columns.begin(), live.columns.end(),
                                        [&](const std::string& column) { return table_.is_dropped(column); });
    if (!of_dropped && IsOfNobody(live.comment)) return;
    if (!of_dropped && !WasDeclared(live.comment)) {
      diff_.left_alone.push_back(Cat(Describe(live), " of ", name_));
      return;
    }
    Statements up;
    AppendDrop(live, &up);
    diff_.Add(StepKind::kIndexes, Cat("drop the ", Describe(live), " of ", name_, live.shape), up,
              Made(live, live.comment));
  }

  const TableComparison& table_;
  const std::string name_;
  const std::string identity_;
  SchemaDiff& diff_;
  std::set<const IndexFacts*> taken_;
};

}  // namespace

absl::Status CompareIndexes(const TableComparison& table, SchemaDiff* diff) {
  return IndexComparison(table, diff).Run();
}

}  // namespace rowkeeper::schema
