#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/app/option_values.h"
#include "server/app/settings.h"
#include "server/observe/log.h"

namespace rowkeeper::app {

/// Options of the log that a server reads again on SIGHUP, as they are called in the configuration file.
const std::vector<std::string>& ReloadableLogOptions();

/// Errors: INVALID_ARGUMENT with the option and what it may be.
absl::StatusOr<observe::LogOptions> ToLogOptions(const ServeSettings& settings);

/// What of the log is to change while the server runs; empty: stays as it is.
struct LogChange {
  std::string level;
  std::string calls;
  /// Milliseconds.
  std::string slow_call_ms;
};

/// Changes all of it or nothing, and logs what holds now. Errors as of ToLogOptions. Thread-safe.
absl::Status ChangeLog(const LogChange& change);

/// `values` by option, of ReloadableLogOptions(); those that are not there stay as they are.
LogChange ToLogChange(const std::map<std::string, ReloadedValue>& values);

}  // namespace rowkeeper::app
