#include "server/base/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/support/temporary_directory.h"

namespace rowkeeper {
namespace {

TEST(ListenAddressTest, HostAndPortAreTakenApart) {
  ListenAddress address;
  ASSERT_TRUE(ParseListenAddress("[::1]:0", &address).ok());
  EXPECT_EQ(address.host(), "::1");
  EXPECT_EQ(address.port(), "0");
  EXPECT_EQ(address.WithPort(77), "[::1]:77");
  ASSERT_TRUE(ParseListenAddress("localhost:50051", &address).ok());
  EXPECT_EQ(address.host(), "localhost");
  EXPECT_FALSE(address.is_unix());
}

TEST(ListenAddressTest, UnixPathsHaveOneForm) {
  ListenAddress address;
  ASSERT_TRUE(ParseListenAddress("unix:///run/rk.sock", &address).ok());
  EXPECT_EQ(address.text, "unix:/run/rk.sock");
  EXPECT_EQ(address.unix_path(), "/run/rk.sock");
  EXPECT_EQ(address.WithPort(1), "unix:/run/rk.sock");
}

TEST(ListenAddressTest, WhatIsNoAddressIsRefusedWithAnExample) {
  for (const char* text : {"", "localhost", ":50051", "localhost:", "localhost:http", "localhost:65536", "::1:50051",
                           "unix:", "http://localhost:1", "a b:1", "localhost:-1", "localhost:123456"}) {
    ListenAddress address;
    const absl::Status status = ParseListenAddress(text, &address);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("127.0.0.1:50051"));
  }
}

TEST(ListenAddressTest, WhoReachesAnAddressIsToldByTheSocketAndNotByItsName) {
  const testing::TemporaryDirectory directory;
  const std::pair<std::string, bool> kCases[] = {{"127.0.0.1:0", true},
                                                 {"127.9.9.9:0", true},
                                                 {"localhost:0", true},
                                                 {"0.0.0.0:0", false},
                                                 {"[::1]:0", true},
                                                 {"[::]:0", false},
                                                 {"unix:" + directory.path() + "/s", true}};
  for (const auto& [text, expected] : kCases) {
    ListenAddress address;
    ASSERT_TRUE(ParseListenAddress(text, &address).ok());
    const auto listeners = ListenOnAll(address);
    if (!listeners.ok() && text == "[::1]:0") continue;  // no IPv6 here
    ASSERT_TRUE(listeners.ok()) << listeners.status();
    for (const Listener& listener : *listeners) EXPECT_EQ(IsOfThisMachine(listener), expected) << text;
  }
}

}  // namespace
}  // namespace rowkeeper
