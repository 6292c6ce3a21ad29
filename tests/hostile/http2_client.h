#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/file_descriptor.h"

namespace rowkeeper::testing {

enum class FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};

inline constexpr uint8_t kNoFlags = 0;
inline constexpr uint8_t kEndStream = 1;
inline constexpr uint8_t kAck = 1;
inline constexpr uint8_t kEndHeaders = 4;

struct Frame {
  FrameType type = FrameType::kData;
  uint8_t flags = kNoFlags;
  uint32_t stream = 0;
  std::string payload;
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// A client that sends whatever frames a test wants, allowed or not, over an own connection. Frames are gathered and go
/// out with Send; what the server sends meanwhile is read and dropped, its SETTINGS are acknowledged unless the test
/// says otherwise. Not thread-safe.
class Http2Client {
 public:
  enum class Settings { kAcknowledge, kNeverAcknowledge };
  enum class Reading { kReads, kNeverReads };
  struct Options {
    Settings settings = Settings::kAcknowledge;
    Reading reading = Reading::kReads;
    /// Bytes of a stream that the server may send before it has to wait: SETTINGS_INITIAL_WINDOW_SIZE.
    uint32_t window = 65535;
    /// The client's own IPv4 address, for a peer of its own: "127.0.0.2". Empty: as the system chooses.
    std::string source;
  };

  /// Connects to "127.0.0.1:PORT" or "unix:/path" and sends nothing yet; nullptr when nobody accepts.
  static std::unique_ptr<Http2Client> Connect(const std::string& address);
  static std::unique_ptr<Http2Client> Connect(const std::string& address, const Options& options);
  /// Over a socket that is connected already.
  static std::unique_ptr<Http2Client> Over(FileDescriptor socket);

  /// The preface and the client's SETTINGS.
  void AddPreface();
  void AddFrame(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload);
  /// A request of gRPC's to `path`, all headers literal.
  void AddRequest(uint32_t stream, const std::string& path, uint8_t flags, const HeaderList& more = {});
  /// The same request as the one before it, which takes a byte for each header. The first one tells the server what
  /// the bytes stand for.
  void AddRepeatedRequest(uint32_t stream, const std::string& path, uint8_t flags);
  /// A message of gRPC's.
  void AddMessage(uint32_t stream, std::string_view message, uint8_t flags);
  void AddReset(uint32_t stream);
  /// Bytes as they are.
  void AddBytes(std::string_view bytes) { outgoing_.append(bytes); }

  /// Sends what was gathered. False when the server has closed the connection, or takes nothing for `limit`.
  bool Send(std::chrono::milliseconds limit = std::chrono::seconds(10));
  /// The next frame that is none of SETTINGS, PING and WINDOW_UPDATE; none when the connection ends or nothing comes.
  std::optional<Frame> Read(std::chrono::milliseconds limit = std::chrono::seconds(10));
  /// Waits until the server has closed the connection.
  bool WaitUntilClosed(std::chrono::milliseconds limit);
  bool closed() const { return closed_; }
  /// Of streams: 1, 3, 5 …
  uint32_t NextStream();

 private:
  Http2Client(FileDescriptor socket, const Options& options) : socket_(std::move(socket)), options_(options) {}
  /// Reads what there is, without waiting.
  void Receive();
  void TakeFrames();
  bool WaitFor(short events, std::chrono::milliseconds limit);

  FileDescriptor socket_;
  const Options options_;
  std::string outgoing_;
  std::string incoming_;
  std::vector<Frame> frames_;
  uint32_t next_stream_ = 1;
  bool told_headers_ = false;
  bool closed_ = false;
};

/// HPACK, without Huffman codes and tables.
std::string LiteralHeader(std::string_view name, std::string_view value);

}  // namespace rowkeeper::testing
