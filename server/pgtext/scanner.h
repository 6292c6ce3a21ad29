#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rowkeeper::pgtext {

/// One word of SQL text, or a comment.
struct Token {
  enum class Kind {
    kName,       ///< an identifier, or a keyword that may be one; quoted or not
    kReserved,   ///< a keyword that is never a name without quotes: SELECT, CASE, AND
    kNumber,     ///< an integer or decimal constant
    kString,     ///< a string constant of any spelling
    kParameter,  ///< $1
    kComment,
    kOther,  ///< operators and punctuation
  };
  /// Bytes in the text.
  size_t start = 0;
  size_t end = 0;
  Kind kind = Kind::kOther;
};

/// SQL text taken apart by PostgreSQL's own scanner.
struct Tokens {
  std::vector<Token> tokens;
  /// Empty when the text could be read; else what is wrong (an open quote), and the 1-based character where.
  std::string problem;
  int position = 0;
};

/// `text` must not hold a NUL byte.
Tokens Scan(const std::string& text);

}  // namespace rowkeeper::pgtext
