#pragma once

#include <string_view>

namespace rowkeeper::identity {

/// Whether `text` is a SPIFFE ID, "spiffe://example.org/billing", by the letter of the specification: a trust domain of
/// [a-z0-9._-], a path of segments of [A-Za-z0-9._-] that are not "." or "..", no slash at the end, 2048 bytes at most.
bool IsSpiffeId(std::string_view text);

}  // namespace rowkeeper::identity
