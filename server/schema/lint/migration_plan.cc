#include "server/schema/lint/migration_plan.h"

#include <algorithm>

#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/schema/lint/known_schema.h"
#include "server/schema/lint/statement_effects.h"
#include "server/schema/lint/statement_tree.h"

namespace rowkeeper::schema {
namespace {

constexpr size_t kTextBytes = 100;

/// A statement as it was understood.
struct ReadStatement {
  std::vector<Effect> effects;
  std::string unknown;
};

ReadStatement ReadPlanned(const SqlScript& script, const SqlStatement& statement, const KnownSchema& known) {
  const StatementTree read = ReadStatementTree(script, statement);
  if (!read.unknown.empty()) return {{}, read.unknown};
  if (read.tree.contains("DoStmt")) return {{}, "the code of DO is not read"};
  return {EffectsOf(read.tree, known), ""};
}

void NoteBlock(const MigrationBlock& block, KnownSchema* known) {
  for (const SqlStatement& statement : block.script.statements) {
    for (const Effect& effect : ReadPlanned(block.script, statement, *known).effects) known->Note(effect);
  }
}

std::string ShortText(std::string_view text) {
  const std::string line = OneLine(text);
  std::string words;
  for (const char c : line) {
    if (c != ' ' || (!words.empty() && words.back() != ' ')) words += c;
  }
  return words.size() <= kTextBytes ? words : ShortenUtf8(words, kTextBytes);
}

std::string Quoted(std::string_view name) { return Cat("\"", name, "\""); }

/// What is gone when it is done; empty for what takes no data away.
std::string LossOf(const Effect& effect) {
  switch (effect.kind) {
    case EffectKind::kDropColumn:
      return Cat("column ", Quoted(effect.table), ".", Quoted(effect.column));
    case EffectKind::kDropTable:
      return Cat("table ", Quoted(effect.table));
    case EffectKind::kTruncate:
      return Cat("all rows of ", Quoted(effect.table));
    case EffectKind::kDropSchema:
      return Cat("schema ", Quoted(effect.object));
    case EffectKind::kDropDatabase:
      return Cat("database ", Quoted(effect.object));
    default:
      return "";
  }
}

void AddOnce(std::string text, std::vector<std::string>* list) {
  if (std::find(list->begin(), list->end(), text) == list->end()) list->push_back(std::move(text));
}

/// Joins what one statement does to the same table.
void JoinEffect(const Effect& effect, std::vector<PlannedEffect>* effects) {
  const auto same = std::find_if(effects->begin(), effects->end(),
                                 [&](const PlannedEffect& other) { return other.table == effect.table; });
  PlannedEffect& planned = same != effects->end() ? *same : effects->emplace_back();
  planned.table = effect.table;
  planned.lock = std::max(planned.lock, effect.lock);
  planned.scans = planned.scans || effect.scans;
  planned.rewrites = planned.rewrites || effect.rewrites;
}

/// What is there for others to use: neither made by these files, nor no table at all.
bool IsAboutOthers(const Effect& effect, const KnownSchema& known) {
  if (effect.kind == EffectKind::kCreateTable || effect.lock == TableLock::kNone || effect.table.empty()) return false;
  return !known.IsNew(effect.table);
}

PlannedStatement PlanStatement(const MigrationBlock& block, const SqlStatement& statement, KnownSchema* known) {
  ReadStatement read = ReadPlanned(block.script, statement, *known);
  PlannedStatement planned;
  planned.line = block.first_line + statement.line - 1;
  planned.text = ShortText(block.script.TextOf(statement));
  planned.unknown = std::move(read.unknown);
  for (const Effect& effect : read.effects) {
    if (IsAboutOthers(effect, *known)) JoinEffect(effect, &planned.effects);
    const std::string loss = known->IsNew(effect.table) ? "" : LossOf(effect);
    if (!loss.empty()) AddOnce(loss, &planned.loses);
    known->Note(effect);
  }
  return planned;
}

/// Of the opposite block, with what is known before the block itself runs.
void JudgeWayBack(const MigrationBlock& back, const KnownSchema& known, PlannedBlock* planned) {
  bool acts = false;
  for (const SqlStatement& statement : back.script.statements) {
    const ReadStatement read = ReadPlanned(back.script, statement, known);
    acts = acts || !read.unknown.empty();
    for (const Effect& effect : read.effects) {
      acts = acts || effect.kind != EffectKind::kReadRows;
      const std::string loss = LossOf(effect);
      if (!loss.empty()) AddOnce(loss, &planned->lost_on_the_way_back);
    }
  }
  planned->way_back = !acts                                   ? WayBack::kNone
                      : planned->lost_on_the_way_back.empty() ? WayBack::kWhole
                                                              : WayBack::kLosesData;
}

PlannedBlock PlanBlock(const MigrationFile& file, Direction direction, KnownSchema* known) {
  const MigrationBlock& block = BlockOf(file, direction);
  PlannedBlock planned;
  planned.path = file.path;
  planned.transaction = block.transaction;
  JudgeWayBack(BlockOf(file, direction == Direction::kUp ? Direction::kDown : Direction::kUp), *known, &planned);
  for (const SqlStatement& statement : block.script.statements) {
    PlannedStatement one = PlanStatement(block, statement, known);
    if (one.effects.empty() && one.loses.empty() && one.unknown.empty()) {
      ++planned.others;
    } else {
      planned.statements.push_back(std::move(one));
    }
  }
  return planned;
}

}  // namespace

std::vector<PlannedBlock> PlanBlocks(const std::vector<MigrationFile>& files,
                                     const std::vector<const MigrationFile*>& chosen, Direction direction) {
  KnownSchema known;
  for (const MigrationFile& file : files) {
    const bool runs = std::find(chosen.begin(), chosen.end(), &file) != chosen.end();
    if (!runs || direction == Direction::kDown) NoteBlock(file.up, &known);
  }
  known.BeginFile();
  std::vector<PlannedBlock> blocks;
  for (const MigrationFile* file : chosen) blocks.push_back(PlanBlock(*file, direction, &known));
  return blocks;
}

}  // namespace rowkeeper::schema
