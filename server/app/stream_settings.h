#pragma once

#include <CLI/CLI.hpp>

#include "server/app/settings.h"
#include "server/wire/stream_registry.h"

namespace rowkeeper::app {

void AddStreamOptions(CLI::App* command, StreamSettings* settings);

/// Streams get at most what units of work leave of the pool, and leave one connection to other calls.
wire::StreamLimits ToStreamLimits(const StreamSettings& settings, const PoolSettings& pool, int unit_capacity);

}  // namespace rowkeeper::app
