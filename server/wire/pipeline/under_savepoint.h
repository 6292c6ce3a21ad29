#pragma once

#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// `work` in a transaction that others have begun, all or nothing: when it fails and the transaction has not, what it
/// did is rolled back.
Work UnderSavepoint(Work work);

}  // namespace rowkeeper::wire
