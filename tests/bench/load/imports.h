#pragma once

#include "tests/bench/load/loop.h"

namespace rowkeeper::bench {

/// `options.in_flight` imports at a time, which send messages of `rows` to-dos until the time is over, two of them
/// unanswered at most. A latency is that of a message; there is no open loop.
void RunImports(const Channels& channels, int rows, const LoopOptions& options, LoopResult* result);

}  // namespace rowkeeper::bench
