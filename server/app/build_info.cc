#include "server/app/build_info.h"

namespace rowkeeper::app {

std::string_view BuildVersion() { return ROWKEEPER_VERSION; }

}  // namespace rowkeeper::app
