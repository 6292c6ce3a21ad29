#include "server/schema/migration_text.h"

#include <algorithm>
#include <vector>

#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/pgtext/scanner.h"
#include "server/schema/migration_errors.h"

namespace rowkeeper::schema {
namespace {

using Statements = std::vector<std::string>;
using Transaction = MigrationBody::Transaction;

bool IsLineBreak(char c) { return c == '\n' || c == '\r'; }

/// The inside of `E'…'` for that of a string constant, without line breaks. `escapes`: it is that of an `E'…'`.
/// Empty where there is a single quote inside: the constant is written in several pieces.
enum class Spelling { kPlain, kEscapes };
std::string EscapedInside(std::string_view inside, Spelling spelling) {
  std::string escaped;
  for (size_t i = 0; i < inside.size(); ++i) {
    const bool pair = i + 1 < inside.size();
    if (inside[i] == '\'') {
      if (!pair || inside[i + 1] != '\'') return "";
      escaped += "''";
      ++i;
    } else if (inside[i] == '\\' && spelling == Spelling::kEscapes && pair && !IsLineBreak(inside[i + 1])) {
      escaped += inside.substr(i++, 2);
    } else if (inside[i] == '\\') {
      if (spelling == Spelling::kPlain) escaped += "\\\\";
    } else if (IsLineBreak(inside[i])) {
      escaped += inside[i] == '\n' ? "\\n" : "\\r";
    } else {
      escaped.push_back(inside[i]);
    }
  }
  return escaped;
}

std::string WithoutLineBreaks(std::string_view constant) {
  const bool escapes = HasPrefix(constant, "E'") || HasPrefix(constant, "e'");
  const size_t quote = escapes ? 1 : 0;
  const bool breaks = std::any_of(constant.begin(), constant.end(), IsLineBreak);
  if (!breaks || constant.size() < quote + 2 || constant[quote] != '\'') return std::string(constant);
  const std::string inside = EscapedInside(constant.substr(quote + 1, constant.size() - quote - 2),
                                           escapes ? Spelling::kEscapes : Spelling::kPlain);
  return inside.empty() ? std::string(constant) : Cat("E'", inside, "'");
}

std::string WithConstantsOnOneLine(const std::string& statement) {
  std::string text;
  size_t copied = 0;
  for (const pgtext::Token& token : pgtext::Scan(statement).tokens) {
    if (token.kind != pgtext::Token::Kind::kString) continue;
    text.append(statement, copied, token.start - copied);
    text += WithoutLineBreaks(std::string_view(statement).substr(token.start, token.end - token.start));
    copied = token.end;
  }
  return text.append(statement, copied, std::string::npos);
}

Statements OnLinesOfTheirOwn(const Statements& statements) {
  Statements written;
  for (const std::string& statement : statements) written.push_back(WithConstantsOnOneLine(statement));
  return written;
}

std::string Block(const char* directive, Transaction transaction, const Statements& statements) {
  std::string block = Cat("-- migrate:", directive, transaction == Transaction::kNone ? " transaction:false\n" : "\n");
  for (const std::string& statement : statements) block += Cat(statement, ";\n");
  return block + "\n";
}

/// Whether the block holds `statements`, each of which is one.
bool Holds(const MigrationBlock& block, Transaction transaction, const Statements& statements) {
  if (block.transaction != (transaction == Transaction::kOne)) return false;
  if (block.script.statements.size() != statements.size()) return false;
  for (size_t i = 0; i < statements.size(); ++i) {
    const SqlScript script = ReadSqlScript(statements[i]);
    if (!script.problem.empty() || script.statements.size() != 1) return false;
    if (script.TextOf(script.statements[0]) != block.script.TextOf(block.script.statements[i])) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> MigrationText(std::string_view name, const MigrationBody& body) {
  const Statements up = OnLinesOfTheirOwn(body.up), down = OnLinesOfTheirOwn(body.down);
  const std::string text = Block("up", body.transaction, up) + Block("down", body.down_transaction, down);
  const absl::StatusOr<MigrationFile> read = ParseMigrationFile(name, text);
  if (!read.ok()) return MigrationNotWritten(name, OneLine(std::string(read.status().message())));
  if (!Holds(read->up, body.transaction, up) || !Holds(read->down, body.down_transaction, down)) {
    return MigrationNotWritten(name, "its statements would be read as other ones");
  }
  return text;
}

}  // namespace rowkeeper::schema
