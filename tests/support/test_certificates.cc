#include "tests/support/test_certificates.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_join.h"
#include "server/base/text.h"

namespace rowkeeper::testing {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<EVP_PKEY> MakeKey(TestAuthority::KeyKind kind) {
  EVP_PKEY* made = nullptr;
  switch (kind) {
    case TestAuthority::KeyKind::kP256:
      made = EVP_EC_gen("P-256");
      break;
    case TestAuthority::KeyKind::kRsa1024:
      made = EVP_RSA_gen(1024);
      break;
    case TestAuthority::KeyKind::kRsa2048:
      made = EVP_RSA_gen(2048);
      break;
  }
  return {made, &EVP_PKEY_free};
}

std::string TakeText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string ToPem(X509* certificate) {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return TakeText(bio);
}

std::string ToPem(EVP_PKEY* key) {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return TakeText(bio);
}

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void SetName(X509_NAME* to, const std::string& name) {
  X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
}

/// Unsigned, without extensions.
std::shared_ptr<X509> Blank(const std::string& name, EVP_PKEY* key, const X509_NAME* issuer,
                            std::chrono::seconds begins, std::chrono::seconds ends) {
  std::shared_ptr<X509> made(X509_new(), &X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial >> 1);
  const std::time_t now = std::time(nullptr);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), now + begins.count());
  ASN1_TIME_set(X509_getm_notAfter(made.get()), now + ends.count());
  SetName(X509_get_subject_name(made.get()), name);
  X509_set_issuer_name(made.get(), issuer == nullptr ? X509_get_subject_name(made.get()) : issuer);
  X509_set_pubkey(made.get(), key);
  return made;
}

std::shared_ptr<X509> BlankAuthority(const std::string& name, EVP_PKEY* key, X509* issuer) {
  constexpr std::chrono::hours kBefore{24 * 8000};
  constexpr std::chrono::hours kAfter{24 * 3000};
  const X509_NAME* const issuer_name = issuer == nullptr ? nullptr : X509_get_subject_name(issuer);
  auto made = Blank(name, key, issuer_name, -kBefore, kAfter);
  AddExtension(made.get(), issuer == nullptr ? made.get() : issuer, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(made.get(), issuer == nullptr ? made.get() : issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  return made;
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name) : key_(MakeKey(KeyKind::kP256)) {
  certificate_ = BlankAuthority(name, key_.get(), nullptr);
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  certificate_pem_ = ToPem(certificate_.get());
}

TestAuthority TestAuthority::Below(const std::string& name) const {
  TestAuthority below;
  below.key_ = MakeKey(KeyKind::kP256);
  below.certificate_ = BlankAuthority(name, below.key_.get(), certificate_.get());
  X509_sign(below.certificate_.get(), key_.get(), EVP_sha256());
  below.certificate_pem_ = ToPem(below.certificate_.get());
  below.chain_pem_ = below.certificate_pem_ + chain_pem_;
  return below;
}

CertificateAndKey TestAuthority::Issue(const Request& request) const {
  const auto key = MakeKey(request.key);
  const auto made = Blank("leaf", key.get(), X509_get_subject_name(certificate_.get()), request.begins, request.ends);
  if (!request.names.empty()) {
    AddExtension(made.get(), certificate_.get(), NID_subject_alt_name, absl::StrJoin(request.names, ","));
  }
  if (request.usage != Usage::kAny) {
    AddExtension(made.get(), certificate_.get(), NID_ext_key_usage,
                 request.usage == Usage::kServer ? "serverAuth" : "clientAuth");
  }
  X509_sign(made.get(), key_.get(), EVP_sha256());
  return {ToPem(made.get()) + chain_pem_, ToPem(key.get())};
}

TlsDirectory::TlsDirectory(const CertificateAndKey& pair, const std::string& client_roots) {
  files_.certificate = path("tls.crt");
  files_.key = path("tls.key");
  fs::create_symlink("current/tls.crt", files_.certificate);
  fs::create_symlink("current/tls.key", files_.key);
  fs::create_symlink("current/ca.crt", path("ca.crt"));
  if (!client_roots.empty()) files_.client_roots = path("ca.crt");
  Swap(pair, client_roots);
}

void TlsDirectory::Swap(const CertificateAndKey& pair, const std::string& client_roots) {
  const std::string version = Cat("version", ++versions_);
  fs::create_directory(path(version));
  std::ofstream(path(version) + "/tls.crt") << pair.certificate;
  std::ofstream(path(version) + "/tls.key") << pair.key;
  std::ofstream(path(version) + "/ca.crt") << client_roots;
  fs::permissions(path(version) + "/tls.key", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(version, path("next"));
  fs::rename(path("next"), path("current"));
}

}  // namespace rowkeeper::testing
