#include "server/app/stream_settings.h"

#include <algorithm>

#include "server/app/command_line.h"

namespace rowkeeper::app {

void AddStreamOptions(CLI::App* command, StreamSettings* settings) {
  AddOption(command, "--max-streams", &settings->max_streams,
            "Imports and exports open at once; never more than the connections that units of work leave, less one")
      ->check(CLI::Range(0, 1000))
      ->group("Streams");
  AddOption(command, "--streams-per-caller", &settings->streams_per_caller,
            "Imports and exports that one caller may have open; 0: no limit of its own, but its share")
      ->check(CLI::Range(0, 1000))
      ->group("Streams");
  AddOption(command, "--stream-idle-timeout", &settings->idle_timeout_s,
            "Longest time that the caller of an import or export may do nothing, seconds")
      ->check(CLI::Range(0.1, 86400.0))
      ->group("Streams");
  AddOption(command, "--export-rows", &settings->export_rows, "Most rows in one message of an export")
      ->check(CLI::Range(1, 10000))
      ->group("Streams");
  AddOption(
      command, "--export-size", &settings->export_kib,
      "Size of one message of an export, KiB, never more than --max-response-size; one with a single row may be larger")
      ->check(CLI::Range(1, 1048576))
      ->group("Streams");
}

wire::StreamLimits ToStreamLimits(const StreamSettings& settings, const PoolSettings& pool, int unit_capacity) {
  wire::StreamLimits limits;
  const int left = pool.pool_size + pool.max_overflow - unit_capacity - 1;
  limits.capacity = std::min(settings.max_streams, std::max(left, 0));
  limits.per_caller = settings.streams_per_caller;
  limits.idle_limit = Milliseconds(settings.idle_timeout_s);
  return limits;
}

}  // namespace rowkeeper::app
