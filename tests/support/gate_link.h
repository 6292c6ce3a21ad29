#pragma once

#include <string>
#include <string_view>

#include "tests/support/pg_messages.h"

namespace rowkeeper::testing {

/// One way of a connection through a gate: what one socket sent, until the other has taken it. Sockets are non-blocking
/// and belong to the GateLink. Not thread-safe.
class GateDirection {
 public:
  GateDirection(int from, int to, PgMessageReader::Sender sender) : from_(from), to_(to), reader_(sender) {}

  /// Takes what there is to read, unless much waits to be sent.
  void Read();
  std::optional<PgMessage> Next() { return reader_.Next(); }
  void Send(std::string_view bytes) { out_.append(bytes); }
  /// Sends what the socket takes, and in the end that the sender has closed its side. False when nobody listens.
  bool Flush();

  bool wants_read() const { return !ended_ && out_.size() < kMuch; }
  bool wants_write() const { return !out_.empty(); }
  /// The sender has closed its side, and the receiver knows.
  bool done() const { return end_sent_; }
  bool ended() const { return ended_; }

 private:
  static constexpr size_t kMuch = 1 << 20;

  const int from_;
  const int to_;
  PgMessageReader reader_;
  std::string out_;
  bool ended_ = false;
  bool end_sent_ = false;
};

/// A connection through a gate, between a client's socket and a server's, which it owns. Not thread-safe.
struct GateLink {
  enum class State {
    kPassing,
    /// The reply is discarded; at its end the link is cut.
    kLosing,
    /// The reply is discarded; at its end the link is silent.
    kSwallowing,
    /// The reply passes; behind it comes the end of the session, and the link is cut.
    kEnding,
    /// rows_left more rows pass; then the link is cut.
    kCountingRows,
    /// `held` waits for the gate to resume.
    kHeld,
    /// Nothing goes either way, for good.
    kSilent,
    kClosed,
  };

  GateLink(int client_socket, int server_socket)
      : client(client_socket),
        server(server_socket),
        up(client, server, PgMessageReader::Sender::kClient),
        down(server, client, PgMessageReader::Sender::kServer) {}
  ~GateLink() { Close(); }
  GateLink(const GateLink&) = delete;
  GateLink& operator=(const GateLink&) = delete;

  bool moves() const { return state != State::kHeld && state != State::kSilent && state != State::kClosed; }
  void Close();

  const int client;
  const int server;
  GateDirection up;
  GateDirection down;
  State state = State::kPassing;
  std::string held;
  int rows_left = 0;
};

}  // namespace rowkeeper::testing
