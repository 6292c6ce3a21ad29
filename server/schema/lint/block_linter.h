#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/schema/lint/allow_comments.h"
#include "server/schema/lint/known_schema.h"
#include "server/schema/lint/lint.h"
#include "server/schema/lint/repetition.h"

namespace rowkeeper::schema {

/// Goes through one block of a file, statement by statement. Used once, by one thread.
class BlockLinter {
 public:
  /// Adds to `report` and tells `known` what the block does. Both must outlive this.
  BlockLinter(const std::string& path, const MigrationBlock& block, KnownSchema* known, LintReport* report);
  void Run();

 private:
  void RunStatement(const SqlStatement& statement);
  void LintNames(const SqlStatement& statement);
  /// What of a statement depends on those before it.
  void LintInPlace(const SqlStatement& statement, const Effect& effect);
  void LintTransaction(const SqlStatement& statement, const Effect& effect);
  void LintRepeat(const SqlStatement& statement, const Effect& effect);
  void LintWaiting(const SqlStatement& statement, const Effect& effect);
  void Remember(const Effect& effect);
  void ReportAllows();

  void Report(const SqlStatement& statement, size_t offset, std::string_view rule, const std::string& subject);
  void Report(const SqlStatement& statement, const Effect& effect, std::string_view rule);
  /// Marks the comment as used.
  bool IsAllowed(const SqlStatement& statement, std::string_view rule);
  /// Of a statement that is not the last: only then does it matter whether it can be run again.
  bool IsLast(const SqlStatement& statement) const { return &statement == &script_.statements.back(); }
  int FileLine(int script_line) const { return block_.first_line + script_line - 1; }

  const std::string& path_;
  const MigrationBlock& block_;
  const SqlScript& script_;
  KnownSchema& known_;
  LintReport& report_;
  std::vector<AllowComment> allows_;
  /// Where the text before the present statement ends.
  size_t begin_ = 0;
  bool in_transaction_;
  /// What the transaction keeps others from.
  TableLock held_ = TableLock::kNone;
  std::set<std::string> unvalidated_;
  Repetition repetition_;
  /// Of the script, in milliseconds; nullopt: it does not say.
  std::optional<double> lock_timeout_ms_;
  const SqlStatement* open_begin_ = nullptr;
  /// A statement could not be parsed, so what is allowed may be in it.
  bool incomplete_ = false;
};

}  // namespace rowkeeper::schema
