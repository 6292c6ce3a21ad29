#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "server/schema/sql_script.h"

namespace rowkeeper::schema {

/// What PostgreSQL's parser makes of one statement.
struct StatementTree {
  /// One of pgtext::Parse's trees; null where there is none.
  nlohmann::json tree;
  /// Why there is none; empty where there is one.
  std::string unknown;
};

/// Without those that are longer than 64 KiB, so that files full of rows take no more memory than their text. Pure.
StatementTree ReadStatementTree(const SqlScript& script, const SqlStatement& statement);

}  // namespace rowkeeper::schema
