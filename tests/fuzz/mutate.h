#pragma once

#include <string>

#include "tests/fuzz/random_messages.h"

namespace rowkeeper::fuzz {

/// Wire bytes changed at random: records (fields with their tags) doubled, dropped, reordered, re-encoded with overlong
/// varints, given other wire types or lengths that lie, unknown fields and groups put in, at any depth; and plain
/// damage: flipped bits, cut ends.
std::string Mutate(const std::string& bytes, Random* random);

/// `levels` messages of field `number`, one in the other, around `core`.
std::string Nest(std::string core, int number, int levels);

}  // namespace rowkeeper::fuzz
