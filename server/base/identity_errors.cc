#include "server/base/identity_errors.h"

#include <string_view>

#include "server/base/error_builder.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

std::string_view ProofText(IdentityProof accepted) {
  switch (accepted) {
    case IdentityProof::kToken:
      return "send a token in the header authorization: Bearer TOKEN";
    case IdentityProof::kCertificate:
      return "show a client certificate with a SPIFFE ID";
    case IdentityProof::kEither:
      return "send a token in the header authorization: Bearer TOKEN, or show a client certificate with a SPIFFE ID";
  }
  return "";
}

}  // namespace

absl::Status IdentityRequired(IdentityProof accepted) {
  return ErrorBuilder(Reason::kIdentityRequired, Cat("this server takes no anonymous calls; ", ProofText(accepted)))
      .Build();
}

absl::Status TokenInvalid() {
  return ErrorBuilder(Reason::kTokenInvalid,
                      "the token in the header authorization is not accepted; send one that the server's issuer made "
                      "for this server, as Bearer TOKEN")
      .Build();
}

absl::Status TokenExpired() {
  return ErrorBuilder(Reason::kTokenExpired, "the token in the header authorization has expired; get a new one")
      .Build();
}

absl::Status MethodNotAllowed(std::string_view method) {
  return ErrorBuilder(Reason::kMethodNotAllowed,
                      Cat("this caller may not call ", method, "; whoever runs the server can allow it"))
      .With("method", method)
      .Build();
}

absl::Status FeatureNotAllowed(std::string_view feature, std::string_view words) {
  return ErrorBuilder(Reason::kFeatureNotAllowed,
                      Cat("this caller may not use ", words, "; whoever runs the server can allow it"))
      .With("feature", feature)
      .Build();
}

absl::Status FieldNotAllowed(std::string_view entity, std::string_view path, std::string_view access) {
  return ErrorBuilder(Reason::kFieldNotAllowed,
                      Cat("this caller may not ", access, " the field ", ShownInError(path), " of ", entity,
                          "; leave it out, or ask whoever runs the server to allow it"))
      .With("field", path)
      .With("access", access)
      .With("entity", entity)
      .Build();
}

absl::Status TenantRequired(std::string_view method) {
  return ErrorBuilder(Reason::kTenantRequired,
                      Cat(method,
                          " is about rows that belong to tenants, and this caller has none; send a token or show "
                          "a client certificate that names one"))
      .With("method", method)
      .Build();
}

}  // namespace rowkeeper
