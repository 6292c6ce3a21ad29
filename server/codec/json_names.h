#pragma once

#include <string>
#include <string_view>

namespace rowkeeper::codec {

inline constexpr std::string_view kNulProblem = "holds a NUL character, which PostgreSQL cannot store";

/// Appends a FieldMask path in lowerCamelCase. False when the path would not come back the same from AppendSnakePath.
bool AppendCamelPath(std::string_view path, std::string* out);

/// Appends a lowerCamelCase path in snake_case.
void AppendSnakePath(std::string_view camel, std::string* out);

}  // namespace rowkeeper::codec
