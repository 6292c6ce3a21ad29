#pragma once

#include "server/exec/runner.h"
#include "server/plan/call.h"
#include "server/wire/exchange.h"

namespace rowkeeper::wire {

// What the log line of a call says of its rows.

/// The keys that the call's request names.
void NoteRequestedKeys(const plan::Call& call, Exchange* exchange);
/// How many rows there were, and the keys of created ones, which are known only from the answer.
void NoteOutcome(const plan::MethodPlan& plan, const exec::Outcome& outcome, Exchange* exchange);

}  // namespace rowkeeper::wire
