#pragma once

#include <cstdint>
#include <string>

namespace rowkeeper::bench {

/// Which rows there are: fill.sql makes them, and gives each kind keys of its own,
/// "00000000-0000-4000-<kind>-<number>".
enum class Rows {
  kProfiles = 0x8000,
  /// Owners of lists; the number is the length of the list times 100000, plus 0 to kOwnersOfLists - 1.
  kOwnersOfLists = 0x8001,
  /// Owners of to-dos that the benchmark creates, 0 to kCreators - 1.
  kCreators = 0x8002,
  /// To-dos that it changes, Seat::kRows for each seat.
  kChanged = 0x8003,
  /// The owner of one long list, to turn pages in.
  kOwnerOfPages = 0x8004,
  /// Owners of 50 live to-dos and of deleted ones; the number is the percentage of these times 100000, plus 0 to
  /// kOwnersOfLists - 1.
  kOwnersOfDeleted = 0x8005,
  /// One profile that is deleted, 0.
  kDeleted = 0x8009,
  /// No row has such a key.
  kMissing = 0x8fff,
};

constexpr uint64_t kOwnersOfLists = 10;
constexpr uint64_t kCreators = 500;

std::string KeyOf(Rows kind, uint64_t number);

}  // namespace rowkeeper::bench
