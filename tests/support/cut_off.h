#pragma once

#include <string>

#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// Closes the sockets of the server's sessions for which `condition` on pg_stat_activity holds, on the server's side,
/// so that no answer arrives while PostgreSQL goes on. How many there were. Only over TCP, without a pooler.
int CutOff(InProcessServer* server, const std::string& condition);

}  // namespace rowkeeper::testing
