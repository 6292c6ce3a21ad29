#include "server/base/ids.h"

#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "server/base/text.h"

namespace rowkeeper {

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    std::fputs("rowkeeper: the system's random number generator failed\n", stderr);
    std::abort();
  }
  return bytes;
}

std::string RandomHex(size_t count) { return absl::BytesToHexString(RandomBytes(count)); }

std::string Base64UrlEncode(std::string_view bytes) { return absl::WebSafeBase64Escape(ToAbsl(bytes)); }

bool Base64UrlDecode(std::string_view text, std::string* bytes) {
  // Unescape forgives padding, white space and stray bits in the last character; encoding again does not.
  return absl::WebSafeBase64Unescape(ToAbsl(text), bytes) && Base64UrlEncode(*bytes) == text;
}

}  // namespace rowkeeper
