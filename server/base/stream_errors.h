#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

/// Errors of streaming calls; see errors.h.
namespace rowkeeper {

/// ABORTED, reason STREAM_IDLE: the caller neither read nor sent anything for `idle` ("60 s"), the server's
/// stream-idle-timeout. `remedy` says how to go on.
absl::Status StreamIdle(std::string_view idle, std::string_view remedy);
/// ABORTED, reason STREAM_IDLE: the caller let the server wait for most of the time, and another one needed the place.
absl::Status StreamGaveUpPlace(std::string_view remedy);
/// FAILED_PRECONDITION, reason STREAMS_OFF: the server has no place for any, so trying again does not help.
absl::Status StreamsOff();
/// What ends an import: `error` of the message that is the `chunk`th, counted from 1, when `imported` rows of those
/// before it are stored. Metadata "chunk" and "imported". Where it is not known what became of the chunk, it says so.
absl::Status ImportStopped(const absl::Status& error, int64_t chunk, int64_t imported);

}  // namespace rowkeeper
