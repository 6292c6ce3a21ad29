#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rowkeeper::observe {

/// 16 bytes, not all of them zero.
using TraceId = std::array<char, 16>;
/// Its 8 bytes are sent with the highest first; 0: none.
using SpanId = uint64_t;

struct SpanAttribute {
  /// Of OpenTelemetry's semantic conventions, or "rowkeeper.…". Lives as long as the process.
  std::string_view key;
  std::variant<std::string, int64_t> value;
};

/// Something that took time.
struct Span {
  enum class Kind {
    kServer,    ///< answering a call
    kInternal,  ///< something in between
    kClient,    ///< waiting for PostgreSQL
  };
  /// Whether it is an error, by the semantic conventions: most refusals of a call are none.
  enum class Status { kUnset, kError };

  SpanId id = 0;
  /// 0: it begins its trace.
  SpanId parent = 0;
  Kind kind = Kind::kInternal;
  Status status = Status::kUnset;
  std::string name;
  std::chrono::system_clock::time_point start;
  /// Not before `start`.
  std::chrono::system_clock::time_point end;
  std::vector<SpanAttribute> attributes;
};

/// The spans of one call. Its own comes last.
struct CallTrace {
  TraceId id{};
  /// The caller's header tracestate, which goes with each of them.
  std::string state;
  std::vector<Span> spans;
  /// Spans that the call has led to and that are not here, for there were too many.
  int64_t left_out = 0;
};

/// As headers and logs have them: 32 and 16 lower-case hex digits.
std::string TraceIdText(const TraceId& id);
std::string SpanIdText(SpanId id);

/// Memory that a trace takes, about.
size_t BytesOf(const CallTrace& trace);

/// Where the traces of calls go. Thread-safe; does not block.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void Add(CallTrace trace) = 0;
};

}  // namespace rowkeeper::observe
