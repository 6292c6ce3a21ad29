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

/// In front of every token, in the clear: a mark that other text is unlikely to have, and the version of what follows.
/// Raise the version when anything changes that a token says or is bound to: the cells, the places, a fingerprint.
constexpr std::string_view kMark = "rk";
constexpr char kVersion = 2;
constexpr size_t kHeader = kMark.size() + sizeof(kVersion);
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

/// Mark and version.
std::string TokenHeader() {
  std::string header(kMark);
  header.push_back(kVersion);
  return header;
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
  const std::string header = TokenHeader();
  const std::string plain = Pack(cells);
  std::string token = header;
  token.resize(kHeader + kNonceBytes + plain.size() + kTagBytes);
  unsigned char* const nonce = Bytes(&token) + kHeader;
  unsigned char* const sealed = nonce + kNonceBytes;
  Require(RAND_bytes(nonce, kNonceBytes));
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  Require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, keys_.front().data(), nonce));
  for (const std::string_view bound : {std::string_view(header), request}) {
    Require(EVP_EncryptUpdate(context.get(), nullptr, &written, Bytes(bound), static_cast<int>(bound.size())));
  }
  Require(EVP_EncryptUpdate(context.get(), sealed, &written, Bytes(plain), static_cast<int>(plain.size())));
  Require(EVP_EncryptFinal_ex(context.get(), sealed + written, &written));
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, sealed + plain.size()));
  return Base64UrlEncode(token);
}

std::optional<PageTokens::Cells> PageTokens::Open(std::string_view token, std::string_view request) const {
  const std::string header = TokenHeader();
  std::string bytes;
  if (!Base64UrlDecode(token, &bytes) || bytes.size() < kHeader + kNonceBytes + kTagBytes) return std::nullopt;
  if (bytes.compare(0, kHeader, header) != 0) return std::nullopt;
  for (const Key& key : keys_) {
    if (auto cells = OpenWith(key, bytes, request); cells.has_value()) return cells;
  }
  return std::nullopt;
}

std::optional<PageTokens::Cells> PageTokens::OpenWith(const Key& key, std::string bytes, std::string_view request) {
  const std::string header = TokenHeader();
  const int length = static_cast<int>(bytes.size() - kHeader) - kNonceBytes - kTagBytes;
  unsigned char* const nonce = Bytes(&bytes) + kHeader;
  unsigned char* const sealed = nonce + kNonceBytes;
  std::string plain(length, '\0');
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int written = 0;
  Require(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce));
  for (const std::string_view bound : {std::string_view(header), request}) {
    Require(EVP_DecryptUpdate(context.get(), nullptr, &written, Bytes(bound), static_cast<int>(bound.size())));
  }
  Require(EVP_DecryptUpdate(context.get(), Bytes(&plain), &written, sealed, length));
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, sealed + length));
  if (EVP_DecryptFinal_ex(context.get(), Bytes(&plain) + written, &written) != 1) return std::nullopt;
  return Unpack(plain);
}

bool PageTokens::IsOfAnotherRelease(std::string_view token) {
  std::string bytes;
  return Base64UrlDecode(token, &bytes) && bytes.size() > kHeader && bytes.compare(0, kMark.size(), kMark) == 0 &&
         bytes[kMark.size()] != kVersion;
}

}  // namespace rowkeeper::plan
