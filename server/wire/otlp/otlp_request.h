#pragma once

#include <string>
#include <utility>
#include <vector>

#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"
#include "server/observe/span.h"

namespace rowkeeper::wire {

/// What all spans of a server have in common: attributes of its resource, "service.name" first.
using TraceResource = std::vector<std::pair<std::string, std::string>>;

/// The message that brings `traces` to a collector.
opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest ToOtlpRequest(
    const TraceResource& resource, const std::string& version, const std::vector<observe::CallTrace>& traces);

}  // namespace rowkeeper::wire
