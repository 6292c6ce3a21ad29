#include "server/uow/handle.h"

#include <openssl/sha.h>

#include <array>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::uow {
namespace {

/// Of what follows the address.
constexpr char kVersion = 3;
/// The version, and the address's length in a byte.
constexpr size_t kHeader = 2;

}  // namespace

std::string Handle::Id() const {
  constexpr char kDigits[] = "0123456789abcdef";
  constexpr size_t kShownBytes = 6;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
  std::string id;
  for (size_t i = 0; i < kShownBytes; ++i) {
    id.push_back(kDigits[digest[i] >> 4]);
    id.push_back(kDigits[digest[i] & 15]);
  }
  return id;
}

std::string Handle::Encode() const {
  const auto server_size = static_cast<char>(server.size());
  return Base64UrlEncode(
      Cat(std::string_view(&kVersion, 1), std::string_view(&server_size, 1), server, instance, secret, seal));
}

std::optional<Handle> Handle::Parse(std::string_view text) {
  std::string bytes;
  if (text.size() > kMaxText || !Base64UrlDecode(text, &bytes) || bytes.size() < kHeader) return std::nullopt;
  const size_t server_size = static_cast<unsigned char>(bytes[1]);
  if (bytes.size() < kHeader + server_size + kSecretBytes) return std::nullopt;
  Handle handle;
  handle.server = bytes.substr(kHeader, server_size);
  if (!IsPrintableWord(handle.server)) return std::nullopt;
  if (bytes[0] != kVersion) {
    handle.of_another_release = true;
    return handle.server.empty() ? std::nullopt : std::optional(handle);
  }
  const std::string unit = bytes.substr(kHeader + server_size);
  if (unit.size() != kInstanceBytes + kSecretBytes + kSealBytes) return std::nullopt;
  handle.instance = unit.substr(0, kInstanceBytes);
  handle.secret = unit.substr(kInstanceBytes, kSecretBytes);
  handle.seal = unit.substr(kInstanceBytes + kSecretBytes);
  return handle;
}

}  // namespace rowkeeper::uow
