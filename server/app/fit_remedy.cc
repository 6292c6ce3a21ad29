#include "server/app/fit_remedy.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/base/text.h"
#include "server/schema/migration_runner.h"

namespace rowkeeper::app {
namespace {

constexpr int kHistoryLockTimeoutMs = 200;

bool IsWordPart(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Whether `text` has `word` as a word, in any case.
bool HasWord(const std::string& text, const std::string& word) {
  const std::string lower = absl::AsciiStrToLower(text), wanted = absl::AsciiStrToLower(word);
  for (size_t at = lower.find(wanted); at != std::string::npos; at = lower.find(wanted, at + 1)) {
    const size_t end = at + wanted.size();
    if ((at == 0 || !IsWordPart(lower[at - 1])) && (end == lower.size() || !IsWordPart(lower[end]))) return true;
  }
  return false;
}

}  // namespace

Remedies::Remedies(RemedyFlags flags, std::optional<std::vector<PendingMigration>> pending)
    : flags_(std::move(flags)), pending_(std::move(pending)) {}

bool Remedies::IsPending(const schema::Mismatch& mismatch) const {
  if (!pending_.has_value() || pending_->empty()) return false;
  if (mismatch.table.empty()) return true;  // a query, whose tables nobody has looked for
  return std::any_of(pending_->begin(), pending_->end(),
                     [&](const PendingMigration& migration) { return HasWord(migration.text, mismatch.table); });
}

std::string Remedies::For(const schema::Mismatch& mismatch) const {
  const std::string directory = Cat(" --migrations ", flags_.directory.empty() ? "DIR" : flags_.directory);
  if (IsPending(mismatch)) return Cat("run `rowkeeper migrate up", directory, flags_.database, "`");
  const bool missing_table = mismatch.column.empty() && mismatch.key.empty() && mismatch.change.empty() &&
                             mismatch.breaks == schema::Breaks::kTable && !mismatch.says_what_to_do;
  const std::string unknown = pending_.has_value() ? "" : "apply the migration that is missing, or ";
  if (missing_table) {
    return Cat(unknown, "write a migration for it: `rowkeeper migrate new NAME --entity ", mismatch.entity, directory,
               flags_.catalogue, "`");
  }
  if (!mismatch.change.empty()) {
    return Cat(unknown, "write a migration that runs: ", mismatch.change,
               mismatch.field.empty() ? "" : Cat("; or change the field ", mismatch.field));
  }
  return "";
}

std::optional<std::vector<PendingMigration>> FindPending(const std::string& directory,
                                                         const db::ConnectionOptions& connection) {
  if (directory.empty()) return std::nullopt;
  db::ConnectionOptions options = connection;
  options.lock_timeout_ms = kHistoryLockTimeoutMs;
  const auto session = db::Connection::Open(options);
  if (!session.ok()) return std::nullopt;
  const auto states = schema::ReadMigrationStates(**session, directory, schema::MigratorOptions().history_table);
  if (!states.ok()) return std::nullopt;
  std::vector<PendingMigration> pending;
  for (const schema::MigrationState& state : *states) {
    using Kind = schema::MigrationState::Kind;
    if (state.kind != Kind::kPending && state.kind != Kind::kOutOfOrder) continue;
    absl::StatusOr<std::string> text = schema::ReadFile(state.path);
    if (text.ok()) pending.push_back({state.path, *std::move(text)});
  }
  return pending;
}

}  // namespace rowkeeper::app
