#pragma once

#include <string>
#include <string_view>

#include "server/codec/message_shape.h"

namespace rowkeeper::codec {

/// True when generated code would parse `bytes` as the message: tags, lengths and varints are whole, groups are
/// balanced, nesting is within kMaxNesting, and proto3 strings are UTF-8, in fields that nobody binds too.
/// Otherwise false, with `problem` for a person.
bool CheckMessage(const MessageShape& shape, std::string_view bytes, std::string* problem);

}  // namespace rowkeeper::codec
