#pragma once

#include <CLI/CLI.hpp>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/app/settings.h"
#include "server/base/clock.h"
#include "server/identity/token_verifier.h"
#include "server/wire/callers.h"

namespace rowkeeper::app {

void AddIdentityOptions(CLI::App* command, IdentitySettings* settings);

/// Errors: INVALID_ARGUMENT for flags that do not go together, and for names that are none.
absl::Status CheckIdentitySettings(const IdentitySettings& settings, const TlsSettings& tls);

/// Who may call.
struct CallerCheck {
  /// Null without --jwt-keys.
  std::unique_ptr<identity::TokenVerifier> tokens;
  /// Null when callers have no way to prove who they are: all are anonymous then.
  std::unique_ptr<const wire::Callers> callers;
};

/// `clock` outlives the result. Errors: those of CheckIdentitySettings and of identity::TokenVerifier::Open.
absl::StatusOr<CallerCheck> OpenCallers(const IdentitySettings& settings, const TlsSettings& tls, Clock* clock);

}  // namespace rowkeeper::app
