#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::observe {

/// The caller's trace, as the header traceparent of W3C Trace Context names it.
struct TraceParent {
  /// 32 lower-case hex digits, not all zero.
  std::string trace_id;
  /// 16 lower-case hex digits, not all zero: the caller's span.
  std::string span_id;
  bool sampled = false;
};

/// Reads a traceparent by the rules of the specification (level 2, 3.2): version 00 is exactly 55 characters long, a
/// later one may go on after a dash, ff is none. nullopt: malformed, which is to be ignored. Counts those.
std::optional<TraceParent> ParseTraceParent(std::string_view header);
/// The same of one that was counted, or is not to be.
std::optional<TraceParent> ReadTraceParent(std::string_view header);
/// Malformed ones since the process began. Thread-safe.
uint64_t MalformedTraceParents();

}  // namespace rowkeeper::observe
