#include "tests/support/https_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "server/base/text.h"
#include "tests/support/tls_client.h"

namespace rowkeeper::testing {
namespace {

constexpr int kLookMilliseconds = 5;
constexpr int kSilenceSeconds = 30;

bool IsReadableSoon(int socket) {
  pollfd polled{socket, POLLIN, 0};
  return poll(&polled, 1, kLookMilliseconds) > 0;
}

}  // namespace

bool HttpsServer::Connection::Accept(SSL_CTX* context) {
  if (context == nullptr) return true;
  ssl_ = {SSL_new(context), &SSL_free};
  SSL_set_fd(ssl_.get(), socket_.get());
  const bool accepted = SSL_accept(ssl_.get()) == 1;
  ERR_clear_error();
  return accepted;
}

std::string HttpsServer::Connection::ReadRequest() {
  std::string request;
  std::array<char, 4096> part{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    const auto count = ssl_ == nullptr ? recv(socket_.get(), part.data(), part.size(), 0)
                                       : SSL_read(ssl_.get(), part.data(), static_cast<int>(part.size()));
    if (count <= 0) return "";
    request.append(part.data(), static_cast<size_t>(count));
  }
  return request;
}

bool HttpsServer::Connection::Write(std::string_view bytes) {
  const auto count = ssl_ == nullptr ? send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                                     : SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  ERR_clear_error();
  return count == static_cast<ssize_t>(bytes.size());
}

bool HttpsServer::Connection::IsOver() { return IsReadableSoon(socket_.get()) || ending_->load(); }

HttpsServer::HttpsServer(const Options& options, Answer answer)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the client has ended
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
  listen(listener_.get(), 16);
  getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  if (!options.own.certificate.empty()) {
    context_ = {SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_max_proto_version(context_.get(), options.highest_version);
    UseCertificate(options.own, context_.get());
  }
  thread_ = std::thread([this] { Run(); });
}

HttpsServer::~HttpsServer() {
  ending_ = true;
  thread_.join();
}

void HttpsServer::SetAnswer(Answer answer) {
  const absl::MutexLock lock(&mutex_);
  answer_ = std::move(answer);
}

void HttpsServer::Run() {
  while (!ending_) {
    if (!IsReadableSoon(listener_.get())) continue;
    FileDescriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.valid()) Serve(std::move(socket));
  }
}

void HttpsServer::Serve(FileDescriptor socket) {
  const timeval limit{kSilenceSeconds, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  Connection client;
  client.socket_ = std::move(socket);
  client.ending_ = &ending_;
  if (!client.Accept(context_.get())) return;
  const std::string request = client.ReadRequest();
  if (request.empty()) return;
  ++requests_;
  Answer answer;
  {
    const absl::MutexLock lock(&mutex_);
    answer = answer_;
  }
  answer(request, &client);
  if (client.ssl_ != nullptr) SSL_shutdown(client.ssl_.get());
  ERR_clear_error();
}

std::string HttpAnswer(std::string_view status, std::string_view headers, std::string_view body) {
  return Cat("HTTP/1.1 ", status, "\r\n", headers, "Content-Length: ", body.size(), "\r\nConnection: close\r\n\r\n",
             body);
}

}  // namespace rowkeeper::testing
