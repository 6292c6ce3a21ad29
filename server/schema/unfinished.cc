#include "server/schema/unfinished.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {
namespace {

constexpr std::chrono::milliseconds kEndPoll{200};

absl::StatusOr<db::Rows> ReadRows(db::Connection& connection, const std::string& text,
                                  const std::vector<db::Param>& params, int columns) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.params = &params;
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

int CountIn(std::string_view cell) {
  int number = 0;
  return absl::SimpleAtoi(ToAbsl(cell), &number) ? number : 0;
}

const UnfinishedBlock* FindRunning(const std::vector<UnfinishedBlock>& blocks) {
  const auto found =
      std::find_if(blocks.begin(), blocks.end(), [](const UnfinishedBlock& block) { return block.running; });
  return found == blocks.end() ? nullptr : &*found;
}

}  // namespace

std::string ChecksumOfFirst(const SqlScript& script, int count) {
  if (count <= 0) return ReadSqlScript("").checksum;
  const size_t last = std::min(static_cast<size_t>(count), script.statements.size());
  if (last == 0) return ReadSqlScript("").checksum;
  const SqlStatement& statement = script.statements[last - 1];
  return ReadSqlScript(std::string_view(script.text).substr(0, statement.offset + statement.size)).checksum;
}

bool IsUnedited(const UnfinishedBlock& unfinished, const MigrationBlock& block) {
  if (static_cast<size_t>(unfinished.in_effect) > block.script.statements.size()) return false;
  return ChecksumOfFirst(block.script, unfinished.in_effect) == unfinished.checksum;
}

std::string UnfinishedBlocks::Begin(const MigrationFile& file, Direction direction, int in_effect) const {
  return Cat(sql::CreateUnfinished(table_), ";\n", Note(file, direction, {in_effect, false}));
}

std::string UnfinishedBlocks::Note(const MigrationFile& file, Direction direction,
                                   const ScriptProgress& progress) const {
  sql::UnfinishedRow row;
  row.version = file.version;
  row.direction = direction == Direction::kUp ? "up" : "down";
  row.in_effect = progress.in_effect;
  row.failed = progress.failed;
  row.checksum = ChecksumOfFirst(BlockOf(file, direction).script, progress.in_effect);
  return sql::NoteUnfinished(table_, row);
}

void UnfinishedBlocks::TidyUp(db::Connection& connection) const {
  // An empty table does no harm; the next one to finish tries again.
  connection.ExecuteScript(sql::DropEmptyUnfinished(table_), nullptr).IgnoreError();
}

absl::StatusOr<std::vector<UnfinishedBlock>> UnfinishedBlocks::Read(db::Connection& connection) const {
  std::vector<UnfinishedBlock> blocks;
  const auto exists = ReadRows(connection, sql::SelectTableExists(), {table_.schema, table_.name}, 1);
  if (!exists.ok()) return exists.status();
  if (exists->size() == 0) return blocks;
  const auto rows = ReadRows(connection, sql::SelectUnfinished(table_), {}, 7);
  if (!rows.ok()) return rows.status();
  for (int row = 0; row < rows->size(); ++row) {
    UnfinishedBlock block;
    block.version = std::string(rows->cell(row, 0));
    block.direction = rows->cell(row, 1) == "down" ? Direction::kDown : Direction::kUp;
    block.in_effect = CountIn(rows->cell(row, 2));
    block.checksum = std::string(rows->cell(row, 3));
    block.pid = CountIn(rows->cell(row, 4));
    block.running = rows->cell(row, 5) == "t";
    block.failed = rows->cell(row, 6) == "t";
    blocks.push_back(std::move(block));
  }
  return blocks;
}

absl::StatusOr<std::vector<UnfinishedBlock>> ReadEndedBlocks(const UnfinishedBlocks& blocks,
                                                             const MigratorOptions& options,
                                                             db::Connection& connection) {
  const Clock::time_point deadline = options.clock->Now() + options.runner_timeout;
  for (bool told = false;; told = true) {
    auto unfinished = blocks.Read(connection);
    if (!unfinished.ok()) return unfinished;
    const UnfinishedBlock* running = FindRunning(*unfinished);
    if (running == nullptr) return unfinished;
    if (options.clock->Now() >= deadline) {
      return InterruptedSessionActive(running->version, running->pid, static_cast<int>(options.runner_timeout.count()));
    }
    if (!told && options.observer.notice) {
      options.observer.notice(Cat("waiting for PostgreSQL process ", running->pid,
                                  ", which goes on with a statement of ", running->version, " whose runner was ended"));
    }
    options.clock->SleepFor(kEndPoll);
  }
}

}  // namespace rowkeeper::schema
