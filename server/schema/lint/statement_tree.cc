#include "server/schema/lint/statement_tree.h"

#include <utility>

#include "server/pgtext/parser.h"

namespace rowkeeper::schema {
namespace {

/// A parse tree takes some seventy times as much memory as its text.
constexpr size_t kMostReadBytes = size_t{64} << 10;

}  // namespace

StatementTree ReadStatementTree(const SqlScript& script, const SqlStatement& statement) {
  if (statement.size > kMostReadBytes) return {{}, "what is longer than 64 KiB is not read"};
  nlohmann::json trees;
  const pgtext::ParseProblem problem = pgtext::Parse(std::string(script.TextOf(statement)), &trees);
  if (!problem.message.empty()) return {{}, problem.message};
  if (trees.size() != 1) return {{}, "not one statement"};
  return {std::move(trees[0]), ""};
}

}  // namespace rowkeeper::schema
