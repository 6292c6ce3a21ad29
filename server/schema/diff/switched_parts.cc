#include "server/schema/diff/switched_parts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/pgtext/scanner.h"
#include "server/sql/column_copy.h"
#include "server/sql/ddl.h"
#include "server/sql/ddl_change.h"
#include "server/sql/identifier.h"
#include "server/sql/transaction_sql.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using pgtext::Token;
using sql::Identifier;
using ConstraintKind = ConstraintFacts::Kind;

constexpr int kTrialSavepoint = 2;

bool HasColumn(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool HasSame(const std::vector<IndexFacts>& indexes, const IndexFacts& index) {
  return std::any_of(indexes.begin(), indexes.end(), [&](const IndexFacts& other) {
    return other.name == index.name && other.shape == index.shape && other.unique == index.unique &&
           other.constraint == index.constraint;
  });
}

bool HasSameCheck(const std::vector<ConstraintFacts>& constraints, const ConstraintFacts& check) {
  return std::any_of(constraints.begin(), constraints.end(), [&](const ConstraintFacts& other) {
    return other.kind == check.kind && other.name == check.name && other.expression == check.expression;
  });
}

/// PostgreSQL's words for a part of a table, which name its columns without the table.
class PartText {
 public:
  explicit PartText(const std::string& text) : text_(text), tokens_(pgtext::Scan(text).tokens) {}

  /// The text with `other`, a name that needs no quotes, in the place of `column` from its first parenthesis on;
  /// nullopt where a word like it may be something else, a type, a function, an operator class, and where there is
  /// none.
  std::optional<std::string> With(const std::string& column, const std::string& other) const {
    const size_t begin = text_.find('(');
    std::string result;
    size_t end = 0;
    bool found = false;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      const bool is_name = Word(i) == Identifier(column) || (Word(i) == column && token.kind == Token::Kind::kName);
      if (token.start < begin || !is_name) continue;
      if (MayBeSomethingElse(i)) return std::nullopt;
      result += Cat(text_.substr(end, token.start - end), other);
      end = token.end;
      found = true;
    }
    if (!found) return std::nullopt;
    return result + text_.substr(end);
  }

 private:
  std::string Word(size_t i) const { return text_.substr(tokens_[i].start, tokens_[i].end - tokens_[i].start); }

  /// PostgreSQL writes its own words in capitals where they are no names.
  bool IsName(size_t i) const {
    const std::string word = Word(i);
    return tokens_[i].kind == Token::Kind::kName && word != absl::AsciiStrToUpper(word);
  }

  bool MayBeSomethingElse(size_t i) const {
    const std::string before = i > 0 ? Word(i - 1) : "", after = i + 1 < tokens_.size() ? Word(i + 1) : "";
    const bool is_unit = before == "(" && after == "FROM";  // EXTRACT(year FROM …)
    const bool is_setting = after == "=" && absl::StrContains(text_, " WITH (");
    return (i > 0 && IsName(i - 1)) || is_unit || is_setting || IsOneOf(before, {"::", ".", ")", "COLLATE", "NAME"}) ||
           IsOneOf(after, {"(", ".", "=>"});
  }

  const std::string& text_;
  const std::vector<Token> tokens_;
};

/// What a foreign key references may have columns of the same names.
std::optional<std::string> DefinitionWith(const ConstraintFacts& constraint, const std::string& column,
                                          const std::string& other) {
  const bool references = constraint.kind == ConstraintKind::kForeignKey;
  const size_t end = references ? constraint.definition.find(") REFERENCES ") : std::string::npos;
  const std::string own = constraint.definition.substr(0, end);
  const std::optional<std::string> with = PartText(own).With(column, other);
  if (!with || end == std::string::npos) return with;
  return *with + constraint.definition.substr(end);
}

/// Two of such a reference would each write what the other one looks at.
bool WritesMore(const ConstraintFacts& reference) {
  const bool writes = absl::StrContains(reference.definition, " ON DELETE SET ") ||
                      absl::StrContains(reference.definition, " ON UPDATE SET ") ||
                      absl::StrContains(reference.definition, " ON UPDATE CASCADE");
  return (writes && reference.columns.size() > 1) || absl::StrContains(reference.definition, " SET DEFAULT");
}

bool HoldsRows(const ConstraintFacts& constraint) {
  return constraint.kind == ConstraintKind::kCheck || constraint.kind == ConstraintKind::kForeignKey;
}

std::string WhyNotIndex(const TableComparison& table, const std::string& column) {
  for (const IndexFacts& index : table.declared.indexes) {
    if (HasColumn(index.columns, column) && !HasSame(table.live.indexes, index)) return "an index of it changes, too";
  }
  for (const IndexFacts& index : table.live.indexes) {
    if (!HasColumn(index.columns, column)) continue;
    if (WasDeclared(index.comment) && !HasSame(table.declared.indexes, index)) return "an index of it changes, too";
    if (!index.valid) return "an index of it was never built to its end";
    if (!PartText(index.shape).With(column, column))
      return "an expression of an index may mean something else by its name";
  }
  return "";
}

/// Whether the reference that the column declares, if any, is there and stays.
bool KeepsReference(const TableComparison& table, const Column& column) {
  return !column.reference || KeptForeignKey(table, column) != nullptr;
}

std::string WhyNotConstraint(const TableComparison& table, const Column& column) {
  for (const ConstraintFacts& check : table.declared.constraints) {
    const bool of_it = check.kind == ConstraintKind::kCheck && HasColumn(check.columns, column.name);
    if (of_it && !HasSameCheck(table.live.constraints, check)) return "a check of it changes, too";
  }
  if (!KeepsReference(table, column)) return "its reference changes, too";
  for (const ConstraintFacts& live : table.live.constraints) {
    if (!HasColumn(live.columns, column.name)) continue;
    if (!live.valid) return "a constraint of it was never validated";
    if (absl::StrContains(live.definition, " DEFERRABLE")) return "a constraint of it can be deferred";
    if (!HoldsRows(live)) continue;  // told with the indexes
    const bool kept = live.kind == ConstraintKind::kForeignKey ? KeptForeignKey(table, column) == &live
                                                               : HasSameCheck(table.declared.constraints, live);
    if (WasDeclared(live.comment) && !kept) return "a constraint of it changes, too";
    if (absl::StrContains(live.definition, " MATCH FULL")) return "a reference of it is NULL as a whole or not at all";
    if (WritesMore(live)) return "a reference sets it to its default, or other columns with it";
    if (!DefinitionWith(live, column.name, column.name)) {
      return "a constraint of it may mean something else by its name";
    }
  }
  return "";
}

/// Another column of its indexes and constraints that does not stay as it is: each would be in the other's way.
bool SharesWithOneThatChanges(const TableComparison& table, int position) {
  const std::vector<Column>& columns = table.aligned.columns;
  const std::string& column = columns[position].name;
  const auto has_both = [&](const std::string& other) {
    const auto has = [&](const auto& part) {
      return HasColumn(part.columns, column) && HasColumn(part.columns, other);
    };
    return std::any_of(table.live.indexes.begin(), table.live.indexes.end(), has) ||
           std::any_of(table.live.constraints.begin(), table.live.constraints.end(), has);
  };
  for (size_t i = 0; i < columns.size(); ++i) {
    const ColumnFacts* live = table.pair.columns[i];
    if (static_cast<int>(i) == position || live == nullptr) continue;
    const bool renamed = table.entity.columns[i].name != columns[i].name;
    if ((renamed || !IsOfDeclaredType(columns[i], *live)) && has_both(columns[i].name)) return true;
  }
  return std::any_of(table.live.columns.begin(), table.live.columns.end(),
                     [&](const ColumnFacts& other) { return table.is_dropped(other.name) && has_both(other.name); });
}

std::optional<std::string> CommentOf(const TableComparison& table, const std::optional<std::string>& live, bool kept) {
  if (!kept || WasDeclared(live)) return live;
  return WithIdentity(sql::TableIdentity(table.entity), live);
}

/// Whether PostgreSQL makes the indexes and checks for the declared type, and they name the old column nowhere.
bool GoWithType(const TableComparison& table, int position) {
  const Column& column = table.aligned.columns[position];
  const sql::ColumnTrial trial = {table.table(), column.name, "rowkeeper_tried",
                                  sql::ColumnType(table.aligned, column.type)};
  std::vector<std::string> statements = sql::BeginTrial(trial);
  const SwitchedParts parts = MadeOnceMore(table, position, {trial.tried, trial.tried});
  for (const SwitchedIndex& index : parts.indexes) {
    statements.push_back(sql::CreateIndex({sql::kTrialTable, index.name, index.live->unique, index.built}));
  }
  for (const SwitchedConstraint& constraint : parts.constraints) {
    // A temporary table references no other one.
    if (constraint.live->kind == ConstraintKind::kForeignKey) continue;
    statements.push_back(sql::AddConstraint(sql::kTrialTable, constraint.name, constraint.built));
  }
  // Where the connection is lost, the next statement of the comparison says so.
  const bool began = table.connection.ExecuteScript(sql::Savepoint(kTrialSavepoint), nullptr).ok();
  const bool made = began && table.connection.ExecuteScript(absl::StrJoin(statements, ";\n"), nullptr).ok();
  return began && table.connection.ExecuteScript(sql::RollbackToSavepoint(kTrialSavepoint), nullptr).ok() && made;
}

}  // namespace

std::string WhyNotMadeOnceMore(const TableComparison& table, int position) {
  const Column& column = table.aligned.columns[position];
  if (SharesWithOneThatChanges(table, position)) {
    return "another column of an index or constraint of it changes, too";
  }
  for (std::string why : {WhyNotIndex(table, column.name), WhyNotConstraint(table, column)}) {
    if (!why.empty()) return why;
  }
  return GoWithType(table, position) ? "" : "its indexes or checks do not go with the new type";
}

SwitchedParts MadeOnceMore(const TableComparison& table, int position, const ColumnNames& names) {
  const Column& column = table.aligned.columns[position];
  SwitchedParts parts;
  const auto name = [&](const std::string& of) {
    const size_t number = parts.indexes.size() + parts.constraints.size() + 1;
    return catalogue::CutIdentifier(Cat(of, "_", number, "_", table.live.name));
  };
  for (const IndexFacts& live : table.live.indexes) {
    if (!HasColumn(live.columns, column.name)) continue;
    SwitchedIndex index;
    index.live = &live;
    index.name = name(names.built);
    index.name_gone = name(names.gone);
    index.built = PartText(live.shape).With(column.name, names.built).value_or("");
    index.gone = PartText(live.shape).With(column.name, names.gone).value_or("");
    // A primary key is declared without a comment of its own.
    index.comment = CommentOf(table, live.comment, !index.is_primary_key() && HasSame(table.declared.indexes, live));
    parts.indexes.push_back(std::move(index));
  }
  for (const ConstraintFacts& live : table.live.constraints) {
    if (!HoldsRows(live) || !HasColumn(live.columns, column.name)) continue;
    SwitchedConstraint constraint;
    constraint.live = &live;
    constraint.name = name(names.built);
    constraint.built = DefinitionWith(live, column.name, names.built).value_or("");
    const bool kept = live.kind == ConstraintKind::kCheck
                          ? HasSameCheck(table.declared.constraints, live)
                          : KeptForeignKey(table, column) == &live && live.name == column.reference->constraint;
    constraint.comment = CommentOf(table, live.comment, kept);
    parts.constraints.push_back(std::move(constraint));
  }
  return parts;
}

}  // namespace rowkeeper::schema
