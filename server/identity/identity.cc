#include "server/identity/identity.h"

#include "server/base/text.h"

namespace rowkeeper::identity {

std::string CallerName(const Identity& identity) {
  if (identity.tenant.empty()) return identity.name;
  std::string name = "tenant:";
  for (const char c : identity.tenant) {
    // The first space ends the tenant, whatever it holds.
    if (c == ' ') {
      name += "%20";
    } else if (c == '%') {
      name += "%25";
    } else {
      name.push_back(c);
    }
  }
  return Cat(name, " ", identity.name);
}

}  // namespace rowkeeper::identity
