#include "server/uow/handle_seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <utility>

#include "server/base/ids.h"
#include "server/base/text.h"

namespace rowkeeper::uow {
namespace {

/// The same keys seal other things too.
constexpr std::string_view kPurpose = "rowkeeper unit handle";

std::string Code(const HandleSeal::Key& key, const Handle& handle) {
  const std::string server_size(1, static_cast<char>(handle.server.size()));
  const std::string text = Cat(kPurpose, server_size, handle.server, handle.instance, handle.secret);
  std::string code(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(code.data()), &size);
  code.resize(Handle::kSealBytes);
  return code;
}

}  // namespace

HandleSeal::HandleSeal(std::vector<Key> keys) : keys_(std::move(keys)) {
  if (!keys_.empty()) return;
  const std::string random = RandomBytes(std::tuple_size<Key>::value);
  std::copy(random.begin(), random.end(), keys_.emplace_back().begin());
}

void HandleSeal::Seal(Handle* handle) const { handle->seal = Code(keys_.front(), *handle); }

bool HandleSeal::Fits(const Handle& handle) const {
  if (handle.of_another_release || handle.seal.size() != Handle::kSealBytes) return false;
  return std::any_of(keys_.begin(), keys_.end(), [&handle](const Key& key) {
    return CRYPTO_memcmp(Code(key, handle).data(), handle.seal.data(), Handle::kSealBytes) == 0;
  });
}

}  // namespace rowkeeper::uow
