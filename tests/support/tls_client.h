#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "server/base/file_descriptor.h"
#include "tests/support/test_certificates.h"

namespace rowkeeper::testing {

/// Certificate, chain and key of one end.
void UseCertificate(const CertificateAndKey& own, SSL_CTX* context);

/// One end of a TLS connection that does what a test says, allowed or not. It looks at no certificate. For one thread.
class TlsClient {
 public:
  struct Options {
    /// Shown when the server asks.
    CertificateAndKey own;
    /// TLS1_2_VERSION and its like; 0: any.
    int lowest_version = 0;
    int highest_version = 0;
    std::string protocol = "h2";
    /// To resume, if the server goes along; null: none.
    std::shared_ptr<SSL_SESSION> session;
  };

  /// Connects to "127.0.0.1:PORT" and shakes hands; nullptr when the handshake fails. In TLS 1.3 the server may refuse
  /// the client's certificate after it: see IsEnded.
  static std::unique_ptr<TlsClient> Connect(const std::string& address, const Options& options);
  static std::unique_ptr<TlsClient> Connect(const std::string& address) { return Connect(address, Options()); }

  /// "TLSv1.3".
  std::string version() const { return SSL_get_version(ssl_.get()); }
  /// Whether the handshake resumed the session that was to be resumed.
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  /// A session that can be resumed; null when the server gives none within `limit`. What it sends meanwhile is dropped.
  std::shared_ptr<SSL_SESSION> ReceiveSession(std::chrono::milliseconds limit = std::chrono::seconds(20));
  /// SHA-256 of the server's certificate, hexadecimal, as net::TlsMaterial has it.
  std::string ServersFingerprint() const;
  bool Write(const std::string& bytes);
  /// Asks for a new handshake within the connection; whether the server went along.
  bool Renegotiate();
  /// Takes new keys so many times, as TLS 1.3 allows; false when the connection has ended.
  bool UpdateKeys(int times);
  /// Waits until the server ends the connection, for `limit` at most; what it sends meanwhile is dropped.
  bool IsEnded(std::chrono::milliseconds limit);

  /// From now on bytes written to the socket given are sent over the connection, and what comes is read from it; by a
  /// thread that ends with this object. Call once.
  FileDescriptor Plain();
  ~TlsClient();

 private:
  TlsClient() = default;
  void Forward();

  FileDescriptor socket_;
  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> ssl_;
  FileDescriptor inner_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

/// A connected socket to "127.0.0.1:PORT", without TLS.
FileDescriptor ConnectPlain(const std::string& address);

}  // namespace rowkeeper::testing
