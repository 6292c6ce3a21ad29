#include "server/observe/log_format.h"

#include <cmath>
#include <cstdio>

#include "server/base/utf8.h"

namespace rowkeeper::observe {
namespace {

/// JSON's escapes, which logfmt readers understand as well. `text` is valid UTF-8.
void AppendQuoted(std::string_view text, std::string* line) {
  line->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line->push_back('\\');
      line->push_back(c);
    } else if (c == '\n') {
      line->append("\\n");
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      char escape[8];
      std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(c));
      line->append(escape);
    } else {
      line->push_back(c);
    }
  }
  line->push_back('"');
}

bool IsBareWord(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7F || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

void AppendText(LogFormat format, std::string_view text, std::string* line) {
  if (format == LogFormat::kText && IsBareWord(text)) {
    line->append(text);
  } else if (ValidUtf8Prefix(text) == text.size()) {
    AppendQuoted(text, line);
  } else {
    AppendQuoted(RepairUtf8(text), line);
  }
}

void AppendNumber(double number, std::string* line) {
  if (!std::isfinite(number)) {
    line->append("null");
    return;
  }
  char digits[32];
  std::snprintf(digits, sizeof(digits), "%.10g", number);
  line->append(digits);
}

}  // namespace

void AppendField(LogFormat format, const LogField& field, std::string* line) {
  if (format == LogFormat::kText) {
    if (!line->empty()) line->push_back(' ');
    line->append(field.key).push_back('=');
  } else {
    if (!line->empty()) line->push_back(',');
    line->append("\"").append(field.key).append("\":");
  }
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    AppendText(format, *text, line);
  } else if (const auto* integer = std::get_if<int64_t>(&field.value)) {
    line->append(std::to_string(*integer));
  } else if (const auto* number = std::get_if<double>(&field.value)) {
    AppendNumber(*number, line);
  } else {
    line->append(std::get<bool>(field.value) ? "true" : "false");
  }
}

}  // namespace rowkeeper::observe
