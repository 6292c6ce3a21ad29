#include "tests/hostile/http2_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kFrameHeader = 9;
constexpr uint8_t kInitialWindowSize = 4;
constexpr uint32_t kStreamMask = 0x7fffffff;

void AppendNumber(uint64_t number, size_t bytes, std::string* out) {
  while (bytes-- > 0) out->push_back(static_cast<char>(number >> (8 * bytes)));
}

uint32_t ReadNumber(std::string_view bytes) {
  uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

/// An integer of HPACK in a byte's lower `bits`, whose upper ones are those of `first`.
void AppendHpackInteger(uint8_t first, int bits, size_t value, std::string* out) {
  const size_t most = (size_t{1} << bits) - 1;
  if (value < most) {
    out->push_back(static_cast<char>(first | value));
    return;
  }
  out->push_back(static_cast<char>(first | most));
  for (value -= most; value >= 128; value /= 128) out->push_back(static_cast<char>(value % 128 + 128));
  out->push_back(static_cast<char>(value));
}

void AppendHpackText(std::string_view text, std::string* out) {
  AppendHpackInteger(0, 7, text.size(), out);
  out->append(text);
}

/// A header whose name has `index` in HPACK's static table. Remembered ones go into the table that both sides keep.
enum class Remember { kNo, kYes };
std::string IndexedName(size_t index, std::string_view value, Remember remember) {
  std::string out;
  if (remember == Remember::kYes) {
    AppendHpackInteger(0x40, 6, index, &out);
  } else {
    AppendHpackInteger(0, 4, index, &out);
  }
  AppendHpackText(value, &out);
  return out;
}

std::string RequestHeaders(const std::string& path, Remember remember) {
  std::string headers = "\x83\x86";  // POST, http
  headers += IndexedName(4, path, remember);
  headers += IndexedName(1, "server", remember);
  headers += IndexedName(31, "application/grpc", remember);
  if (remember == Remember::kYes) {
    headers.push_back('\x40');
    AppendHpackText("te", &headers);
    AppendHpackText("trailers", &headers);
  } else {
    headers += LiteralHeader("te", "trailers");
  }
  return headers;
}

/// Of the four headers that RequestHeaders had remembered, the last one first.
constexpr std::string_view kRememberedHeaders = "\x83\x86\xbe\xbf\xc0\xc1";

bool BindTo(const FileDescriptor& made, const std::string& source) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  inet_pton(AF_INET, source.c_str(), &name.sin_addr);
  return bind(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0;
}

FileDescriptor ConnectTcp(const std::string& address, const std::string& source) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  const size_t colon = address.rfind(':');
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &name.sin_addr);
  name.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  FileDescriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!source.empty() && !BindTo(made, source)) return {};
  if (connect(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) return {};
  return made;
}

FileDescriptor ConnectUnix(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  FileDescriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) return {};
  return made;
}

}  // namespace

std::string LiteralHeader(std::string_view name, std::string_view value) {
  std::string out(1, '\0');
  AppendHpackText(name, &out);
  AppendHpackText(value, &out);
  return out;
}

std::unique_ptr<Http2Client> Http2Client::Connect(const std::string& address) { return Connect(address, Options()); }

std::unique_ptr<Http2Client> Http2Client::Connect(const std::string& address, const Options& options) {
  FileDescriptor socket =
      address.rfind("unix:", 0) == 0 ? ConnectUnix(address.substr(5)) : ConnectTcp(address, options.source);
  if (!socket.valid()) return nullptr;
  return std::unique_ptr<Http2Client>(new Http2Client(std::move(socket), options));
}

std::unique_ptr<Http2Client> Http2Client::Over(FileDescriptor socket) {
  return std::unique_ptr<Http2Client>(new Http2Client(std::move(socket), Options()));
}

void Http2Client::AddPreface() {
  AddBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  std::string settings;
  AppendNumber(kInitialWindowSize, 2, &settings);
  AppendNumber(options_.window, 4, &settings);
  AddFrame(FrameType::kSettings, kNoFlags, 0, settings);
}

void Http2Client::AddFrame(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload) {
  AppendNumber(payload.size(), 3, &outgoing_);
  outgoing_.push_back(static_cast<char>(type));
  outgoing_.push_back(static_cast<char>(flags));
  AppendNumber(stream, 4, &outgoing_);
  outgoing_.append(payload);
}

void Http2Client::AddRequest(uint32_t stream, const std::string& path, uint8_t flags, const HeaderList& more) {
  std::string headers = RequestHeaders(path, Remember::kNo);
  for (const auto& [name, value] : more) headers += LiteralHeader(name, value);
  constexpr size_t kLargestFrame = 16384;
  AddFrame(FrameType::kHeaders, headers.size() > kLargestFrame ? flags : flags | kEndHeaders, stream,
           std::string_view(headers).substr(0, kLargestFrame));
  for (size_t sent = kLargestFrame; sent < headers.size(); sent += kLargestFrame) {
    const bool last = sent + kLargestFrame >= headers.size();
    AddFrame(FrameType::kContinuation, last ? kEndHeaders : kNoFlags, stream,
             std::string_view(headers).substr(sent, kLargestFrame));
  }
}

void Http2Client::AddRepeatedRequest(uint32_t stream, const std::string& path, uint8_t flags) {
  const std::string headers = told_headers_ ? std::string(kRememberedHeaders) : RequestHeaders(path, Remember::kYes);
  told_headers_ = true;
  AddFrame(FrameType::kHeaders, flags | kEndHeaders, stream, headers);
}

void Http2Client::AddMessage(uint32_t stream, std::string_view message, uint8_t flags) {
  std::string payload(1, '\0');
  AppendNumber(message.size(), 4, &payload);
  payload.append(message);
  constexpr size_t kLargestFrame = 16384;
  for (size_t sent = 0; sent < payload.size(); sent += kLargestFrame) {
    const bool last = sent + kLargestFrame >= payload.size();
    AddFrame(FrameType::kData, last ? flags : kNoFlags, stream, std::string_view(payload).substr(sent, kLargestFrame));
  }
}

void Http2Client::AddReset(uint32_t stream) { AddFrame(FrameType::kReset, kNoFlags, stream, {"\0\0\0\x08", 4}); }

uint32_t Http2Client::NextStream() { return std::exchange(next_stream_, next_stream_ + 2); }

bool Http2Client::WaitFor(short events, milliseconds limit) {
  pollfd polled{socket_.get(), events, 0};
  return poll(&polled, 1, static_cast<int>(limit.count())) > 0;
}

bool Http2Client::Send(milliseconds limit) {
  size_t sent = 0;
  auto until = steady_clock::now() + limit;
  while (sent < outgoing_.size() && !closed_) {
    const ssize_t taken =
        send(socket_.get(), outgoing_.data() + sent, outgoing_.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken > 0) {
      sent += static_cast<size_t>(taken);
      until = steady_clock::now() + limit;
    } else if (errno != EAGAIN) {
      closed_ = true;
    } else if (steady_clock::now() > until) {
      break;
    } else {
      WaitFor(POLLOUT | POLLIN, milliseconds(100));
    }
    Receive();
  }
  const bool all = sent == outgoing_.size();
  outgoing_.erase(0, sent);
  return all && !closed_;
}

void Http2Client::Receive() {
  if (options_.reading == Reading::kNeverReads) return;
  std::array<char, 65536> buffer;
  while (!closed_) {
    const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      incoming_.append(buffer.data(), static_cast<size_t>(got));
    } else if (got == 0 || errno != EAGAIN) {
      closed_ = true;
    } else {
      break;
    }
  }
  TakeFrames();
}

void Http2Client::TakeFrames() {
  size_t taken = 0;
  while (incoming_.size() - taken >= kFrameHeader) {
    const std::string_view header = std::string_view(incoming_).substr(taken, kFrameHeader);
    const size_t size = ReadNumber(header.substr(0, 3));
    if (incoming_.size() - taken < kFrameHeader + size) break;
    Frame frame{static_cast<FrameType>(header[3]), static_cast<uint8_t>(header[4]),
                ReadNumber(header.substr(5)) & kStreamMask, incoming_.substr(taken + kFrameHeader, size)};
    taken += kFrameHeader + size;
    const bool settings = frame.type == FrameType::kSettings;
    if (settings && frame.flags == kNoFlags && options_.settings == Settings::kAcknowledge) {
      AddFrame(FrameType::kSettings, kAck, 0, {});
    } else if (frame.type == FrameType::kPing && frame.flags == kNoFlags) {
      AddFrame(FrameType::kPing, kAck, 0, frame.payload);
    } else if (!settings && frame.type != FrameType::kPing && frame.type != FrameType::kWindowUpdate) {
      frames_.push_back(std::move(frame));
    }
  }
  incoming_.erase(0, taken);
}

std::optional<Frame> Http2Client::Read(milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  Receive();
  while (frames_.empty() && !closed_ && steady_clock::now() < until) {
    WaitFor(POLLIN, milliseconds(100));
    Receive();
    if (!outgoing_.empty()) Send(limit);
  }
  if (frames_.empty()) return std::nullopt;
  Frame first = std::move(frames_.front());
  frames_.erase(frames_.begin());
  return first;
}

bool Http2Client::WaitUntilClosed(milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  do {
    WaitFor(POLLIN, std::min(limit, milliseconds(50)));
    std::array<char, 65536> buffer;
    const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) closed_ = true;
  } while (!closed_ && steady_clock::now() < until);
  return closed_;
}

}  // namespace rowkeeper::testing
