#include "server/schema/sql_script.h"

#include <openssl/evp.h>
#include <pg_query.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "server/base/text.h"
#include "server/pgtext/scanner.h"

namespace rowkeeper::schema {
namespace {

using pgtext::Token;

/// The words of the text; comments are left out.
std::vector<Token> Scan(SqlScript* script) {
  pgtext::Tokens scanned = pgtext::Scan(script->text);
  if (!scanned.problem.empty()) {
    script->problem = std::move(scanned.problem);
    script->problem_line = LineOfCharacter(script->text, scanned.position);
    return {};
  }
  std::vector<Token>& tokens = scanned.tokens;
  const auto is_comment = [](const Token& token) { return token.kind == Token::Kind::kComment; };
  tokens.erase(std::remove_if(tokens.begin(), tokens.end(), is_comment), tokens.end());
  return std::move(tokens);
}

std::string Checksum(const std::string& text, const std::vector<Token>& tokens) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  for (const Token& token : tokens) {
    EVP_DigestUpdate(context, text.data() + token.start, token.end - token.start);
    EVP_DigestUpdate(context, "", 1);  // a NUL, which no text holds
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_DigestFinal_ex(context, digest.data(), &size);
  EVP_MD_CTX_free(context);
  return Cat("sha256:", absl::BytesToHexString(std::string(reinterpret_cast<const char*>(digest.data()), size)));
}

/// A statement's words: [first, last] in the token list.
struct WordRange {
  size_t first = 0;
  size_t last = 0;
};

std::vector<WordRange> SplitAtSemicolons(const std::string& text, const std::vector<Token>& tokens) {
  std::vector<WordRange> ranges;
  int depth = 0;
  size_t first = 0;
  for (size_t i = 0; i <= tokens.size(); ++i) {
    const char c = i < tokens.size() && tokens[i].end == tokens[i].start + 1 ? text[tokens[i].start] : ' ';
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (i < tokens.size() && (c != ';' || depth > 0)) continue;
    if (i > first) ranges.push_back({first, i - 1});
    first = i + 1;
  }
  return ranges;
}

/// False when the parser does not understand the text.
bool SplitByParser(const std::string& text, const std::vector<Token>& tokens, std::vector<WordRange>* ranges) {
  const PgQuerySplitResult result = pg_query_split_with_parser(text.c_str());
  const bool parsed = result.error == nullptr;
  for (int i = 0; parsed && i < result.n_stmts; ++i) {
    const size_t begin = result.stmts[i]->stmt_location;
    const size_t size = result.stmts[i]->stmt_len;
    const size_t end = size == 0 ? text.size() : begin + size;
    const auto before = [](const Token& token, size_t offset) { return token.start < offset; };
    const auto first = std::lower_bound(tokens.begin(), tokens.end(), begin, before);
    const auto past = std::lower_bound(tokens.begin(), tokens.end(), end, before);
    if (first == past) continue;
    ranges->push_back({static_cast<size_t>(first - tokens.begin()), static_cast<size_t>(past - tokens.begin() - 1)});
  }
  pg_query_free_split_result(result);
  return parsed;
}

std::string Word(const std::string& text, const Token& token) {
  return absl::AsciiStrToLower(text.substr(token.start, token.end - token.start));
}

SqlStatement::Control ControlOf(const std::string& text, const std::vector<Token>& tokens, const WordRange& range) {
  const std::string word = Word(text, tokens[range.first]);
  const bool has_second = range.last > range.first;
  const std::string second = has_second ? Word(text, tokens[range.first + 1]) : "";
  if (word == "begin" || (word == "start" && second == "transaction")) return SqlStatement::Control::kBegin;
  if (word == "rollback") {
    for (size_t i = range.first; i <= range.last; ++i) {
      if (Word(text, tokens[i]) == "to") return SqlStatement::Control::kNone;
    }
  }
  const bool ends = word == "commit" || word == "end" || word == "abort" || word == "rollback" ||
                    (word == "prepare" && second == "transaction");
  return ends && second != "prepared" ? SqlStatement::Control::kEnd : SqlStatement::Control::kNone;
}

/// Whether statements that begin with `word` lock no table against those who read or write it.
bool IsOfRows(const std::string& word) {
  return IsOneOf(word, {"select",  "values",  "with",       "insert",    "update",  "delete",   "merge",
                        "copy",    "do",      "call",       "set",       "reset",   "show",     "analyze",
                        "execute", "prepare", "deallocate", "savepoint", "release", "rollback", "("});
}

bool HasAnyOf(const std::string& lower_text, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return absl::StrContains(lower_text, word); });
}

/// Whether a statement that begins with these words, and is `lower_text` as a whole, may run in a transaction. What is
/// not known may not.
bool IsAtomic(const std::vector<std::string>& words, const std::string& lower_text) {
  if (IsOneOf(words[0], {"alter", "create", "drop"})) {
    return !IsOneOf(words[1], {"database", "tablespace", "subscription", "system"});
  }
  if (words[0] == "do") return !HasAnyOf(lower_text, {"commit", "rollback", "call"});
  return IsOneOf(words[0], {"select", "values", "with", "insert", "update", "delete", "merge", "truncate", "comment",
                            "grant", "revoke", "security", "set", "reset", "analyze", "reassign", "("});
}

bool SetsSession(const std::string& word, const std::string& lower_text) {
  return IsOneOf(word, {"set", "reset"}) || (word == "select" && absl::StrContains(lower_text, "set_config"));
}

bool IsOfSession(const std::vector<std::string>& words) {
  if (words[0] == "prepare") return words[1] != "transaction";
  if (words[0] != "create") return IsOneOf(words[0], {"declare", "load", "listen", "discard"});
  size_t kind = words[1] == "or" ? 3 : 1;  // OR REPLACE
  if (IsOneOf(words[kind], {"local", "global"})) ++kind;
  return IsOneOf(words[kind], {"temp", "temporary"});
}

/// SET ROLE, SESSION AUTHORIZATION or READ ONLY in a statement or body that may set them. What only looks so does, too.
bool LimitsRights(const std::string& word, const std::string& lower_text) {
  if (!SetsSession(word, lower_text) && !IsOneOf(word, {"do", "begin", "start"})) return false;
  const std::vector<std::string> parts =
      absl::StrSplit(lower_text, absl::ByAnyChar(" \t\r\n'\"(),;="), absl::SkipEmpty());
  return std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
    return IsOneOf(part, {"role", "authorization", "session_authorization", "only", "default_transaction_read_only",
                          "transaction_read_only"});
  });
}

/// CREATE OR REPLACE LOCAL TEMPORARY
constexpr size_t kWordsThatTell = 5;

/// How it looks to a runner that was interrupted.
void Classify(const std::string& text, const std::vector<Token>& tokens, const WordRange& range,
              SqlStatement* statement) {
  std::vector<std::string> words;
  for (size_t i = 0; i < kWordsThatTell; ++i) {
    words.push_back(range.first + i > range.last ? "" : Word(text, tokens[range.first + i]));
  }
  const std::string whole = absl::AsciiStrToLower(text.substr(statement->offset, statement->size));
  statement->commits = statement->control == SqlStatement::Control::kEnd && IsOneOf(words[0], {"commit", "end"});
  statement->atomic =
      statement->control == SqlStatement::Control::kNone && !statement->concurrently && IsAtomic(words, whole);
  statement->sets_session = SetsSession(words[0], whole);
  statement->of_session = IsOfSession(words);
}

SqlStatement MakeStatement(const std::string& text, const std::vector<Token>& tokens, const WordRange& range) {
  SqlStatement statement;
  statement.offset = tokens[range.first].start;
  statement.size = tokens[range.last].end - statement.offset;
  statement.line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + statement.offset, '\n'));
  statement.control = ControlOf(text, tokens, range);
  statement.locks_tables =
      statement.control == SqlStatement::Control::kNone && !IsOfRows(Word(text, tokens[range.first]));
  for (size_t i = range.first; i <= range.last; ++i) {
    statement.concurrently = statement.concurrently || Word(text, tokens[i]) == "concurrently";
  }
  Classify(text, tokens, range, &statement);
  return statement;
}

}  // namespace

SqlScript ReadSqlScript(std::string_view text) {
  SqlScript script;
  script.text = std::string(text);
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    script.problem = "there is a NUL byte in the text";
    script.problem_line = 1 + static_cast<int>(std::count(text.begin(), text.begin() + nul, '\n'));
    return script;
  }
  const std::vector<Token> tokens = Scan(&script);
  if (!script.problem.empty()) return script;
  script.checksum = Checksum(script.text, tokens);
  std::vector<WordRange> ranges;
  script.parsed = SplitByParser(script.text, tokens, &ranges);
  if (!script.parsed) ranges = SplitAtSemicolons(script.text, tokens);
  script.limits_locks = std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return absl::StrContains(Word(script.text, token), "lock_timeout");
  });
  for (const WordRange& range : ranges) {
    script.statements.push_back(MakeStatement(script.text, tokens, range));
    const std::string lower_text = absl::AsciiStrToLower(ToAbsl(script.TextOf(script.statements.back())));
    script.limits_rights = script.limits_rights || LimitsRights(Word(script.text, tokens[range.first]), lower_text);
  }
  return script;
}

int LineOfCharacter(std::string_view text, int position) {
  int line = 1;
  int character = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++character >= position) break;
    if (c == '\n') ++line;
  }
  return line;
}

}  // namespace rowkeeper::schema
