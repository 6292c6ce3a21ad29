#include "server/schema/lint/block_linter.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/pgtext/parser.h"
#include "server/pgtext/scanner.h"
#include "server/schema/lint/statement_effects.h"

namespace rowkeeper::schema {
namespace {

/// Longer waits for a lock are too long: it is what the runner allows people who say nothing of it.
constexpr double kLongestWaitMs = 5000;

/// "1s", "500", "2 min" in milliseconds; nullopt for what it is not.
std::optional<double> TimeoutInMs(const std::string& value) {
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  if (end == value.c_str()) return std::nullopt;
  const std::string unit(absl::StripAsciiWhitespace(end));
  if (unit.empty() || unit == "ms") return number;
  if (unit == "us") return number / 1000;
  if (unit == "s") return number * 1000;
  if (unit == "min") return number * 60'000;
  return IsOneOf(unit, {"h", "d"}) ? std::optional(number * 3'600'000) : std::nullopt;
}

std::string SubjectOf(const Effect& effect) {
  const std::string table = effect.table.empty() ? "" : Cat("\"", effect.table, "\"");
  if (!effect.column.empty()) return Cat(table, ".\"", effect.column, "\"");
  if (effect.kind == EffectKind::kCreateIndex || table.empty()) {
    return effect.object.empty() ? table : Cat("\"", effect.object, "\"");
  }
  return table;
}

/// Whether it is about something that its file made, and that nobody uses yet.
bool IsAboutNew(const Effect& effect, const KnownSchema& known) { return known.IsNew(effect.table); }

}  // namespace

BlockLinter::BlockLinter(const std::string& path, const MigrationBlock& block, KnownSchema* known, LintReport* report)
    : path_(path),
      block_(block),
      script_(block.script),
      known_(*known),
      report_(*report),
      allows_(AllowComments(block.script.text)),
      in_transaction_(block.transaction) {}

void BlockLinter::Run() {
  for (const SqlStatement& statement : script_.statements) {
    RunStatement(statement);
    begin_ = statement.offset + statement.size;
  }
  if (open_begin_ != nullptr) Report(*open_begin_, 0, "ban-uncommitted-transaction", "");
  ReportAllows();
}

void BlockLinter::RunStatement(const SqlStatement& statement) {
  LintNames(statement);
  const std::string text(script_.TextOf(statement));
  nlohmann::json trees;
  const pgtext::ParseProblem problem = pgtext::Parse(text, &trees);
  const bool code = problem.message.empty() && trees.size() == 1 && trees[0].contains("DoStmt");
  if (!problem.message.empty() || trees.size() != 1 || code) {
    const int line = statement.line + std::max(0, LineOfCharacter(text, problem.position) - 1);
    report_.not_linted.push_back({path_, FileLine(line), code ? "the code of DO is not read" : problem.message});
    incomplete_ = true;
    return;
  }
  for (const Effect& effect : EffectsOf(trees[0], known_)) {
    if (const LintRule* rule = RuleBrokenBy(effect); rule != nullptr && !IsAboutNew(effect, known_)) {
      Report(statement, effect, rule->name);
    } else {
      LintInPlace(statement, effect);
    }
    LintTransaction(statement, effect);
    LintRepeat(statement, effect);
    LintWaiting(statement, effect);
    Remember(effect);
    known_.Note(effect);
  }
}

void BlockLinter::LintNames(const SqlStatement& statement) {
  const std::string text(script_.TextOf(statement));
  for (const pgtext::Token& token : pgtext::Scan(text).tokens) {
    if (token.kind != pgtext::Token::Kind::kName) continue;
    std::string name = text.substr(token.start, token.end - token.start);
    if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
    if (name.size() <= catalogue::kMaxIdentifier) continue;
    Report(statement, token.start, "identifier-too-long", Cat("\"", name, "\""));
  }
}

void BlockLinter::LintInPlace(const SqlStatement& statement, const Effect& effect) {
  if (!in_transaction_ || IsAboutNew(effect, known_)) return;
  if (effect.kind == EffectKind::kValidate && unvalidated_.count(effect.object) > 0) {
    Report(statement, effect, "constraint-missing-not-valid");
  } else if (held_ >= TableLock::kShare && (effect.scans || effect.rewrites)) {
    Report(statement, effect, "slow-under-lock");
  }
}

void BlockLinter::LintTransaction(const SqlStatement& statement, const Effect& effect) {
  if (effect.concurrently && in_transaction_) {
    Report(statement, effect, "ban-concurrent-index-creation-in-transaction");
  }
  if (effect.kind != EffectKind::kBegin && effect.kind != EffectKind::kCommit) return;
  const bool begins = effect.kind == EffectKind::kBegin;
  if (block_.transaction || begins == in_transaction_) return Report(statement, effect, "transaction-nesting");
  in_transaction_ = begins;
  open_begin_ = begins ? &statement : nullptr;
  held_ = TableLock::kNone;
  unvalidated_.clear();
}

void BlockLinter::LintRepeat(const SqlStatement& statement, const Effect& effect) {
  if (in_transaction_ || (IsLast(statement) && !effect.concurrently)) return;
  if (repetition_.Fails(effect)) Report(statement, effect, "not-repeatable");
}

void BlockLinter::LintWaiting(const SqlStatement& statement, const Effect& effect) {
  const bool locks = effect.lock >= TableLock::kShare && !effect.concurrently && !IsAboutNew(effect, known_) &&
                     effect.kind != EffectKind::kCreateTable;
  const bool patient = lock_timeout_ms_ && (*lock_timeout_ms_ <= 0 || *lock_timeout_ms_ > kLongestWaitMs);
  if (locks && patient) Report(statement, effect, "long-lock-timeout");
}

void BlockLinter::Remember(const Effect& effect) {
  if (effect.kind == EffectKind::kSetLockTimeout) lock_timeout_ms_ = TimeoutInMs(effect.object);
  repetition_.Remember(effect);
  if (effect.kind == EffectKind::kAddNotValid) unvalidated_.insert(effect.object);
  if (IsAboutNew(effect, known_) || effect.kind == EffectKind::kCreateTable || !in_transaction_) return;
  held_ = std::max(held_, effect.lock);
}

void BlockLinter::ReportAllows() {
  const auto report = [this](const AllowComment& allow, std::string_view rule) {
    report_.findings.push_back({path_, FileLine(allow.line), FindLintRule(rule), Cat("\"", allow.rule, "\"")});
  };
  for (const AllowComment& allow : allows_) {
    if (FindLintRule(allow.rule) == nullptr || allow.reason.empty()) {
      report(allow, "bad-allow");
    } else if (!allow.used && !incomplete_) {
      report(allow, "unused-allow");
    }
  }
}

bool BlockLinter::IsAllowed(const SqlStatement& statement, std::string_view rule) {
  const size_t end = statement.offset + statement.size;
  bool allowed = false;
  for (AllowComment& allow : allows_) {
    if (allow.offset < begin_ || allow.offset >= end || allow.rule != rule || allow.reason.empty()) continue;
    allow.used = true;
    allowed = true;
  }
  return allowed;
}

void BlockLinter::Report(const SqlStatement& statement, size_t offset, std::string_view rule,
                         const std::string& subject) {
  if (IsAllowed(statement, rule)) return;
  const auto begin = script_.text.begin() + statement.offset;
  const int line = statement.line + static_cast<int>(std::count(begin, begin + offset, '\n'));
  const LintFinding finding = {path_, FileLine(line), FindLintRule(rule), subject};
  const auto& findings = report_.findings;
  const bool told = std::any_of(findings.begin(), findings.end(), [&](const LintFinding& other) {
    return other.path == path_ && other.line == finding.line && other.rule == finding.rule && other.subject == subject;
  });
  if (!told) report_.findings.push_back(finding);
}

void BlockLinter::Report(const SqlStatement& statement, const Effect& effect, std::string_view rule) {
  Report(statement, std::min(effect.offset, statement.size), rule, SubjectOf(effect));
}

}  // namespace rowkeeper::schema
