#pragma once

// Everything that reads bytes of callers or texts of a database, as functions that fuzzers and the test of the corpus
// feed. The tests and fuzzers run in the project's root, for some read the example catalogues.

#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/random_messages.h"

namespace rowkeeper::fuzz {

/// One reader of input that nobody has checked.
struct Target {
  /// Also the name of its folder below tests/fuzz/corpus.
  std::string name;
  /// Feeds `input` to the reader. Empty when it did what it promises, else what it did not. Not thread-safe.
  std::string (*check)(std::string_view input);
  /// Makes an input out of nothing, or out of another one. Most are of a kind that the reader accepts.
  std::string (*make)(Random* random);
  std::string (*mutate)(const std::string& input, Random* random);
};

/// Request bytes against generated code, and back through the encoder.
Target CodecTarget();
/// Filter expressions: the first byte chooses an entity.
Target FilterTarget();
/// Requests of every method of the example catalogues, from bytes to SQL that PostgreSQL's parser accepts: the first
/// byte chooses the method.
Target RequestTarget();
/// Page tokens, handles of units and orders of lists.
Target TokenTarget();
/// Messages of imports and requests of exports, as RequestTarget: the first byte chooses the method.
Target StreamTarget();
/// Requests of Run and Begin of units of work: the first byte chooses which.
Target UnitTarget();
/// Headers of calls, a line each, "name: value".
Target HeaderTarget();
/// Cells of the database: the first byte chooses the column.
Target CellTarget();

/// Tokens (JWT), their claims, and sets of keys: the first byte chooses which.
Target JwtTarget();

const std::vector<Target>& AllTargets();

}  // namespace rowkeeper::fuzz
