#pragma once

#include <string>

#include "server/codec/message_shape.h"

namespace rowkeeper::codec {

/// Appends the ProtoJSON of a field's value: an array of a repeated field, an object of a map. Names are the proto's
/// own (snake_case), fields without presence are left out when zero, map entries are ordered by key, so that equal
/// messages give equal texts. google.protobuf.Any is written as the plain message that it is. The occurrences must have
/// passed CheckMessage. False, with `problem`, for values that JSON or jsonb cannot hold: a NUL character, NaN or
/// infinity in a google.protobuf.Value, times out of range, unrepresentable mask paths.
bool AppendJson(const FieldShape& field, const Slot& occurrences, std::string* out, std::string* problem);

}  // namespace rowkeeper::codec
