#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "server/uow/handle.h"

namespace rowkeeper::uow {

/// Tells whether a handle was made by a server with one of these keys, so that the address in it may be repeated:
/// HMAC-SHA-256 of all that the handle says. Immutable; thread-safe.
class HandleSeal {
 public:
  using Key = std::array<unsigned char, 32>;

  /// The first key seals, each of them opens. None: a key of its own, so only its own handles fit.
  explicit HandleSeal(std::vector<Key> keys);

  void Seal(Handle* handle) const;
  bool Fits(const Handle& handle) const;

 private:
  std::vector<Key> keys_;
};

}  // namespace rowkeeper::uow
