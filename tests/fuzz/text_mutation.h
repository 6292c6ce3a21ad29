#pragma once

#include <string>
#include <vector>

#include "tests/fuzz/random_messages.h"

namespace rowkeeper::fuzz {

/// A text made of `words` with and without spaces between them.
std::string RandomText(const std::vector<std::string>& words, Random* random);

/// `text` with bytes changed, dropped, doubled and words put in.
std::string MutateText(std::string text, const std::vector<std::string>& words, Random* random);

}  // namespace rowkeeper::fuzz
