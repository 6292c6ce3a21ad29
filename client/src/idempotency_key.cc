#include <random>

#include "rowkeeper/client/call.h"

namespace rowkeeper::client {

std::string NewIdempotencyKey() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::random_device random;  // the system's source: keys of processes that start alike must differ
  std::string key;
  for (int word = 0; word < 4; ++word) {
    unsigned int bits = random();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) key.push_back(kDigits[bits & 15]);
  }
  return key;
}

}  // namespace rowkeeper::client
