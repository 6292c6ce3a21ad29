#include "server/net/byte_meter.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "server/base/file_descriptor.h"

namespace rowkeeper::net {
namespace {

using Pair = std::pair<FileDescriptor, FileDescriptor>;

Pair UnixPair() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Pair TcpPair() {
  FileDescriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener.get(), name, size), 0);
  EXPECT_EQ(listen(listener.get(), 1), 0);
  EXPECT_EQ(getsockname(listener.get(), name, &size), 0);
  FileDescriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(connect(client.get(), name, size), 0);
  return {std::move(client), FileDescriptor(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC))};
}

void Send(const Pair& pair, size_t bytes) {
  const std::string sent(bytes, 's');
  ASSERT_EQ(send(pair.first.get(), sent.data(), sent.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes));
}

void Read(const Pair& pair, size_t bytes) {
  std::string read(bytes, '\0');
  ASSERT_EQ(recv(pair.second.get(), read.data(), bytes, MSG_WAITALL), static_cast<ssize_t>(bytes));
}

TEST(ByteMeterTest, TcpBytesAreCountedWhetherReadOrNot) {
  const Pair pair = TcpPair();
  ByteMeter meter(ByteMeter::Kind::kTcp);
  EXPECT_EQ(meter.BytesOf(pair.second.get()), 0u);
  Send(pair, 10000);
  Read(pair, 10000);
  Send(pair, 5000);
  Read(pair, 1);
  meter.NoteArrival(pair.second.get());
  EXPECT_EQ(meter.BytesOf(pair.second.get()), 15000u);
  EXPECT_EQ(meter.BytesOf(-1), std::nullopt);
}

TEST(ByteMeterTest, OfUnixSocketsThoseThatWaitWhenSomethingArrives) {
  const Pair pair = UnixPair();
  ByteMeter meter(ByteMeter::Kind::kUnix);
  EXPECT_EQ(meter.BytesOf(pair.second.get()), 0u);
  Send(pair, 50000);
  EXPECT_EQ(meter.BytesOf(pair.second.get()), 0u) << "nobody has noticed";
  meter.NoteArrival(pair.second.get());
  EXPECT_EQ(meter.BytesOf(pair.second.get()), 50000u);
  Read(pair, 50000);
  meter.NoteArrival(pair.second.get());
  EXPECT_EQ(meter.BytesOf(pair.second.get()), 51024u) << "something was read at once";
}

}  // namespace
}  // namespace rowkeeper::net
