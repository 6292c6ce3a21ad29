#pragma once

#include <string>
#include <string_view>

namespace rowkeeper {

/// What a statement is for, as a comment before its text says it: `/*rowkeeper:planner.v1.Todo/List*/ SELECT …`. By it
/// pg_stat_activity, pg_stat_statements and PostgreSQL's own log name the statement. `purpose` is the same for all
/// calls, or each would be another statement there, and holds no `*/`.
std::string WithPurpose(std::string_view purpose, std::string_view statement);
/// "planner.v1.Todo/List"; empty for a text without one. Views into `statement`.
std::string_view PurposeOf(std::string_view statement);

/// `statement` without the white space and comments that it begins with. A comment that does not end leaves nothing.
std::string_view SkipComments(std::string_view statement);

}  // namespace rowkeeper
