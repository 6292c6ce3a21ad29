#include "server/observe/span.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace rowkeeper::observe {

std::string TraceIdText(const TraceId& id) { return absl::BytesToHexString({id.data(), id.size()}); }

std::string SpanIdText(SpanId id) { return absl::StrCat(absl::Hex(id, absl::kZeroPad16)); }

size_t BytesOf(const CallTrace& trace) {
  size_t bytes = sizeof(CallTrace) + trace.state.size();
  for (const Span& span : trace.spans) {
    bytes += sizeof(Span) + span.name.size() + span.attributes.size() * sizeof(SpanAttribute);
    for (const SpanAttribute& attribute : span.attributes) {
      const auto* const text = std::get_if<std::string>(&attribute.value);
      if (text != nullptr) bytes += text->size();
    }
  }
  return bytes;
}

}  // namespace rowkeeper::observe
