#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rowkeeper::db {

/// The parameters of a connection string that were given: "host", "dbname", "options", … as libpq names them.
using ConnInfo = std::map<std::string, std::string, std::less<>>;

/// Parses a postgresql:// URI or a key=value string; empty text gives no parameters (then PG* applies). Errors:
/// INVALID_ARGUMENT with a message that does not repeat the text, for it may hold a password.
absl::StatusOr<ConnInfo> ParseConnInfo(std::string_view text);

/// Whether a connection can be tried at all with `text` and the PG* variables: errors are those that no retry mends, as
/// an unknown parameter, an impossible port or sslmode, or a service that nobody defined. Connects to nothing. Errors:
/// INVALID_ARGUMENT whose message names the parameter and repeats no value.
absl::Status CheckConnInfo(std::string_view text);

/// As key='value' pairs.
std::string ToKeyValue(const ConnInfo& info);

/// As a postgresql:// URI.
std::string ToUri(const ConnInfo& info);

/// Adds limits that notice a peer which is gone, where neither `info` nor the environment sets them.
void AddLivenessDefaults(int connect_timeout_s, ConnInfo* info);

/// Lowers connect_timeout to `limit_s`, wherever it is set; 0 and less there mean no limit.
void LimitConnectTimeout(int limit_s, ConnInfo* info);

}  // namespace rowkeeper::db
