#pragma once

#include <vector>

#include "absl/status/status.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_options.h"
#include "server/schema/unfinished.h"

namespace rowkeeper::schema {

/// What is to be run next; without file: nothing.
struct NextBlock {
  const MigrationFile* file = nullptr;
  Direction direction = Direction::kUp;
};

/// Whether `next` may be run from its beginning: nothing is unfinished but what may be run again. Looks into the
/// database of `options` where something is. Errors: FAILED_PRECONDITION with the files and what to do.
absl::Status CheckUnfinished(const std::vector<UnfinishedBlock>& unfinished, const std::vector<MigrationFile>& files,
                             const NextBlock& next, const MigratorOptions& options);

}  // namespace rowkeeper::schema
