#include "server/wire/callers.h"

#include <grpcpp/server_context.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/identity/claims.h"
#include "server/observe/log.h"
#include "server/wire/caller.h"
#include "server/wire/headers.h"
#include "server/wire/rpc_context.h"

namespace rowkeeper::wire {
namespace {

using identity::Identity;
using identity::SharedIdentity;
using identity::TokenProblem;

constexpr char kAuthorization[] = "authorization";
constexpr std::string_view kBearer = "Bearer ";

auto TenantHeaders(const grpc::ServerContextBase& context) {
  return context.client_metadata().equal_range(grpc::string_ref(kTenantHeader.data(), kTenantHeader.size()));
}

/// The token of the one header; nullopt when it is there twice, or is of another scheme.
std::optional<std::string_view> FindToken(const grpc::ServerContextBase& context) {
  const auto [first, last] = context.client_metadata().equal_range(kAuthorization);
  if (std::next(first) != last) return std::nullopt;
  std::string_view value(first->second.data(), first->second.size());
  if (!absl::StartsWithIgnoreCase(ToAbsl(value), ToAbsl(kBearer))) return std::nullopt;
  value.remove_prefix(kBearer.size());
  return value;
}

}  // namespace

absl::StatusOr<SharedIdentity> Callers::Identify(const grpc::ServerContextBase& context) const {
  absl::StatusOr<SharedIdentity> known = Prove(context);
  if (!known.ok()) return known;
  const auto [first, last] = TenantHeaders(context);
  return first == last ? known : ForTenant(*std::move(known), context);
}

absl::StatusOr<SharedIdentity> Callers::Prove(const grpc::ServerContextBase& context) const {
  const bool has_token = options_.tokens != nullptr && context.client_metadata().count(kAuthorization) > 0;
  if (has_token) return OfToken(context);
  if (std::optional<std::string> id = SpiffeIdOf(context)) {
    std::string tenant = options_.tenants.has_value() ? options_.tenants->TenantOf(*id) : "";
    return std::make_shared<const Identity>(
        Identity{Identity::Source::kCertificate, *std::move(id), {}, std::move(tenant)});
  }
  if (options_.anonymous == Options::Anonymous::kAllowed) return SharedIdentity();
  return IdentityRequired(options_.accepted);
}

absl::StatusOr<SharedIdentity> Callers::ForTenant(SharedIdentity known, const grpc::ServerContextBase& context) const {
  if (!IsProxy(known.get(), context)) {
    observe::Log(observe::LogLevel::kWarning, "a caller that is no proxy sent the header rowkeeper-tenant",
                 {{"caller", known == nullptr ? CallerOf(context) : known->name}});
    return FeatureNotAllowed("tenant_header", "the header rowkeeper-tenant");
  }
  const auto [first, last] = TenantHeaders(context);
  if (std::next(first) != last) return InvalidHeader(kTenantHeader, "is there more than once; send one tenant");
  const std::string_view tenant(first->second.data(), first->second.size());
  if (ValidUtf8Prefix(tenant) < tenant.size() || !identity::IsTenantName(tenant)) {
    return InvalidHeader(kTenantHeader,
                         "is not 1 to 255 bytes of text without control characters; send the tenant's name");
  }
  if (!known->tenant.empty() && known->tenant != tenant) {
    return InvalidHeader(kTenantHeader,
                         "names another tenant than the caller's token or certificate; send the same, or leave it out");
  }
  Identity caller = *known;
  caller.tenant = std::string(tenant);
  return std::make_shared<const Identity>(std::move(caller));
}

bool Callers::IsProxy(const Identity* known, const grpc::ServerContextBase& context) const {
  if (known == nullptr || options_.proxies.principals().empty()) return false;
  if (options_.proxies.Admits(known)) return true;
  if (known->source == Identity::Source::kCertificate) return false;
  const std::optional<std::string> id = SpiffeIdOf(context);
  if (!id.has_value()) return false;
  const Identity bearer{Identity::Source::kCertificate, *id, {}, ""};
  return options_.proxies.Admits(&bearer);
}

absl::StatusOr<SharedIdentity> Callers::OfToken(const grpc::ServerContextBase& context) const {
  const std::optional<std::string_view> token = FindToken(context);
  identity::TokenVerdict verdict;
  verdict.problem = TokenProblem::kMalformed;
  if (token.has_value()) verdict = options_.tokens->Verify(*token);
  if (!verdict.problem.has_value()) return std::move(verdict.identity);
  if (*verdict.problem == TokenProblem::kNoKeys) return ServerStarting();  // the log has the cause already
  observe::Log(observe::LogLevel::kWarning, "a token was refused",
               {{"problem", identity::TokenProblemName(*verdict.problem)},
                {"token_of", verdict.name},
                {"caller", CallerOf(context)}});
  if (*verdict.problem == TokenProblem::kExpired) return TokenExpired();
  return TokenInvalid();
}

}  // namespace rowkeeper::wire
