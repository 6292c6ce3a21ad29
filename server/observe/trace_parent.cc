#include "server/observe/trace_parent.h"

#include <algorithm>
#include <atomic>

namespace rowkeeper::observe {
namespace {

constexpr size_t kTraceAt = 3, kTraceDigits = 32;
constexpr size_t kSpanAt = kTraceAt + kTraceDigits + 1, kSpanDigits = 16;
constexpr size_t kFlagsAt = kSpanAt + kSpanDigits + 1, kFlagsDigits = 2;
constexpr size_t kLength = kFlagsAt + kFlagsDigits;

std::atomic<uint64_t> malformed_count{0};

/// Upper-case digits are malformed.
bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsId(std::string_view text) { return IsHex(text) && text.find_first_not_of('0') != std::string_view::npos; }

}  // namespace

std::optional<TraceParent> ReadTraceParent(std::string_view header) {
  if (header.size() < kLength) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  if (!IsHex(version) || version == "ff") return std::nullopt;
  if (header.size() > kLength && (version == "00" || header[kLength] != '-')) return std::nullopt;
  if (header[kTraceAt - 1] != '-' || header[kSpanAt - 1] != '-' || header[kFlagsAt - 1] != '-') return std::nullopt;
  const std::string_view trace = header.substr(kTraceAt, kTraceDigits);
  const std::string_view span = header.substr(kSpanAt, kSpanDigits);
  const std::string_view flags = header.substr(kFlagsAt, kFlagsDigits);
  if (!IsId(trace) || !IsId(span) || !IsHex(flags)) return std::nullopt;
  const char low = flags[1];
  const bool sampled = (low <= '9' ? low - '0' : low - 'a' + 10) % 2 == 1;
  return TraceParent{std::string(trace), std::string(span), sampled};
}

std::optional<TraceParent> ParseTraceParent(std::string_view header) {
  std::optional<TraceParent> parsed = ReadTraceParent(header);
  if (!parsed.has_value()) malformed_count.fetch_add(1, std::memory_order_relaxed);
  return parsed;
}

uint64_t MalformedTraceParents() { return malformed_count.load(std::memory_order_relaxed); }

}  // namespace rowkeeper::observe
