#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/schema/migration_file.h"

namespace rowkeeper::schema {

/// The text of a file that does what `body` says. Line breaks in string constants are written as `\n`, so that no line
/// of a value is taken for one of the file. What is read back must be the same statements, each of them one statement.
/// Errors: INVALID_ARGUMENT, with `name`, when it is not.
absl::StatusOr<std::string> MigrationText(std::string_view name, const MigrationBody& body);

}  // namespace rowkeeper::schema
