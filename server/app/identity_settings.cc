#include "server/app/identity_settings.h"

#include <algorithm>
#include <utility>

#include "server/app/command_line.h"
#include "server/app/policy_settings.h"
#include "server/app/secrets.h"
#include "server/app/tls_settings.h"
#include "server/base/text.h"
#include "server/identity/claims.h"
#include "server/identity/https_key_fetcher.h"
#include "server/identity/key_url.h"
#include "server/identity/tenant_pattern.h"

namespace rowkeeper::app {
namespace {

constexpr char kGroup[] = "Identity";

absl::Status CheckKeyPlace(const IdentitySettings& settings) {
  bool encrypted = false;
  if (identity::IsKeyUrl(settings.jwt_keys)) {
    const absl::StatusOr<identity::KeyUrl> url = identity::ParseKeyUrl(settings.jwt_keys);
    if (!url.ok()) return url.status();
    encrypted = url->encrypted;
  }
  if (encrypted || settings.jwt_keys_roots.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("--jwt-keys-ca is for --jwt-keys that are fetched by https://");
}

absl::Status CheckTokenSettings(const IdentitySettings& settings) {
  const bool any = !settings.jwt_issuer.empty() || !settings.jwt_audiences.empty();
  if (settings.jwt_keys.empty()) {
    if (!any) return absl::OkStatus();
    return absl::InvalidArgumentError("--jwt-issuer and --jwt-audience need --jwt-keys, the keys of the issuer");
  }
  if (settings.jwt_issuer.empty()) {
    return absl::InvalidArgumentError("--jwt-keys needs --jwt-issuer, the \"iss\" of the tokens to accept");
  }
  const bool has_empty =
      std::find(settings.jwt_audiences.begin(), settings.jwt_audiences.end(), "") != settings.jwt_audiences.end();
  if (settings.jwt_audiences.empty() || has_empty) {
    return absl::InvalidArgumentError(
        "--jwt-keys needs --jwt-audience, the \"aud\" by which tokens name this server; without it, tokens for other "
        "services of the issuer would be accepted");
  }
  return absl::OkStatus();
}

absl::Status CheckClaimName(std::string_view flag, const std::string& name) {
  if (name.empty() || identity::IsClaimName(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Cat(flag, " ", name, " is no claim's name and no JSON pointer, such as /realm_access/roles"));
}

absl::Status CheckTenantPattern(const IdentitySettings& settings, const TlsSettings& tls) {
  if (settings.spiffe_tenant.empty()) return absl::OkStatus();
  if (!identity::TenantPattern::Parse(settings.spiffe_tenant).has_value()) {
    return absl::InvalidArgumentError(Cat(
        "--tenant-from-spiffe ", settings.spiffe_tenant,
        " is no SPIFFE ID with {tenant} as one part of its path, such as spiffe://example.org/tenants/{tenant}/**"));
  }
  if (AsksClients(tls)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--tenant-from-spiffe needs --tls-client-certs, for which clients show certificates");
}

absl::StatusOr<policy::AllowList> ReadProxies(const IdentitySettings& settings, const TlsSettings& tls) {
  auto proxies = policy::AllowList::Parse(settings.tenant_proxies);
  if (!proxies.ok()) {
    return absl::InvalidArgumentError(
        Cat("--tenant-header-from: ", std::string(proxies.status().message()),
            "; write caller:spiffe://example.org/gateway, caller:jwt:gateway or role:gateway"));
  }
  for (const policy::Principal& proxy : proxies->principals()) {
    if (!proxy.value().empty()) continue;
    return absl::InvalidArgumentError(
        Cat("--tenant-header-from ", proxy.text(), ": then callers choose their tenants themselves; name the proxy"));
  }
  if (proxies->principals().empty() || !settings.jwt_keys.empty() || AsksClients(tls)) return proxies;
  return absl::InvalidArgumentError(
      "--tenant-header-from needs --tls-client-certs or --jwt-keys, by which the proxy proves who it is");
}

identity::TokenVerifier::Options ToVerifierOptions(const IdentitySettings& settings) {
  identity::TokenVerifier::Options options;
  options.keys = settings.jwt_keys;
  options.rules.issuer = settings.jwt_issuer;
  options.rules.audiences = settings.jwt_audiences;
  options.rules.roles_claim = settings.jwt_roles_claim;
  options.rules.tenant_claim = settings.jwt_tenant_claim;
  return options;
}

absl::StatusOr<std::unique_ptr<identity::TokenVerifier>> OpenTokens(const IdentitySettings& settings, Clock* clock) {
  identity::TokenVerifier::Options options = ToVerifierOptions(settings);
  if (!identity::IsKeyUrl(settings.jwt_keys)) return identity::TokenVerifier::Open(std::move(options), clock);
  absl::StatusOr<identity::KeyUrl> url = identity::ParseKeyUrl(settings.jwt_keys);
  if (!url.ok()) return url.status();
  options.keys = url->shown;
  identity::HttpsOptions https;
  https.url = *std::move(url);
  https.roots_file = settings.jwt_keys_roots;
  absl::StatusOr<std::unique_ptr<identity::KeyFetcher>> fetcher = identity::OpenHttpsKeyFetcher(std::move(https));
  if (!fetcher.ok()) return fetcher.status();
  return identity::TokenVerifier::OpenFetched(std::move(options), *std::move(fetcher), clock);
}

}  // namespace

void AddIdentityOptions(CLI::App* command, IdentitySettings* settings) {
  AddOption(
      command, "--jwt-keys", &settings->jwt_keys,
      "Public keys of the issuer of tokens, a JWK set: a file, a directory with such files, *.json, or the URL "
      "https://... that the issuer publishes them at. With it callers may send a token in the header authorization. "
      "Read or fetched again when they change")
      ->type_name(kPathOrUrlType)
      ->group(kGroup);
  AddOption(
      command, "--jwt-keys-ca", &settings->jwt_keys_roots,
      "Who may sign the certificate of the server that --jwt-keys are fetched from, PEM. Default: those whom this "
      "machine trusts")
      ->type_name("FILE")
      ->group(kGroup);
  AddOption(command, "--jwt-issuer", &settings->jwt_issuer, "The \"iss\" that tokens must have")
      ->type_name("TEXT")
      ->group(kGroup);
  AddOption(command, "--jwt-audience", &settings->jwt_audiences,
            "The \"aud\" by which tokens name this server; may be repeated: one of them is enough")
      ->type_name("TEXT")
      ->group(kGroup);
  AddOption(
      command, "--jwt-roles-claim", &settings->jwt_roles_claim,
      "Claim with the caller's roles, a list or a text with spaces between them; or a JSON pointer to it, such as "
      "/realm_access/roles")
      ->type_name("CLAIM")
      ->group(kGroup);
  AddOption(command, "--jwt-tenant-claim", &settings->jwt_tenant_claim,
            "Claim with the caller's tenant, or a JSON pointer to it")
      ->type_name("CLAIM")
      ->group(kGroup);
  AddOption(command, "--tenant-from-spiffe", &settings->spiffe_tenant,
            "Where the tenant is in the SPIFFE ID of a client's certificate, such as "
            "spiffe://example.org/tenants/{tenant}/**; * is any part, ** any parts at the end")
      ->type_name("PATTERN")
      ->group(kGroup);
  AddOption(command, "--tenant-header-from", &settings->tenant_proxies,
            "Proxy whose header rowkeeper-tenant says whose rows a call is about, such as "
            "caller:spiffe://example.org/gateway or role:gateway; may be repeated. Nobody else may send the header")
      ->type_name("CALLER")
      ->group(kGroup);
  AddSwitch(command, "--allow-anonymous", &settings->allow_anonymous,
            "Let in callers without a token and without a SPIFFE ID in their certificate, where --jwt-keys or "
            "--tls-client-certs is given")
      ->group(kGroup);
  AddPolicyOption(command, &settings->policy_file)->group(kGroup);
}

absl::Status CheckIdentitySettings(const IdentitySettings& settings, const TlsSettings& tls) {
  absl::Status status = CheckTokenSettings(settings);
  status.Update(CheckKeyPlace(settings));
  status.Update(CheckClaimName("--jwt-roles-claim", settings.jwt_roles_claim));
  status.Update(CheckClaimName("--jwt-tenant-claim", settings.jwt_tenant_claim));
  status.Update(CheckTenantPattern(settings, tls));
  status.Update(ReadProxies(settings, tls).status());
  if (!status.ok()) return status;
  if (settings.allow_anonymous && settings.jwt_keys.empty() && !AsksClients(tls)) {
    return absl::InvalidArgumentError(
        "--allow-anonymous does nothing: without --jwt-keys and --tls-client-certs all callers are anonymous");
  }
  return absl::OkStatus();
}

absl::StatusOr<CallerCheck> OpenCallers(const IdentitySettings& settings, const TlsSettings& tls, Clock* clock) {
  if (absl::Status status = CheckIdentitySettings(settings, tls); !status.ok()) return status;
  CallerCheck check;
  if (!settings.jwt_keys.empty()) {
    auto tokens = OpenTokens(settings, clock);
    if (!tokens.ok()) return tokens.status();
    check.tokens = *std::move(tokens);
  }
  const bool by_certificate = AsksClients(tls);
  if (check.tokens == nullptr && !by_certificate) return check;
  wire::Callers::Options options;
  options.tokens = check.tokens.get();
  options.anonymous = settings.allow_anonymous ? wire::Callers::Options::Anonymous::kAllowed
                                               : wire::Callers::Options::Anonymous::kRefused;
  if (!settings.spiffe_tenant.empty()) options.tenants = identity::TenantPattern::Parse(settings.spiffe_tenant);
  auto proxies = ReadProxies(settings, tls);
  if (!proxies.ok()) return proxies.status();
  options.proxies = *std::move(proxies);
  options.accepted = check.tokens == nullptr ? IdentityProof::kCertificate
                     : by_certificate        ? IdentityProof::kEither
                                             : IdentityProof::kToken;
  check.callers = std::make_unique<const wire::Callers>(std::move(options));
  return check;
}

}  // namespace rowkeeper::app
