#pragma once

#include <string>
#include <string_view>

#include "server/codec/cell_problem.h"
#include "server/codec/message_shape.h"
#include "server/plan/mask/json_mask.h"

namespace rowkeeper::codec {

/// Appends the field with the value that the ProtoJSON `json` describes: the reverse of AppendJson. Keys that no field
/// has are ignored, proto and camelCase names are accepted, an absent or null member leaves its field unset. False,
/// with `problem`, when the text is not JSON or a value does not fit its field; `out` is then of no use.
bool AppendFieldFromJson(const FieldShape& field, std::string_view json, std::string* out, CellProblem* problem);

/// The same with only the parts of the value that `parts` names. What is not there is left out.
bool AppendFieldFromJson(const FieldShape& field, std::string_view json, const plan::JsonTree& parts, std::string* out,
                         CellProblem* problem);

}  // namespace rowkeeper::codec
