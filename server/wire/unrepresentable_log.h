#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "server/codec/unrepresentable_rows.h"

namespace rowkeeper::wire {

/// Writes a warning with the entity, key and field of a row that `method` could not show; nothing for other errors.
/// Values, and the keys of maps, are left out. Thread-safe.
void LogIfUnrepresentable(std::string_view method, const absl::Status& status);

/// The same of the first of `rows`, with their number; nothing when there are none.
void LogUnrepresentable(std::string_view method, const codec::UnrepresentableRows& rows);

}  // namespace rowkeeper::wire
