#include "tests/support/tls_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "absl/strings/escaping.h"

namespace rowkeeper::testing {
namespace {

constexpr int kHandshakeSeconds = 20;

/// Reads what there is. 0: only what is TLS's own; -1: the connection has ended.
int ReadSome(SSL* ssl, char* into, int size) {
  const int count = SSL_read(ssl, into, size);
  if (count > 0) return count;
  const int error = SSL_get_error(ssl, count);
  ERR_clear_error();
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

bool IsReadable(int socket, std::chrono::milliseconds limit) {
  pollfd polled{socket, POLLIN, 0};
  return poll(&polled, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace

void UseCertificate(const CertificateAndKey& own, SSL_CTX* context) {
  BIO* const certificates = BIO_new_mem_buf(own.certificate.data(), static_cast<int>(own.certificate.size()));
  if (X509* const leaf = PEM_read_bio_X509(certificates, nullptr, nullptr, nullptr)) {
    SSL_CTX_use_certificate(context, leaf);
    X509_free(leaf);
  }
  while (X509* const next = PEM_read_bio_X509(certificates, nullptr, nullptr, nullptr)) {
    SSL_CTX_add0_chain_cert(context, next);
  }
  BIO_free(certificates);
  ERR_clear_error();
  BIO* const key_text = BIO_new_mem_buf(own.key.data(), static_cast<int>(own.key.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  SSL_CTX_use_PrivateKey(context, key);
  EVP_PKEY_free(key);
  BIO_free(key_text);
}

FileDescriptor ConnectPlain(const std::string& address) {
  FileDescriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected = connect(made.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0;
  return connected ? std::move(made) : FileDescriptor();
}

std::unique_ptr<TlsClient> TlsClient::Connect(const std::string& address, const Options& options) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the server has ended
  std::unique_ptr<TlsClient> client(new TlsClient);
  client->socket_ = ConnectPlain(address);
  if (!client->socket_.valid()) return nullptr;
  const timeval limit{kHandshakeSeconds, 0};
  setsockopt(client->socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  client->context_ = {SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
  SSL_CTX* const context = client->context_.get();
  SSL_CTX_set_security_level(context, 0);
  // Reading returns after a record that holds no data, for more may never come.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_min_proto_version(context, options.lowest_version);
  SSL_CTX_set_max_proto_version(context, options.highest_version);
  if (!options.own.certificate.empty()) UseCertificate(options.own, context);
  client->ssl_ = {SSL_new(context), &SSL_free};
  const std::string protocols = static_cast<char>(options.protocol.size()) + options.protocol;
  if (!options.protocol.empty()) {
    SSL_set_alpn_protos(client->ssl_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  }
  if (options.session != nullptr) SSL_set_session(client->ssl_.get(), options.session.get());
  SSL_set_fd(client->ssl_.get(), client->socket_.get());
  const bool shaken = SSL_connect(client->ssl_.get()) == 1;
  ERR_clear_error();
  return shaken ? std::move(client) : nullptr;
}

std::shared_ptr<SSL_SESSION> TlsClient::ReceiveSession(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  std::array<char, 4096> dropped;
  while (std::chrono::steady_clock::now() < until) {
    const SSL_SESSION* const session = SSL_get0_session(ssl_.get());
    // A copy: OpenSSL resumes no session of a connection that was cut.
    if (SSL_SESSION_is_resumable(session) == 1) return {SSL_SESSION_dup(session), &SSL_SESSION_free};
    if (SSL_pending(ssl_.get()) == 0 && !IsReadable(socket_.get(), std::chrono::milliseconds(20))) continue;
    if (ReadSome(ssl_.get(), dropped.data(), static_cast<int>(dropped.size())) < 0) break;
  }
  return nullptr;
}

std::string TlsClient::ServersFingerprint() const {
  X509* const certificate = SSL_get1_peer_certificate(ssl_.get());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  X509_free(certificate);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

bool TlsClient::Write(const std::string& bytes) {
  return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

bool TlsClient::Renegotiate() {
  if (SSL_renegotiate(ssl_.get()) != 1) return false;
  const bool done = SSL_do_handshake(ssl_.get()) == 1;
  ERR_clear_error();
  return done && SSL_renegotiate_pending(ssl_.get()) == 0;
}

bool TlsClient::UpdateKeys(int times) {
  for (int i = 0; i < times; ++i) {
    if (SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) != 1 || SSL_do_handshake(ssl_.get()) != 1)
      return false;
  }
  return true;
}

bool TlsClient::IsEnded(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  std::array<char, 4096> dropped;
  while (std::chrono::steady_clock::now() < until) {
    if (SSL_pending(ssl_.get()) == 0 && !IsReadable(socket_.get(), std::chrono::milliseconds(20))) continue;
    if (ReadSome(ssl_.get(), dropped.data(), static_cast<int>(dropped.size())) < 0) return true;
  }
  return false;
}

FileDescriptor TlsClient::Plain() {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return FileDescriptor();
  inner_ = FileDescriptor(ends[0]);
  FileDescriptor outer(ends[1]);
  fcntl(outer.get(), F_SETFL, O_NONBLOCK);
  thread_ = std::thread([this] { Forward(); });
  return outer;
}

/// Ends, and closes its end of the pair, when either side has.
void TlsClient::Forward() {
  std::array<char, 16384> part;
  while (!ending_) {
    std::array<pollfd, 2> polled = {{{inner_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}}};
    const bool pending = SSL_pending(ssl_.get()) > 0;
    if (poll(polled.data(), polled.size(), pending ? 0 : 20) < 0) break;
    if (polled[0].revents != 0) {
      const ssize_t count = read(inner_.get(), part.data(), part.size());
      if (count <= 0 || SSL_write(ssl_.get(), part.data(), static_cast<int>(count)) <= 0) break;
    }
    if (pending || polled[1].revents != 0) {
      const int count = ReadSome(ssl_.get(), part.data(), static_cast<int>(part.size()));
      if (count < 0 || send(inner_.get(), part.data(), static_cast<size_t>(count), MSG_NOSIGNAL) < 0) break;
    }
  }
  ERR_clear_error();
  inner_ = FileDescriptor();
}

TlsClient::~TlsClient() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace rowkeeper::testing
