#include "tests/bench/load/rows.h"

#include <cinttypes>
#include <cstdio>

namespace rowkeeper::bench {

std::string KeyOf(Rows kind, uint64_t number) {
  char text[48];
  std::snprintf(text, sizeof(text), "00000000-0000-4000-%04x-%012" PRIu64, static_cast<unsigned>(kind), number);
  return text;
}

}  // namespace rowkeeper::bench
