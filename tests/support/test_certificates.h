#pragma once

#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "server/net/tls_material.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::testing {

/// PEM.
struct CertificateAndKey {
  std::string certificate;
  std::string key;
};

/// Who signs certificates, with keys that are made on the spot: none is in the tree.
class TestAuthority {
 public:
  enum class Usage { kServer, kClient, kAny };
  enum class KeyKind { kP256, kRsa1024, kRsa2048 };
  struct Request {
    /// "DNS:localhost", "IP:127.0.0.1", "URI:spiffe://example.org/billing".
    std::vector<std::string> names = {"DNS:localhost", "IP:127.0.0.1"};
    Usage usage = Usage::kAny;
    KeyKind key = KeyKind::kP256;
    /// From now.
    std::chrono::seconds begins{-std::chrono::hours(24 * 8000)};
    std::chrono::seconds ends{std::chrono::hours(24 * 365)};
  };

  explicit TestAuthority(const std::string& name);
  /// An authority that this one signs. What it issues comes with its own certificate, and so on up to this one.
  TestAuthority Below(const std::string& name) const;

  CertificateAndKey Issue(const Request& request) const;
  CertificateAndKey Issue() const { return Issue(Request()); }
  /// For TlsFiles::client_roots.
  const std::string& root() const { return certificate_pem_; }

 private:
  TestAuthority() = default;

  std::shared_ptr<X509> certificate_;
  std::shared_ptr<EVP_PKEY> key_;
  std::string certificate_pem_;
  /// Between what it issues and the root.
  std::string chain_pem_;
};

/// A directory of TLS files that is replaced as a whole, the way Kubernetes mounts secrets: the files' names lead
/// through a symbolic link to a directory, which is made to point to another one.
class TlsDirectory {
 public:
  explicit TlsDirectory(const CertificateAndKey& pair, const std::string& client_roots = "");

  void Swap(const CertificateAndKey& pair, const std::string& client_roots = "");
  /// tls.crt, tls.key and ca.crt; client_roots is empty when there were none at first.
  const net::TlsFiles& files() const { return files_; }
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }

 private:
  TemporaryDirectory directory_;
  net::TlsFiles files_;
  int versions_ = 0;
};

}  // namespace rowkeeper::testing
