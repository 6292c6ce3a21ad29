#pragma once

#include <filesystem>
#include <string>

namespace rowkeeper::testing {

/// Name of the entity with this place, counted from 0: "wide.v1.Item0007".
std::string WideEntity(int place);

/// Writes a catalogue of `entities` entities (1 to 9999) below `directory`, which is made where it is missing: for each
/// a file `wide/v1/item0007.proto` and the complete repository that `rowkeeper generate` writes,
/// `item0007_repository.proto`. Every fifth entity is the head of those after it, which belong to it and go with it;
/// each head may name the one before. Equal numbers give equal files. A mistake throws std::runtime_error.
void WriteWideCatalogue(int entities, const std::filesystem::path& directory);

}  // namespace rowkeeper::testing
