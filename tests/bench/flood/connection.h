#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/base/file_descriptor.h"

namespace rowkeeper::bench {

using Time = std::chrono::steady_clock::time_point;

/// What became of calls.
struct Tally {
  uint64_t started = 0;
  uint64_t good = 0;
  /// Answered with an error.
  uint64_t refused = 0;
  /// Never sent, for the server takes so many streams at once only, until their deadline had passed.
  uint64_t expired_unsent = 0;
  /// Sent and not answered in time.
  uint64_t late = 0;
  /// Sent, on a connection that ended before they were answered.
  uint64_t cut = 0;
  /// Not sent, for there was no connection.
  uint64_t unconnected = 0;
  uint64_t connections_ended = 0;
  uint64_t connections_refused = 0;
  std::vector<float> good_ms;
  std::vector<float> refused_ms;
};

/// A channel as gRPC's clients have one, for empty unary calls to one method, without gRPC: what it costs is a tenth of
/// that, so that a flood of ten times what a server can answer fits on one processor. As gRPC's it keeps to the
/// server's limit of streams and lets the others wait in the order in which they came, resets what is late, connects
/// again when a connection ends, and fails calls at once while that has failed, for 1 s at first and then for longer.
/// For one thread, which calls Step often.
class Connection {
 public:
  struct Options {
    /// "127.0.0.1:50051"
    std::string address;
    /// The client's own address, which makes it another peer: "127.0.0.2".
    std::string source = "127.0.0.1";
    /// "/package.Service/Method"
    std::string path;
    std::chrono::milliseconds timeout{1500};
  };

  Connection(const Options& options, Tally* tally) : options_(options), tally_(*tally) {}

  void Start(Time now);
  /// Sends, receives, and ends what is late.
  void Step(Time now);
  size_t under_way() const { return waiting_.size() + streams_.size(); }
  /// -1 while there is none.
  int socket() const { return socket_.get(); }
  bool has_to_send() const { return !outgoing_.empty(); }

 private:
  enum class State { kIdle, kConnecting, kReady, kFailed };
  struct Stream {
    Time start;
    bool has_message = false;
  };

  void Connect(Time now);
  void Lose(Time now);
  void SendWaiting(Time now);
  void SendCall(Time start, Time now);
  void EndLate(Time now);
  void Flush();
  void Receive(Time now);
  void Take(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload, Time now);
  void TakeSettings(std::string_view payload);
  void AddFrame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload);

  const Options options_;
  Tally& tally_;
  State state_ = State::kIdle;
  rowkeeper::FileDescriptor socket_;
  Time retry_at_;
  double backoff_seconds_ = 1;
  std::deque<Time> waiting_;
  std::unordered_map<uint32_t, Stream> streams_;
  /// In the order of their numbers, with those that are over.
  std::deque<std::pair<uint32_t, Time>> sent_;
  uint32_t next_stream_ = 1;
  size_t most_streams_ = 100;
  int64_t window_ = 65535;
  std::string outgoing_;
  std::string incoming_;
};

}  // namespace rowkeeper::bench
