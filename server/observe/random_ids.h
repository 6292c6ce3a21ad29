#pragma once

#include <cstdint>

#include "server/observe/span.h"

namespace rowkeeper::observe {

/// Random numbers that nothing depends on but chance: of a generator of each thread, which takes no lock and, after its
/// first number, no memory. Thread-safe, like everything here.
uint64_t RandomNumber();
/// Not 0.
SpanId RandomSpanId();
TraceId RandomTraceId();

}  // namespace rowkeeper::observe
