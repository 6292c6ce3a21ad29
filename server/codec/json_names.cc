#include "server/codec/json_names.h"

namespace rowkeeper::codec {

bool AppendCamelPath(std::string_view path, std::string* out) {
  const size_t start = out->size();
  bool upper = false;
  for (const char c : path) {
    if (c == '_' && !upper) {
      upper = true;
      continue;
    }
    const bool lower_letter = c >= 'a' && c <= 'z';
    out->push_back(upper && lower_letter ? static_cast<char>(c - 'a' + 'A') : c);
    upper = false;
  }
  std::string back;
  AppendSnakePath(std::string_view(*out).substr(start), &back);
  return back == path && !path.empty() && path.find(',') == std::string_view::npos;
}

void AppendSnakePath(std::string_view camel, std::string* out) {
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      out->push_back('_');
      out->push_back(static_cast<char>(c - 'A' + 'a'));
    } else {
      out->push_back(c);
    }
  }
}

}  // namespace rowkeeper::codec
