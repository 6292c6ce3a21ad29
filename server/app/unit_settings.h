#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/app/settings.h"
#include "server/db/connection.h"
#include "server/uow/options.h"

namespace rowkeeper::app {

/// Where callers reach the server, for the handles of its units: the setting, or else the first of the bound addresses,
/// with the machine's name for one that stands for all its addresses.
std::string AdvertisedAddress(const std::string& setting, const std::vector<std::string>& bound);
/// INVALID_ARGUMENT for a setting that fits into no handle.
absl::Status CheckAdvertisedAddress(const std::string& setting);

/// All but the server's address. Errors: INVALID_ARGUMENT for limits that contradict each other.
absl::StatusOr<uow::UnitOptions> ToUnitOptions(const UnitSettings& settings, const PoolSettings& pool);

/// The limits of a session that follow from others: how long an answer may take, and how long a unit may idle before
/// PostgreSQL itself ends it.
db::ConnectionOptions WithSessionLimits(db::ConnectionOptions connection, const UnitSettings& settings);

/// How long ending may take after the drain when the database does not answer: statements, COMMITs and questions about
/// them have limits of their own.
std::chrono::milliseconds TeardownLimit(const db::ConnectionOptions& connection, const UnitSettings& settings);

}  // namespace rowkeeper::app
