#pragma once

namespace rowkeeper::app {

/// Turns abseil's deadlock detector off in a release build; in a debug build it stays as the library has it. Debian's
/// library has it on: it aborts when two locks are ever taken in both orders, and triples what a lock costs (107 ns
/// against 36). Tests run with it. Call it before other threads begin.
void ChooseLockChecks();

}  // namespace rowkeeper::app
