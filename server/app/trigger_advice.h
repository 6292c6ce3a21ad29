#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"

namespace rowkeeper::app {

/// For each table with triggers that run after a row was written, and so may write it again: a sentence that says what
/// the answers of writes then have. For each reference that PostgreSQL follows when a row is deleted, and that a
/// trigger may keep it from following: a sentence that says what the delete then leaves.
absl::StatusOr<std::vector<std::string>> AdviseTriggers(const catalogue::Catalogue& catalogue,
                                                        db::Connection& connection);

}  // namespace rowkeeper::app
