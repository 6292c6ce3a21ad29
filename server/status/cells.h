#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "server/status/view.h"

namespace rowkeeper::status {

template <typename Count>
Cell CountCell(Count count) {
  return {Number{static_cast<double>(count), Unit::kCount}, Tone::kPlain};
}
template <typename Duration>
Cell TimeCell(Duration time) {
  return {Number{std::chrono::duration<double, std::milli>(time).count(), Unit::kMilliseconds}, Tone::kPlain};
}
inline Cell TextCell(std::string text) { return {std::move(text), Tone::kPlain}; }
inline Cell CodeCell(std::string text) { return {Code{std::move(text)}, Tone::kPlain}; }

}  // namespace rowkeeper::status
