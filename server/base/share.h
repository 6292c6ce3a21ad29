#pragma once

namespace rowkeeper {

/// Whether one of those who share `capacity` places, of which `taken` are taken, may have one more when it has `has`:
/// it may while it has fewer than three times as many as are free. So one alone gets three quarters of the places, and
/// where there are fewer than four of them all.
inline bool MayHaveOneMore(int has, int taken, int capacity) { return has < 3 * (capacity - taken); }

/// The same for places that are held for long: one may have three times as many as it leaves free, and the last are for
/// those who have none, so that two cannot hold them all. Where there are fewer than four places anybody may.
inline bool MayHoldOneMore(int has, int taken, int capacity) {
  const int free = capacity - taken;
  return free > 0 && (has == 0 || capacity < 4 || has < 3 * (free - 1));
}

}  // namespace rowkeeper
