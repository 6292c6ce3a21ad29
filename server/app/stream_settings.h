#pragma once

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "server/app/settings.h"
#include "server/wire/stream_registry.h"

namespace rowkeeper::app {

void AddStreamOptions(CLI::App* command, StreamSettings* settings);

/// INVALID_ARGUMENT for answers of exports that are larger than any answer may be.
absl::Status CheckStreams(const StreamSettings& settings, int max_response_kib);

/// Streams get at most what units of work leave of the pool, and leave one connection to other calls.
wire::StreamLimits ToStreamLimits(const StreamSettings& settings, const PoolSettings& pool, int unit_capacity);

}  // namespace rowkeeper::app
