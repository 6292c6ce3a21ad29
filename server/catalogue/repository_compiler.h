#pragma once

#include <optional>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity_compiler.h"
#include "server/catalogue/repository.h"

namespace rowkeeper::catalogue {

/// Compiles a service with the repository option; nullopt when it has none. Mistakes go to `diagnostics`.
std::optional<Repository> CompileRepository(const google::protobuf::ServiceDescriptor& service,
                                            const EntitiesByName& entities, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
