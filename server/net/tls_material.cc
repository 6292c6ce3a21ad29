#include "server/net/tls_material.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <ctime>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "server/base/free_by.h"
#include "server/base/text.h"
#include "server/net/named_file.h"

namespace rowkeeper::net {
namespace {

using Bio = std::unique_ptr<BIO, FreeBy<&BIO_free>>;
using Certificate = std::unique_ptr<X509, FreeBy<&X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeBy<&EVP_PKEY_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, FreeBy<&SSL_CTX_free>>;
using TlsConnection = std::unique_ptr<SSL, FreeBy<&SSL_free>>;

Bio OverText(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

/// What OpenSSL says of the last failure: "ee key too small".
std::string LastProblem() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "OpenSSL does not say why" : reason;
}

/// Instead of asking at a terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

absl::StatusOr<std::vector<Certificate>> ParseCertificates(const NamedFile& file, const std::string& text) {
  const Bio bio = OverText(text);
  std::vector<Certificate> all;
  bool asked = false;
  for (;;) {
    ERR_clear_error();
    Certificate next(PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, &asked));
    if (next != nullptr) {
      all.push_back(std::move(next));
      continue;
    }
    const unsigned long error = ERR_peek_last_error();
    if (ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE) break;
    return RefuseFile(file, Cat("does not parse: certificate ", all.size() + 1, " in it: ", LastProblem()));
  }
  ERR_clear_error();
  if (all.empty()) return RefuseFile(file, "holds no certificate, which begins with -----BEGIN CERTIFICATE-----");
  return all;
}

absl::StatusOr<Key> ParseKey(const NamedFile& file, const std::string& text) {
  const Bio bio = OverText(text);
  bool asked = false;
  ERR_clear_error();
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, &asked));
  if (key != nullptr) return key;
  const std::string problem = LastProblem();
  if (asked) return RefuseFile(file, "is encrypted; the server needs a key without a passphrase");
  return RefuseFile(file, Cat("holds no private key that parses: ", problem));
}

std::string TextOf(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

std::string ToPem(const std::vector<Certificate>& certificates) {
  const Bio bio(BIO_new(BIO_s_mem()));
  for (const Certificate& certificate : certificates) PEM_write_bio_X509(bio.get(), certificate.get());
  return TextOf(bio);
}

std::string ToPem(const Key& key) {
  const Bio bio(BIO_new(BIO_s_secmem()));
  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(bio);
}

Clock::wall_time_point ToTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::string ToText(Clock::wall_time_point time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromChrono(time), absl::UTCTimeZone());
}

absl::Status CheckServersCertificate(const NamedFile& file, const Certificate& certificate,
                                     Clock::wall_time_point now) {
  const auto begins = ToTime(X509_get0_notBefore(certificate.get()));
  const auto ends = ToTime(X509_get0_notAfter(certificate.get()));
  if (now >= ends) return RefuseFile(file, Cat("expired on ", ToText(ends)));
  if (now < begins) return RefuseFile(file, Cat("is not valid before ", ToText(begins)));
  if (X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0) != 1) {
    return RefuseFile(file, "is no certificate for TLS servers; its key usage or extended key usage leaves them out");
  }
  return absl::OkStatus();
}

/// As gRPC makes it.
TlsContext MakeContext(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  return context;
}

/// Both ends in memory, the client's without a look at the certificate.
bool ShakesHands(SSL_CTX* server_side) {
  const TlsContext client_side = MakeContext(TLS_client_method());
  const TlsConnection server(SSL_new(server_side));
  const TlsConnection client(SSL_new(client_side.get()));
  BIO* of_server = nullptr;
  BIO* of_client = nullptr;
  if (BIO_new_bio_pair(&of_server, 0, &of_client, 0) != 1) return false;
  SSL_set_bio(server.get(), of_server, of_server);
  SSL_set_bio(client.get(), of_client, of_client);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  // A pair holds 17 KiB, so a chain may need several turns.
  constexpr int kMostTurns = 256;
  bool done = false;
  for (int turn = 0; turn < kMostTurns && !done; ++turn) {
    for (SSL* const end : {client.get(), server.get()}) {
      const int result = SSL_do_handshake(end);
      const int error = SSL_get_error(end, result);
      if (result != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
    }
    done = SSL_is_init_finished(server.get()) == 1 && SSL_is_init_finished(client.get()) == 1;
  }
  return done;
}

absl::Status CheckPair(const NamedFile& certificate_file, const NamedFile& key_file,
                       const std::vector<Certificate>& certificates, const Key& key) {
  ERR_clear_error();
  if (X509_check_private_key(certificates.front().get(), key.get()) != 1) {
    ERR_clear_error();
    return RefuseFile(key_file,
                      Cat("is not the key of the certificate in ", certificate_file.flag, " ", certificate_file.path));
  }
  const TlsContext context = MakeContext(TLS_server_method());
  bool usable = SSL_CTX_use_certificate(context.get(), certificates.front().get()) == 1 &&
                SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
  for (size_t i = 1; i < certificates.size() && usable; ++i) {
    usable = SSL_CTX_add1_chain_cert(context.get(), certificates[i].get()) == 1;
  }
  if (usable && ShakesHands(context.get())) return absl::OkStatus();
  return RefuseFile(certificate_file, Cat("cannot be used for TLS: ", LastProblem()));
}

std::string FingerprintOf(const Certificate& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1) return {};
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

}  // namespace

absl::StatusOr<TlsMaterial> ReadTlsMaterial(const TlsFiles& files, Clock::wall_time_point now) {
  const NamedFile certificate_file{"--tls-cert", files.certificate};
  const NamedFile key_file{"--tls-key", files.key};
  const absl::StatusOr<FileText> certificate_text = ReadNamedFile(certificate_file);
  if (!certificate_text.ok()) return certificate_text.status();
  const absl::StatusOr<FileText> key_text = ReadNamedFile(key_file);
  if (!key_text.ok()) return key_text.status();
  const auto certificates = ParseCertificates(certificate_file, certificate_text->text);
  if (!certificates.ok()) return certificates.status();
  const absl::StatusOr<Key> key = ParseKey(key_file, key_text->text);
  if (!key.ok()) return key.status();
  if (absl::Status status = CheckPair(certificate_file, key_file, *certificates, *key); !status.ok()) return status;
  const Certificate& own = certificates->front();
  if (absl::Status status = CheckServersCertificate(certificate_file, own, now); !status.ok()) return status;

  TlsMaterial material;
  material.certificate = ToPem(*certificates);
  material.key = ToPem(*key);
  material.fingerprint = FingerprintOf(own);
  material.expires = ToTime(X509_get0_notAfter(own.get()));
  material.key_open_to_all = (key_text->mode & S_IROTH) != 0;
  if (files.client_roots.empty()) return material;
  absl::StatusOr<std::string> roots = ReadRoots({"--tls-client-roots", files.client_roots});
  if (!roots.ok()) return roots.status();
  material.client_roots = *std::move(roots);
  return material;
}

absl::StatusOr<std::string> ReadRoots(const NamedFile& file) {
  const absl::StatusOr<FileText> text = ReadNamedFile(file);
  if (!text.ok()) return text.status();
  const auto roots = ParseCertificates(file, text->text);
  if (!roots.ok()) return roots.status();
  return ToPem(*roots);
}

bool IsSame(const TlsMaterial& one, const TlsMaterial& other) {
  return one.certificate == other.certificate && one.key == other.key && one.client_roots == other.client_roots;
}

}  // namespace rowkeeper::net
