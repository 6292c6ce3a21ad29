#include "server/uow/handle.h"

#include <openssl/sha.h>

#include <array>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper::uow {
namespace {

constexpr char kVersion = 1;
constexpr size_t kInstance = 8;
constexpr size_t kFixed = sizeof(kVersion) + kInstance + Handle::kSecretBytes;
constexpr size_t kMaxServer = 255;

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

/// Only the server's length varies, so it needs no field.
std::string Handle::Encode() const {
  return Base64UrlEncode(Cat(std::string_view(&kVersion, 1), server, instance, secret));
}

std::optional<Handle> Handle::Parse(std::string_view text) {
  std::string bytes;
  if (text.size() > kMaxText || !Base64UrlDecode(text, &bytes)) return std::nullopt;
  if (bytes.size() < kFixed || bytes.size() > kFixed + kMaxServer || bytes[0] != kVersion) return std::nullopt;
  const size_t server_size = bytes.size() - kFixed;
  Handle handle{bytes.substr(1, server_size), bytes.substr(1 + server_size, kInstance),
                bytes.substr(1 + server_size + kInstance)};
  if (!IsPrintableWord(handle.server)) return std::nullopt;
  return handle;
}

}  // namespace rowkeeper::uow
