#pragma once

#include <string_view>

namespace rowkeeper::identity {

/// Whether 32 bytes are a public key of Ed25519 (RFC 8032): a point of the curve, written in the one right way, and
/// none of the eight points of small order, for which anybody can sign. OpenSSL takes any bytes.
bool IsEd25519Key(std::string_view bytes);

}  // namespace rowkeeper::identity
