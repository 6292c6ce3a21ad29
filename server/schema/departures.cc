#include "server/schema/departures.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "server/base/text.h"
#include "server/pgtext/tree.h"
#include "server/schema/lint/known_schema.h"
#include "server/schema/lint/statement_effects.h"
#include "server/schema/lint/statement_tree.h"
#include "server/schema/lint/tree_names.h"
#include "server/schema/names_before.h"
#include "server/sql/declared_by.h"

namespace rowkeeper::schema {
namespace {

using DepartureKind = Departure::Kind;

std::optional<DepartureKind> DepartureKindOf(const Effect& effect) {
  switch (effect.kind) {
    case EffectKind::kDropColumn:
    case EffectKind::kRenameColumn:
      return DepartureKind::kColumn;
    case EffectKind::kDropTable:
    case EffectKind::kRenameTable:
      return DepartureKind::kTable;
    case EffectKind::kDropSchema:
      return DepartureKind::kSchema;
    case EffectKind::kSetType:
      return effect.rewrites ? std::optional(DepartureKind::kType) : std::nullopt;
    case EffectKind::kSetNotNull:
      return DepartureKind::kNull;
    case EffectKind::kAddCheck:
    case EffectKind::kAddNotValid:
      return effect.proves_not_null ? std::optional(DepartureKind::kNull) : std::nullopt;
    case EffectKind::kDropNotNull:
      return DepartureKind::kNullable;
    case EffectKind::kRequireColumn:
      return DepartureKind::kRequired;
    default:
      return std::nullopt;
  }
}

/// A column beside another one, while that gets another type: triggers fill it, and no server knows it.
bool IsBeside(std::string_view column) {
  return HasPrefix(column, "rowkeeper_new_") || HasPrefix(column, "rowkeeper_old_");
}

bool IsTemporary(const nlohmann::json& tree) {
  const nlohmann::json& relation = pgtext::Member(pgtext::Member(tree, "CreateStmt"), "relation");
  return relation.is_object() && relation.value("relpersistence", "") == "t";
}

bool IsRename(const Effect& effect) {
  return effect.kind == EffectKind::kRenameColumn || effect.kind == EffectKind::kRenameTable;
}

/// Of one file.
class FileDepartures {
 public:
  /// `known` is of all files; `run` of those that run, with what they make as new.
  FileDepartures(const MigrationFile& file, const MigrationBlock& block, KnownSchema* known, KnownSchema* run)
      : file_(file), block_(block), known_(*known), run_(*run) {}

  std::vector<Departure> Read() {
    for (const SqlStatement& statement : block_.script.statements) {
      line_ = block_.first_line + statement.line - 1;
      const nlohmann::json tree = ReadStatementTree(block_.script, statement).tree;
      if (tree.is_null()) continue;
      AddMoved(pgtext::Member(tree, "AlterObjectSchemaStmt"));
      AddRenamedSchema(pgtext::Member(tree, "RenameStmt"));
      AddDefaults(pgtext::Member(tree, "AlterTableStmt"));
      AddComment(pgtext::Member(tree, "CommentStmt"));
      if (IsTemporary(tree)) continue;
      if (const std::string relation = RelationThatComes(tree); !relation.empty()) TakeTable(relation, "");
      const bool makes_table = tree.contains("CreateStmt");
      for (const Effect& effect : EffectsOf(tree, known_)) {
        if (!makes_table) Add(effect);
        if (!makes_table || effect.kind == EffectKind::kCreateTable) TakeName(effect);
        names_.Note(effect);
        run_.Note(effect);
        // With IF NOT EXISTS it may be there already.
        if (effect.kind != EffectKind::kCreateTable || !effect.if_exists) known_.Note(effect);
      }
    }
    return Finish();
  }

 private:
  struct Found {
    Departure departure;
    /// What a column was that goes; nullopt where that cannot be told.
    std::optional<std::string> type = std::nullopt;
    /// Another column has got its name.
    bool taken = false;
  };

  std::vector<Departure> Finish() {
    // What has its name from now on is another column.
    const auto is_of_another = [&](const Found& one) {
      return one.departure.kind == DepartureKind::kComment && IsTaken(one.departure);
    };
    auto comments = std::make_shared<std::vector<GivenComment>>();
    for (const Found& one : found_) {
      const Departure& given = one.departure;
      if (given.kind == DepartureKind::kComment) comments->push_back({given.table, given.column, given.identity});
    }
    found_.erase(std::remove_if(found_.begin(), found_.end(), is_of_another), found_.end());
    std::vector<Departure> departures;
    for (Found& one : found_) {
      if (one.departure.renamed) one.departure.comments = comments;
      departures.push_back(std::move(one.departure));
    }
    return departures;
  }

  Departure Make(DepartureKind kind, const std::string& table, const std::string& column = "") const {
    Departure departure;
    departure.kind = kind;
    departure.path = file_.path;
    departure.line = line_;
    departure.table = table;
    departure.column = column;
    departure.of_this_run = run_.IsNew(table);
    return departure;
  }

  /// `departure` is by the names of now.
  void Push(Departure departure, const std::optional<std::string>& type = std::nullopt) {
    const NamesBefore::Name before = names_.Of(departure.table, departure.column);
    if (!before.sure) found_.push_back({departure, type});
    departure.table = before.table;
    departure.column = before.column;
    found_.push_back({std::move(departure), type});
  }

  static bool IsSameColumn(const Departure& a, const NamesBefore::Name& b) {
    return a.column == b.column && IsSameTable(a.table, b.table);
  }
  static bool MayBeSameColumn(const Departure& a, const NamesBefore::Name& b) {
    return a.column == b.column && MayBeSameTable(a.table, b.table);
  }

  bool IsTaken(const Departure& commented) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Found& one) {
      return one.taken && IsSameColumn(one.departure, {commented.table, commented.column});
    });
  }

  /// What was renamed before in the file, and goes now, goes; what is renamed twice is renamed. Whether that is all.
  bool HasGone(DepartureKind kind, const Effect& effect) {
    if (kind != DepartureKind::kColumn && kind != DepartureKind::kTable) return false;
    const NamesBefore::Name before = names_.Of(effect.table, effect.column);
    bool is_known = false;
    for (Found& one : found_) {
      const bool gone = one.departure.kind == kind || (kind == DepartureKind::kColumn && one.taken);
      if (!gone || !MayBeSameColumn(one.departure, before)) continue;
      one.departure.renamed = one.departure.renamed && IsRename(effect);
      is_known = is_known || IsSameColumn(one.departure, before);
    }
    return is_known && before.sure;
  }

  /// A column that has taken a name goes, or is renamed: nothing has that name then.
  void LeaveName(const Effect& effect) {
    const NamesBefore::Name name{names_.Of(effect.table, "").table, effect.column};
    for (Found& one : found_) {
      if (!one.taken || !MayBeSameColumn(one.departure, name)) continue;
      one.departure.kind = DepartureKind::kColumn;
      one.departure.type.clear();
    }
  }

  void Add(const Effect& effect) {
    const auto kind = DepartureKindOf(effect);
    if (!kind.has_value()) return;
    if (kind == DepartureKind::kColumn) LeaveName(effect);
    if (HasGone(*kind, effect) || known_.IsNew(effect.table)) return;
    // Without CASCADE it goes only when it is empty.
    if (kind == DepartureKind::kSchema && !effect.cascades) return;
    const NamesBefore::Name before = names_.Of(effect.table, effect.column);
    const bool goes = kind == DepartureKind::kColumn && !IsRename(effect);
    if (goes && before.sure && before.column == effect.column) ForgetChanges(before.table, before.column);
    if (IsBeside(effect.column) || IsBeside(before.column)) return;
    const bool of_schema = *kind == DepartureKind::kSchema;
    Departure departure = Make(*kind, of_schema ? effect.object : effect.table, effect.column);
    if (*kind == DepartureKind::kType) departure.type = effect.type;
    departure.renamed = IsRename(effect);
    if (of_schema) {
      found_.push_back({std::move(departure)});
    } else {
      Push(std::move(departure), known_.TypeOf(effect.table, effect.column));
    }
  }

  /// ALTER TABLE ... SET SCHEMA
  void AddMoved(const nlohmann::json& fields) {
    if (!fields.is_object() || fields.value("objectType", "") != "OBJECT_TABLE") return;
    const std::string table = RelationName(pgtext::Member(fields, "relation"));
    if (!known_.IsNew(table)) Push(Make(DepartureKind::kTable, table));
  }

  /// ALTER SCHEMA ... RENAME TO
  void AddRenamedSchema(const nlohmann::json& fields) {
    if (!fields.is_object() || fields.value("renameType", "") != "OBJECT_SCHEMA") return;
    found_.push_back({Make(DepartureKind::kSchema, fields.value("subname", ""))});
  }

  /// ALTER TABLE ... ALTER ... SET DEFAULT, DROP DEFAULT and the like; the last one of a file counts.
  void AddDefaults(const nlohmann::json& fields) {
    const std::string table = RelationName(pgtext::Member(fields, "relation"));
    for (const nlohmann::json& node : pgtext::Member(fields, "cmds")) {
      const nlohmann::json& command = pgtext::Member(node, "AlterTableCmd");
      const std::string subtype = command.is_object() ? command.value("subtype", "") : "";
      if (!IsOneOf(subtype, {"AT_ColumnDefault", "AT_DropIdentity", "AT_DropExpression"})) continue;
      const std::string column = command.value("name", "");
      Forget(names_.Of(table, column), {DepartureKind::kNoDefault, DepartureKind::kDefault});
      if (known_.IsNew(table) || IsBeside(column)) continue;
      const bool comes = subtype == "AT_ColumnDefault" && command.contains("def");
      const auto kind = comes ? DepartureKind::kDefault : DepartureKind::kNoDefault;
      Push(Make(kind, table, column));
    }
  }

  /// COMMENT ON TABLE, COMMENT ON COLUMN
  void AddComment(const nlohmann::json& fields) {
    const std::string of = fields.is_object() ? fields.value("objtype", "") : "";
    if (!IsOneOf(of, {"OBJECT_TABLE", "OBJECT_COLUMN"})) return;
    std::string table = DottedName(pgtext::Member(fields, "object")), column;
    if (of == "OBJECT_COLUMN") {
      const size_t dot = table.rfind('.');
      if (dot == std::string::npos) return;
      column = table.substr(dot + 1);
      table.resize(dot);
    }
    if (!column.empty() && (known_.IsNew(table) || IsBeside(names_.Of(table, column).column))) return;
    Departure departure = Make(DepartureKind::kComment, table, column);
    departure.identity = sql::DeclaredBy::Read(fields.value("comment", "")).identity;
    Push(std::move(departure));
  }

  /// What is changed of a column before it goes is gone with it.
  void ForgetChanges(const std::string& table, const std::string& column) {
    Forget({table, column}, {DepartureKind::kType, DepartureKind::kNull, DepartureKind::kNullable,
                             DepartureKind::kNoDefault, DepartureKind::kDefault});
  }

  void Forget(const NamesBefore::Name& column, const std::vector<DepartureKind>& kinds) {
    const auto is_one = [&](const Found& one) {
      return IsSameColumn(one.departure, column) &&
             std::find(kinds.begin(), kinds.end(), one.departure.kind) != kinds.end();
    };
    found_.erase(std::remove_if(found_.begin(), found_.end(), is_one), found_.end());
  }

  /// Something comes, or is renamed, and so takes a name.
  void TakeName(const Effect& effect) {
    switch (effect.kind) {
      case EffectKind::kAddColumn:
        return TakeColumn(effect, effect.column, effect.type.empty() ? std::nullopt : std::optional(effect.type));
      case EffectKind::kRenameColumn:
        return TakeColumn(effect, effect.object, known_.TypeOf(effect.table, effect.column));
      case EffectKind::kCreateTable:
        return TakeTable(effect.table, "");
      case EffectKind::kRenameTable:
        return TakeTable(RenamedTable(effect.table, effect.object), names_.Of(effect.table, "").table);
      default:
        return;
    }
  }

  void TakeTable(const std::string& table, const std::string& from) {
    bool was_there = false;
    for (Found& one : found_) {
      Departure& gone = one.departure;
      if (gone.kind != DepartureKind::kTable || !MayBeSameTable(gone.table, table)) continue;
      gone.renamed = false;
      was_there = was_there || IsSameTable(gone.table, table);
    }
    if (was_there) return;
    Departure departure = Make(DepartureKind::kName, table);
    departure.from = from;
    found_.push_back({std::move(departure)});
  }

  /// A column that takes the name of one that goes, and has another type, changes its type: who has the new one does
  /// not miss the old one. If it has the same one, or that cannot be told, it may hold anything.
  void TakeColumn(const Effect& effect, const std::string& name, const std::optional<std::string>& type) {
    const NamesBefore::Name table = names_.Of(effect.table, "");
    const auto went = [&](const Found& one) {
      return one.departure.kind == DepartureKind::kColumn && MayBeSameColumn(one.departure, {table.table, name});
    };
    const auto surely_went = [&](const Found& one) {
      return went(one) && IsSameTable(one.departure.table, table.table);
    };
    const bool was_there = std::any_of(found_.begin(), found_.end(), surely_went);
    if (was_there) ForgetChanges(table.table, name);
    for (Found& one : found_) {
      if (!went(one)) continue;
      one.departure.renamed = false;
      one.taken = one.taken || surely_went(one);
      const bool beside = effect.kind == EffectKind::kRenameColumn && IsBeside(effect.column);
      const bool differs = type.has_value() && (one.type.has_value() ? *one.type != *type : beside);
      if (!differs || !surely_went(one)) continue;
      one.departure.kind = DepartureKind::kType;
      one.departure.type = *type;
    }
    if ((was_there && table.sure) || known_.IsNew(effect.table) || IsBeside(name)) return;
    Departure departure = Make(DepartureKind::kName, effect.table, name);
    if (IsRename(effect)) departure.from = names_.Of(effect.table, effect.column).column;
    if (!table.sure) found_.push_back({departure});
    departure.table = table.table;
    found_.push_back({std::move(departure)});
  }

  const MigrationFile& file_;
  const MigrationBlock& block_;
  KnownSchema& known_;
  KnownSchema& run_;
  NamesBefore names_;
  int line_ = 0;
  std::vector<Found> found_;
};

std::string InQuotes(std::string_view name) { return Cat("\"", name, "\""); }

}  // namespace

bool IsOfNames(Departure::Kind kind) { return kind == DepartureKind::kName || kind == DepartureKind::kComment; }

std::string Describe(const Departure& departure) {
  const std::string table = Cat("table ", InQuotes(departure.table));
  const std::string column = Cat("column ", InQuotes(departure.table), ".", InQuotes(departure.column));
  const std::string& whole = departure.column.empty() ? table : column;
  switch (departure.kind) {
    case DepartureKind::kColumn:
    case DepartureKind::kTable:
      return Cat(whole, departure.renamed ? " is renamed" : " goes");
    case DepartureKind::kSchema:
      return Cat("schema ", InQuotes(departure.table), " goes");
    case DepartureKind::kType:
      return Cat(column, " gets another type");
    case DepartureKind::kNull:
      return Cat(column, " takes no NULL any more");
    case DepartureKind::kRequired:
      return Cat(column, " comes, which each new row has to have");
    case DepartureKind::kNullable:
      return Cat(column, " takes NULL from now on");
    case DepartureKind::kNoDefault:
      return Cat(column, " has no default any more");
    case DepartureKind::kDefault:
      return Cat(column, " gets a default");
    case DepartureKind::kName:
      return Cat("the name of ", whole, " is given to another");
    case DepartureKind::kComment:
      return Cat("the comment of ", whole, " changes");
  }
  return "";
}

std::vector<std::vector<Departure>> DeparturesOf(const ChosenBlocks& blocks) {
  const auto& chosen = blocks.chosen;
  if (chosen.empty()) return {};
  KnownSchema known, run;
  for (const MigrationFile& file : blocks.files) {
    const bool runs = std::find(chosen.begin(), chosen.end(), &file) != chosen.end();
    if (!runs || blocks.direction == Direction::kDown) FileDepartures(file, file.up, &known, &run).Read();
  }
  run.BeginFile();
  std::vector<std::vector<Departure>> departures;
  departures.reserve(chosen.size());
  for (const MigrationFile* file : chosen) {
    known.BeginFile();
    departures.push_back(FileDepartures(*file, BlockOf(*file, blocks.direction), &known, &run).Read());
  }
  return departures;
}

}  // namespace rowkeeper::schema
