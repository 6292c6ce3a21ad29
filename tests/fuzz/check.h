#pragma once

#include <string>
#include <string_view>

namespace rowkeeper::fuzz {

/// How often each outcome was met, so that a run can show that it met all.
struct Outcomes {
  long malformed = 0;
  long refused = 0;
  long accepted = 0;
};

/// Decodes `bytes` as a rowkeeper.fuzz.v1.SaveRequest with the codec and with generated code, compares everything, and,
/// when all values are accepted, sends them back through the encoder. Empty when both agree, else what differs.
std::string CheckCodec(std::string_view bytes, Outcomes* outcomes);

}  // namespace rowkeeper::fuzz
