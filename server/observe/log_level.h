#pragma once

namespace rowkeeper::observe {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

}  // namespace rowkeeper::observe
