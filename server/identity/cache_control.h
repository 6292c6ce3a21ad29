#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace rowkeeper::identity {

/// For how long an answer of HTTP holds from now on, by its headers Cache-Control ("public, max-age=600") and Age (how
/// long caches had it, "120"; may be empty): 0 s and more. nullopt where Cache-Control has no max-age that can be read.
std::optional<std::chrono::seconds> FreshFor(std::string_view cache_control, std::string_view age);

}  // namespace rowkeeper::identity
