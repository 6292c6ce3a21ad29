#pragma once

#include <string>

#include "server/status/view.h"

namespace rowkeeper::status {

/// For people: "1,204", "0.42 ms", "3.1 s", "12.5/s", "80 %".
std::string ToText(const Number& number);
/// "2026-11-29 23:41:24 UTC"
std::string ToText(const Moment& moment);
/// As programs read it: "2026-11-29T23:41:24Z".
std::string ToIsoText(const Moment& moment);

/// The smallest of 1, 2 and 5 times a power of ten that is not below `value`: the top of a chart's scale. 1 for what is
/// not above 0.
double RoundUpNicely(double value);

}  // namespace rowkeeper::status
