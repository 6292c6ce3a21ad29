#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::identity {

/// The bytes of base64url without padding (RFC 7515, appendix C). nullopt for anything else: padding, white space,
/// other alphabets, and bits at the end that mean nothing, so that no two texts have the same bytes.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace rowkeeper::identity
