#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rowkeeper::bench {

/// Asks each of `servers`, "name=address", which serve one database that fill.sql has just filled, the same questions,
/// and compares the answers of all with those of the first: messages to the microsecond, but the keys and times of rows
/// that were just written; error codes, not their words. An error names the question, and both answers. Each server
/// writes other rows, at most 16 servers.
absl::Status CompareAnswers(const std::vector<std::string>& servers);

}  // namespace rowkeeper::bench
