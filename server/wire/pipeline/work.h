#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "server/db/cancellation.h"
#include "server/db/connection.h"

namespace rowkeeper::wire {

/// What is done on a connection to answer one call; gives the response's bytes. The files of this folder make it
/// (`run_and_encode`), wrap it (`claimed`, `under_savepoint`, `traced`) and choose where it runs (`alone`, `in_unit`,
/// `own_transaction`, `key_queue`).
///
/// It runs on a worker or a thread of a unit of work, in whatever transaction the connection is in, and neither begins
/// nor ends one; perhaps more than once, when what it did was rolled back. It may block. Owns what it uses.
using Work = std::function<absl::StatusOr<std::string>(db::Connection&, db::Cancellation*)>;

}  // namespace rowkeeper::wire
