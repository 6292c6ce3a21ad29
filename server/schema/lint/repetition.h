#pragma once

#include <set>
#include <string>

#include "server/schema/lint/effect.h"
#include "server/schema/sql_script.h"

namespace rowkeeper::schema {

/// Tells what of a block without a transaction fails when the block is run again after it was interrupted. It hears of
/// the effects in their order. Used by one thread.
class Repetition {
 public:
  /// Whether running it once more fails, as what it makes is there, or what it drops is gone.
  bool Fails(const Effect& effect) const;
  /// Whether something of this name was dropped if it was there.
  bool WasDropped(const std::string& name) const;
  /// What was dropped if it was there may be made again.
  void Remember(const Effect& effect);

 private:
  std::set<std::string> dropped_;
};

/// Whether the first `count` statements of the block may run a second time: none fails, and none writes rows twice.
/// The code of DO and of functions is trusted; what cannot be parsed, and what is not known, is not. Pure.
bool MayRunAgain(const SqlScript& script, int count);

}  // namespace rowkeeper::schema
