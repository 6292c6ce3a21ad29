#include "server/pgtext/parser.h"

#include <pg_query.h>

#include <nlohmann/json.hpp>

namespace rowkeeper::pgtext {

using nlohmann::json;

ParseProblem Parse(const std::string& text, json* statements) {
  *statements = json::array();
  ParseProblem problem;
  const PgQueryParseResult result = pg_query_parse(text.c_str());
  if (result.error != nullptr) {
    problem.message = result.error->message;
    problem.position = result.error->cursorpos;
  } else {
    const json tree = json::parse(result.parse_tree, nullptr, /*allow_exceptions=*/false);
    const auto found = tree.is_object() ? tree.find("stmts") : tree.end();
    if (tree.is_discarded()) {
      problem.message = "the parse tree could not be read";
    } else if (found != tree.end()) {
      for (const json& statement : *found) statements->push_back(statement.value("stmt", json::object()));
    }
  }
  pg_query_free_parse_result(result);
  return problem;
}

}  // namespace rowkeeper::pgtext
