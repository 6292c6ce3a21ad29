#include "server/base/startup_errors.h"

#include "server/base/error_parts.h"

namespace rowkeeper {

absl::Status ServerStarting() {
  return error_parts::Error(Reason::kServerStarting,
                            "the server is starting and did nothing with this call; try again");
}

}  // namespace rowkeeper
