#pragma once

#include "server/identity/token_verifier.h"
#include "server/observe/exposition.h"

namespace rowkeeper::app {

/// What became of tokens, and the keys that they are checked with.
void AddTokens(const identity::TokenStats& stats, observe::Exposition* out);

}  // namespace rowkeeper::app
