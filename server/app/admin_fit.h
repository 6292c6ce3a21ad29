#pragma once

#include "server/admin/admin_server.h"
#include "server/app/serving_state.h"

namespace rowkeeper::app {

/// The page /fit: for each repository and method whether it is served, and if not, why and what to do. JSON.
admin::PageAnswer RenderFit(const ServingReport& report);

}  // namespace rowkeeper::app
