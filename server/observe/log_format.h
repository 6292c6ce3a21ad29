#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace rowkeeper::observe {

enum class LogFormat {
  kText,  ///< logfmt: key=value pairs, values quoted when they need it
  kJson,  ///< one JSON object a line
};

/// One key and value of a log line. Keys are snake_case words written in the code; values may hold any bytes.
struct LogField {
  std::string_view key;
  std::variant<std::string_view, int64_t, double, bool> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, int64_t v) : key(k), value(v) {}
  LogField(std::string_view k, int v) : key(k), value(int64_t{v}) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
};

/// Appends ` key=value` or `,"key":value`, without the separator when `line` is empty. No value, whatever its bytes,
/// can end the line, forge a field or make the line invalid UTF-8.
void AppendField(LogFormat format, const LogField& field, std::string* line);

}  // namespace rowkeeper::observe
