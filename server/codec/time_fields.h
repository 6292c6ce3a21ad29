#pragma once

#include <string>

#include "server/base/time_text.h"

namespace rowkeeper::codec {

/// The fields of a google.protobuf.Timestamp or Duration on the wire, and those of a google.type.Date.
void AppendTime(const TimeValue& value, std::string* out);
void AppendDateFields(const DateValue& value, std::string* out);

}  // namespace rowkeeper::codec
