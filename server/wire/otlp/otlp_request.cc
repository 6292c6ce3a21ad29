#include "server/wire/otlp/otlp_request.h"

#include <chrono>
#include <cstdint>

namespace rowkeeper::wire {
namespace {

namespace otlp = opentelemetry::proto::trace::v1;
using observe::Span;
using opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;

/// Bits of Span.flags: the caller's and ours are sampled; a caller's span is of another process.
constexpr uint32_t kSampled = 0x1;
constexpr uint32_t kIsRemoteKnown = 0x100;
constexpr uint32_t kIsRemote = 0x200;

std::string BytesOfId(observe::SpanId id) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(id >> shift));
  return bytes;
}

uint64_t ToNanoseconds(std::chrono::system_clock::time_point time) {
  return static_cast<uint64_t>(std::chrono::nanoseconds(time.time_since_epoch()).count());
}

otlp::Span::SpanKind ToOtlpKind(Span::Kind kind) {
  switch (kind) {
    case Span::Kind::kServer:
      return otlp::Span::SPAN_KIND_SERVER;
    case Span::Kind::kInternal:
      return otlp::Span::SPAN_KIND_INTERNAL;
    case Span::Kind::kClient:
      return otlp::Span::SPAN_KIND_CLIENT;
  }
  return otlp::Span::SPAN_KIND_UNSPECIFIED;
}

void AddSpan(const observe::CallTrace& trace, const Span& span, otlp::Span* out) {
  out->set_trace_id(trace.id.data(), trace.id.size());
  out->set_span_id(BytesOfId(span.id));
  out->set_trace_state(trace.state);
  if (span.parent != 0) out->set_parent_span_id(BytesOfId(span.parent));
  out->set_name(span.name);
  out->set_kind(ToOtlpKind(span.kind));
  out->set_start_time_unix_nano(ToNanoseconds(span.start));
  out->set_end_time_unix_nano(ToNanoseconds(span.end));
  const bool has_remote_parent = span.kind == Span::Kind::kServer && span.parent != 0;
  out->set_flags(kSampled | kIsRemoteKnown | (has_remote_parent ? kIsRemote : 0));
  if (span.status == Span::Status::kError) out->mutable_status()->set_code(otlp::Status::STATUS_CODE_ERROR);
  for (const observe::SpanAttribute& attribute : span.attributes) {
    auto* added = out->add_attributes();
    added->set_key(attribute.key.data(), attribute.key.size());
    if (const auto* text = std::get_if<std::string>(&attribute.value)) {
      added->mutable_value()->set_string_value(*text);
    } else {
      added->mutable_value()->set_int_value(std::get<int64_t>(attribute.value));
    }
  }
}

}  // namespace

ExportTraceServiceRequest ToOtlpRequest(const TraceResource& resource, const std::string& version,
                                        const std::vector<observe::CallTrace>& traces) {
  ExportTraceServiceRequest request;
  otlp::ResourceSpans* const all = request.add_resource_spans();
  for (const auto& [key, value] : resource) {
    auto* attribute = all->mutable_resource()->add_attributes();
    attribute->set_key(key);
    attribute->mutable_value()->set_string_value(value);
  }
  otlp::ScopeSpans* const spans = all->add_scope_spans();
  spans->mutable_scope()->set_name("rowkeeper");
  spans->mutable_scope()->set_version(version);
  for (const observe::CallTrace& trace : traces) {
    for (const Span& span : trace.spans) AddSpan(trace, span, spans->add_spans());
  }
  return request;
}

}  // namespace rowkeeper::wire
