#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>

#include "absl/status/status.h"
#include "server/app/settings.h"
#include "server/wire/server.h"

namespace rowkeeper::app {

void AddConnectionOptions(CLI::App* command, CallerConnectionSettings* settings);

/// How many connections fit: what --max-connections says, or fewer when `files`, the limit of open files, holds fewer
/// beside the sessions of `pool`. Errors: FAILED_PRECONDITION when it holds none, saying what to raise.
absl::StatusOr<int> FitConnections(const CallerConnectionSettings& settings, const PoolSettings& pool, int64_t files);

/// Puts the settings into `options`, with connections as FitConnections gives them for the process, whose limit of open
/// files is raised first; says in the log how many there are. Errors: those of FitConnections.
absl::Status SetConnectionLimits(const CallerConnectionSettings& settings, const PoolSettings& pool,
                                 wire::ServerOptions* options);

}  // namespace rowkeeper::app
