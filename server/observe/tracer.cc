#include "server/observe/tracer.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "server/base/hex.h"
#include "server/base/text.h"
#include "server/observe/random_ids.h"

namespace rowkeeper::observe {
namespace {

/// What the specification asks to be propagated at least.
constexpr size_t kMostStateBytes = 512;

uint64_t ThresholdFor(double ratio) {
  if (ratio >= 1) return std::numeric_limits<uint64_t>::max();
  return static_cast<uint64_t>(std::ldexp(ratio, 64));
}

TraceId ToTraceId(const std::string& hex) {
  std::string bytes;
  TraceId id{};
  if (!AppendUnhexed(hex, &bytes) || bytes.size() != id.size()) return id;
  std::memcpy(id.data(), bytes.data(), id.size());
  return id;
}

SpanId ToSpanId(const std::string& hex) {
  SpanId id = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), id, 16);
  return id;
}

}  // namespace

Tracer::Tracer(const Options& options) : options_(options), threshold_(ThresholdFor(options.ratio)) {}

bool Tracer::Samples(const std::optional<TraceParent>& parent) const {
  if (parent.has_value()) return parent->sampled;
  if (options_.ratio >= 1) return true;
  return threshold_ > 0 && RandomNumber() < threshold_;
}

std::shared_ptr<CallSpans> Tracer::Begin(const std::optional<TraceParent>& parent, const Call& call) const {
  CallSpans::Start start;
  start.trace = parent.has_value() ? ToTraceId(parent->trace_id) : RandomTraceId();
  start.parent = parent.has_value() ? ToSpanId(parent->span_id) : 0;
  if (parent.has_value() && call.state.size() <= kMostStateBytes) start.state = call.state;
  start.path = call.path;
  start.came_at = call.came_at;
  start.clock = options_.clock;
  start.sink = options_.sink;
  return std::make_shared<CallSpans>(std::move(start));
}

}  // namespace rowkeeper::observe
