#include "server/plan/page/page_token.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "server/base/ids.h"

namespace rowkeeper::plan {
namespace {

constexpr int kNonceBytes = 12;
constexpr int kTagBytes = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string* text) { return reinterpret_cast<unsigned char*>(text->data()); }

// Randomness and AES are part of the process's footing: without them nothing sound can be returned.
void Require(int openssl_result) {
  if (openssl_result != 1) std::abort();
}

void AppendLength(uint32_t length, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) out->push_back(static_cast<char>(length >> shift));
}

std::string Pack(const PageTokens::Cells& cells) {
  std::string out;
  for (const auto& cell : cells) {
    out.push_back(cell.has_value() ? 1 : 0);
    if (!cell.has_value()) continue;
    AppendLength(static_cast<uint32_t>(cell->size()), &out);
    out.append(*cell);
  }
  return out;
}

std::optional<PageTokens::Cells> Unpack(std::string_view in) {
  PageTokens::Cells cells;
  while (!in.empty()) {
    const bool present = in[0] == 1;
    in.remove_prefix(1);
    if (!present) {
      cells.emplace_back(std::nullopt);
      continue;
    }
    if (in.size() < 4) return std::nullopt;
    uint32_t length = 0;
    for (int i = 3; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(in[i]);
    in.remove_prefix(4);
    if (in.size() < length) return std::nullopt;
    cells.emplace_back(std::string(in.substr(0, length)));
    in.remove_prefix(length);
  }
  return cells;
}

}  // namespace

PageTokens::Key PageTokens::RandomKey() {
  Key key;
  Require(RAND_bytes(key.data(), key.size()));
  return key;
}

PageTokens::Key PageTokens::DeriveKey(std::string_view passphrase) {
  static constexpr std::string_view kSalt = "rowkeeper page token v1";
  Key key;
  Require(PKCS5_PBKDF2_HMAC(passphrase.data(), static_cast<int>(passphrase.size()), Bytes(kSalt),
                            static_cast<int>(kSalt.size()), 10000, EVP_sha256(), key.size(), key.data()));
  return key;
}

std::string PageTokens::Seal(const Cells& cells, std::string_view request) const {
  const std::string plain = Pack(cells);
  std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
  Require(RAND_bytes(Bytes(&sealed), kNonceBytes));
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  Require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), Bytes(sealed)));
  Require(EVP_EncryptUpdate(context.get(), nullptr, &written, Bytes(request), static_cast<int>(request.size())));
  Require(EVP_EncryptUpdate(context.get(), Bytes(&sealed) + kNonceBytes, &written, Bytes(plain),
                            static_cast<int>(plain.size())));
  Require(EVP_EncryptFinal_ex(context.get(), Bytes(&sealed) + kNonceBytes + written, &written));
  Require(
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, Bytes(&sealed) + kNonceBytes + plain.size()));
  return Base64UrlEncode(sealed);
}

std::optional<PageTokens::Cells> PageTokens::Open(std::string_view token, std::string_view request) const {
  std::string sealed;
  if (!Base64UrlDecode(token, &sealed) || sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const int length = static_cast<int>(sealed.size()) - kNonceBytes - kTagBytes;
  std::string plain(length, '\0');
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  Require(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), Bytes(sealed)));
  Require(EVP_DecryptUpdate(context.get(), nullptr, &written, Bytes(request), static_cast<int>(request.size())));
  Require(EVP_DecryptUpdate(context.get(), Bytes(&plain), &written, Bytes(sealed) + kNonceBytes, length));
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, Bytes(&sealed) + kNonceBytes + length));
  if (EVP_DecryptFinal_ex(context.get(), Bytes(&plain) + written, &written) != 1) return std::nullopt;
  return Unpack(plain);
}

}  // namespace rowkeeper::plan
