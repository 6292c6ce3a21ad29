#include "server/base/statement_name.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

constexpr size_t kHashBytes = 20;

std::string Hash(std::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  digest.resize(kHashBytes);
  return absl::BytesToHexString(digest);
}

}  // namespace

StatementName::StatementName(std::string_view text) : name_(Cat("rk_", Hash(text))) {}

}  // namespace rowkeeper
