#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/file_descriptor.h"
#include "tests/support/test_certificates.h"

namespace rowkeeper::testing {

/// Answers requests of HTTP on a port of 127.0.0.1 as a test says, one after the other, each over a connection of its
/// own. Thread-safe.
class HttpsServer {
 public:
  /// To the client of a request. For the thread of the answer.
  class Connection {
   public:
    /// False when the client has gone.
    bool Write(std::string_view bytes);
    /// Waits for a moment; true when the client, or the test, has gone.
    bool IsOver();

   private:
    friend class HttpsServer;
    bool Accept(SSL_CTX* context);
    /// Until the empty line; empty when the client has gone.
    std::string ReadRequest();

    FileDescriptor socket_;
    /// Null: plain text.
    std::shared_ptr<SSL> ssl_;
    const std::atomic<bool>* ending_ = nullptr;
  };
  using Answer = std::function<void(const std::string& request, Connection* client)>;

  struct Options {
    /// Empty: plain text.
    CertificateAndKey own;
    /// TLS1_1_VERSION and its like; 0: any.
    int highest_version = 0;
  };
  HttpsServer(const Options& options, Answer answer);
  ~HttpsServer();

  int port() const { return port_; }
  /// How many whole requests came.
  int requests() const { return requests_; }
  /// From the next request on.
  void SetAnswer(Answer answer);

 private:
  void Run();
  void Serve(FileDescriptor socket);

  FileDescriptor listener_;
  int port_ = 0;
  std::shared_ptr<SSL_CTX> context_;
  std::atomic<bool> ending_{false};
  std::atomic<int> requests_{0};
  absl::Mutex mutex_;
  Answer answer_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

/// An answer of HTTP/1.1 with a length. `headers`: whole lines, "ETag: \"1\"\r\n".
std::string HttpAnswer(std::string_view status, std::string_view headers, std::string_view body);

}  // namespace rowkeeper::testing
