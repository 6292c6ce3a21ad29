#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/schema/sql_script.h"
#include "server/schema/unfinished.h"

namespace rowkeeper::schema {

/// What became of a statement that was begun.
struct Outcome {
  enum class Kind { kNotInEffect, kInEffect, kUnknown } kind = Kind::kNotInEffect;
  /// Of kNotInEffect: statements that remove what it left, so that it can be run again.
  std::vector<std::string> cleanup;
  /// "it left an invalid index"; empty where there is nothing to say.
  std::string words;

  /// Whether it is as if it had never been begun.
  bool left_nothing() const { return kind == Kind::kNotInEffect && cleanup.empty(); }
};

/// Of the statement of `script` that was begun and is not known to be in effect. Looks into the database, for which it
/// sets in the session what the statements before it set; changes nothing. Errors: those of db::Connection.
absl::StatusOr<Outcome> OutcomeOfBegun(const UnfinishedBlock& unfinished, const SqlScript& script,
                                       db::Connection& connection);

}  // namespace rowkeeper::schema
