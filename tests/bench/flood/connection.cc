#include "tests/bench/flood/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace rowkeeper::bench {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;

enum Type : uint8_t { kData, kHeaders, kPriority, kReset, kSettings, kPush, kPing, kGoAway, kWindow };
constexpr uint8_t kAck = 1;
constexpr uint8_t kEndStream = 1;
constexpr uint8_t kEndHeaders = 4;
constexpr size_t kFrameHeader = 9;
constexpr uint16_t kMaxConcurrentStreams = 3;
/// An empty message of gRPC's.
constexpr std::string_view kEmptyMessage{"\0\0\0\0\0", 5};
/// What gRPC's clients wait before they connect again: so long at first, and at most.
constexpr double kFirstBackoff = 1;
constexpr double kBackoffGrowth = 1.6;
constexpr double kMostBackoff = 120;

void AppendNumber(uint64_t number, size_t bytes, std::string* out) {
  while (bytes-- > 0) out->push_back(static_cast<char>(number >> (8 * bytes)));
}

uint32_t ReadNumber(std::string_view bytes) {
  uint32_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

void AppendText(std::string_view text, std::string* out) {
  out->push_back(static_cast<char>(text.size()));  // shorter than 127 bytes
  out->append(text);
}

/// A header that both sides remember, whose name has `index` in HPACK's static table.
void AppendIndexed(uint8_t index, std::string_view value, std::string* out) {
  out->push_back(static_cast<char>(0x40 | index));
  AppendText(value, out);
}

std::string FirstHeaders(const std::string& path) {
  std::string headers = "\x83\x86";  // POST, http
  AppendIndexed(4, path, &headers);
  AppendIndexed(1, "server", &headers);
  AppendIndexed(31, "application/grpc", &headers);
  headers.push_back('\x40');
  AppendText("te", &headers);
  AppendText("trailers", &headers);
  return headers;
}

/// The same, once they are remembered.
constexpr std::string_view kKnownHeaders = "\x83\x86\xbe\xbf\xc0\xc1";

sockaddr_in AddressOf(const std::string& host, int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  inet_pton(AF_INET, host.c_str(), &name.sin_addr);
  name.sin_port = htons(static_cast<uint16_t>(port));
  return name;
}

rowkeeper::FileDescriptor BeginToConnect(const std::string& address, const std::string& source) {
  rowkeeper::FileDescriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const sockaddr_in from = AddressOf(source, 0);
  if (bind(made.get(), reinterpret_cast<const sockaddr*>(&from), sizeof(from)) != 0) return {};
  const size_t colon = address.rfind(':');
  const sockaddr_in to = AddressOf(address.substr(0, colon), std::stoi(address.substr(colon + 1)));
  const int result = connect(made.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  if (result != 0 && errno != EINPROGRESS) return {};
  return made;
}

float MillisecondsOf(Time::duration time) { return duration<float, std::milli>(time).count(); }

}  // namespace

void Connection::Start(Time now) {
  ++tally_.started;
  if (state_ == State::kFailed) {
    ++tally_.unconnected;
    return;
  }
  waiting_.push_back(now);
  if (state_ == State::kIdle) Connect(now);
}

void Connection::Connect(Time now) {
  state_ = State::kConnecting;
  streams_.clear();
  sent_.clear();
  next_stream_ = 1;
  window_ = 65535;
  incoming_.clear();
  outgoing_ = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  AddFrame(kSettings, 0, 0, {});
  std::string window;
  AppendNumber(0x7fffffff - 65535, 4, &window);
  AddFrame(kWindow, 0, 0, window);
  socket_ = BeginToConnect(options_.address, options_.source);
  if (!socket_.valid()) Lose(now);
}

void Connection::Lose(Time now) {
  tally_.cut += streams_.size();
  streams_.clear();
  sent_.clear();
  outgoing_.clear();
  socket_ = rowkeeper::FileDescriptor();
  if (state_ == State::kReady) {
    ++tally_.connections_ended;
    state_ = State::kIdle;
    if (!waiting_.empty()) Connect(now);
    return;
  }
  ++tally_.connections_refused;
  tally_.unconnected += waiting_.size();
  waiting_.clear();
  state_ = State::kFailed;
  retry_at_ = now + std::chrono::duration_cast<Time::duration>(duration<double>(backoff_seconds_));
  backoff_seconds_ = std::min(backoff_seconds_ * kBackoffGrowth, kMostBackoff);
}

void Connection::Step(Time now) {
  if (state_ == State::kFailed && now >= retry_at_) Connect(now);
  EndLate(now);
  if (!socket_.valid()) return;
  Receive(now);
  if (state_ == State::kReady) SendWaiting(now);
  Flush();
}

void Connection::EndLate(Time now) {
  const Time late = now - options_.timeout;
  for (; !waiting_.empty() && waiting_.front() <= late; waiting_.pop_front()) ++tally_.expired_unsent;
  while (!sent_.empty() && (sent_.front().second <= late || streams_.count(sent_.front().first) == 0)) {
    const uint32_t stream = sent_.front().first;
    sent_.pop_front();
    if (streams_.erase(stream) == 0) continue;
    ++tally_.late;
    AddFrame(kReset, 0, stream, {"\0\0\0\x08", 4});
  }
}

void Connection::SendWaiting(Time now) {
  while (!waiting_.empty() && streams_.size() < most_streams_ && window_ >= int64_t{kEmptyMessage.size()}) {
    const Time start = waiting_.front();
    waiting_.pop_front();
    SendCall(start, now);
  }
}

void Connection::SendCall(Time start, Time now) {
  const uint32_t stream = next_stream_;
  next_stream_ += 2;
  std::string headers = stream == 1 ? FirstHeaders(options_.path) : std::string(kKnownHeaders);
  headers.push_back('\0');
  AppendText("grpc-timeout", &headers);
  const auto left = std::chrono::duration_cast<milliseconds>(start + options_.timeout - now).count();
  AppendText(std::to_string(std::max<int64_t>(left, 1)) + "m", &headers);
  AddFrame(kHeaders, kEndHeaders, stream, headers);
  AddFrame(kData, kEndStream, stream, kEmptyMessage);
  window_ -= int64_t{kEmptyMessage.size()};
  streams_[stream].start = start;
  sent_.emplace_back(stream, start);
}

void Connection::Flush() {
  if (outgoing_.empty()) return;
  const ssize_t taken = send(socket_.get(), outgoing_.data(), outgoing_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (taken > 0) outgoing_.erase(0, static_cast<size_t>(taken));  // of an error Receive tells
}

void Connection::Receive(Time now) {
  std::array<char, 65536> buffer;
  ssize_t got = 0;
  while ((got = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
    incoming_.append(buffer.data(), static_cast<size_t>(got));
    if (static_cast<size_t>(got) < buffer.size()) break;
  }
  const bool over = got == 0 || (got < 0 && errno != EAGAIN && errno != ENOTCONN);
  size_t taken = 0;
  while (incoming_.size() - taken >= kFrameHeader) {
    const std::string_view rest = std::string_view(incoming_).substr(taken);
    const size_t size = ReadNumber(rest.substr(0, 3));
    if (rest.size() < kFrameHeader + size) break;
    Take(static_cast<uint8_t>(rest[3]), static_cast<uint8_t>(rest[4]), ReadNumber(rest.substr(5, 4)) & 0x7fffffff,
         rest.substr(kFrameHeader, size), now);
    taken += kFrameHeader + size;
  }
  incoming_.erase(0, taken);
  if (over) Lose(now);
}

void Connection::Take(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload, Time now) {
  const bool acknowledges = (type == kSettings || type == kPing) && (flags & kAck) != 0;
  if (acknowledges) return;
  if (type == kSettings) return TakeSettings(payload);
  if (type == kPing) return AddFrame(kPing, kAck, 0, payload);
  if (type == kWindow && stream == 0) window_ += ReadNumber(payload);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  if (type == kData) found->second.has_message = true;
  const bool over = type == kReset || (type == kHeaders && (flags & kEndStream) != 0);
  if (!over) return;
  const float took = MillisecondsOf(now - found->second.start);
  const bool good = type == kHeaders && found->second.has_message;
  ++(good ? tally_.good : tally_.refused);
  (good ? tally_.good_ms : tally_.refused_ms).push_back(took);
  streams_.erase(found);
}

void Connection::TakeSettings(std::string_view payload) {
  for (; payload.size() >= 6; payload.remove_prefix(6)) {
    if (ReadNumber(payload.substr(0, 2)) == kMaxConcurrentStreams) most_streams_ = ReadNumber(payload.substr(2, 4));
  }
  AddFrame(kSettings, kAck, 0, {});
  state_ = State::kReady;
  backoff_seconds_ = kFirstBackoff;
}

void Connection::AddFrame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  AppendNumber(payload.size(), 3, &outgoing_);
  outgoing_.push_back(static_cast<char>(type));
  outgoing_.push_back(static_cast<char>(flags));
  AppendNumber(stream, 4, &outgoing_);
  outgoing_.append(payload);
}

}  // namespace rowkeeper::bench
