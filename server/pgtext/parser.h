#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace rowkeeper::pgtext {

/// The statements of SQL text as PostgreSQL's parser (of the version this program is linked with) understands them:
/// an array of its parse trees, in the form of libpg_query's JSON.
struct ParseProblem {
  /// Empty when the text was understood; else PostgreSQL's words, and the 1-based character where.
  std::string message;
  int position = 0;
};

/// Puts the statements' trees into `statements` (an array). Parameters are written `$1`. `text` must not hold a NUL
/// byte.
ParseProblem Parse(const std::string& text, nlohmann::json* statements);

}  // namespace rowkeeper::pgtext
