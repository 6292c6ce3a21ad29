#pragma once

#include <string>

#include "server/app/settings.h"

namespace rowkeeper::app {

// The flags of a command as another command takes them, so that what a person is told to run can be pasted. Each has a
// space before it and is quoted for a shell where it needs to be.

/// " --proto-path proto --proto-file shop.proto"
std::string CatalogueFlags(const CatalogueSettings& settings);

/// " --database-url postgresql://me@db/shop", for a session of its own, without a password; empty when none was given.
std::string DatabaseFlags(const DatabaseSettings& settings);

/// A connection string or URL without its password.
std::string WithoutPassword(const std::string& url);

}  // namespace rowkeeper::app
