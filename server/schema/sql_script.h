#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rowkeeper::schema {

/// One statement of a script, without the comments around it and without its semicolon.
struct SqlStatement {
  /// Bytes in the script's text.
  size_t offset = 0;
  size_t size = 0;
  /// 1-based line of its first word, in the script.
  int line = 1;
  /// What it does to the transaction it runs in.
  enum class Control { kNone, kBegin, kEnd } control = Control::kNone;
  /// Has the word CONCURRENTLY in it: waits for other sessions, and cannot be tried again without cleaning up.
  bool concurrently = false;
  /// May lock a table against others for as long as its transaction lasts: all but those that only read and write rows,
  /// or settings.
  bool locks_tables = false;
  /// May run in a transaction, and so takes effect together with what is sent behind it, or not at all.
  bool atomic = false;
  /// Begins with COMMIT or END.
  bool commits = false;
  /// SET, RESET, set_config(): holds for what follows in its session.
  bool sets_session = false;
  /// Makes what ends with its session: a temporary table, a prepared statement.
  bool of_session = false;
};

/// SQL text taken apart by PostgreSQL's own scanner and parser. Plain data.
struct SqlScript {
  std::string text;
  std::vector<SqlStatement> statements;
  /// True when PostgreSQL's parser (of the version this program is linked with) found the statements; else they were
  /// found by semicolons, which is wrong inside BEGIN ATOMIC … END bodies, and the text may hold a syntax error.
  bool parsed = false;
  /// Has the word lock_timeout in it, and decides by itself how long it waits for locks.
  bool limits_locks = false;
  /// Sets who its statements run as, or that they write nothing: what the runner writes meanwhile may be refused.
  bool limits_rights = false;
  /// "sha256:" and the digest of the words of the text: comments and white space do not matter.
  std::string checksum;
  /// Empty when the text could be read; else what is wrong (an open quote, a NUL byte) and the 1-based line of it.
  std::string problem;
  int problem_line = 0;

  std::string_view TextOf(const SqlStatement& statement) const {
    return std::string_view(text).substr(statement.offset, statement.size);
  }
};

/// Never fails: see SqlScript::problem.
SqlScript ReadSqlScript(std::string_view text);

/// The 1-based line of the 1-based character (not byte) `position` of `text`; 1 when position is 0.
int LineOfCharacter(std::string_view text, int position);

}  // namespace rowkeeper::schema
