#include "server/identity/key_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/text.h"

namespace rowkeeper::identity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(KeyUrlTest, AUrlIsToldFromAPath) {
  for (const char* url : {"https://issuer.example/keys", "HTTPS://issuer.example", "http://localhost:1/", "https://"}) {
    EXPECT_TRUE(IsKeyUrl(url)) << url;
  }
  for (const char* path : {"/etc/rowkeeper/jwt", "https", "https:/issuer.example", "keys/https://x", "ftp://x", ""}) {
    EXPECT_FALSE(IsKeyUrl(path)) << path;
  }
}

TEST(KeyUrlTest, PlainUrlsAreTaken) {
  for (const char* text :
       {"https://issuer.example", "https://issuer.example/.well-known/jwks.json",
        "https://Issuer-1.example:8443/a%20b/~c", "https://10.0.0.7/keys", "https://[2001:db8::1]:8443/keys",
        "https://issuer.example/keys@v1", "HTTPS://issuer.example"}) {
    const auto url = ParseKeyUrl(text);
    ASSERT_TRUE(url.ok()) << url.status();
    EXPECT_EQ(url->text, text);
    EXPECT_EQ(url->shown, text);
    EXPECT_TRUE(url->encrypted);
  }
}

TEST(KeyUrlTest, TheQueryIsFetchedAndNotShown) {
  const auto url = ParseKeyUrl("https://issuer.example/keys?p=b2c&key=secret");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->text, "https://issuer.example/keys?p=b2c&key=secret");
  EXPECT_EQ(url->shown, "https://issuer.example/keys");
  EXPECT_EQ(ParseKeyUrl("https://issuer.example?secret")->shown, "https://issuer.example");
}

TEST(KeyUrlTest, WithoutTlsOnlyThisMachineIsAsked) {
  for (const char* host : {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.1.2.3", "[::1]", "[::1]:8080"}) {
    const auto url = ParseKeyUrl(Cat("http://", host, "/keys"));
    ASSERT_TRUE(url.ok()) << host << url.status();
    EXPECT_FALSE(url->encrypted);
  }
  for (const char* host : {"issuer.example", "10.0.0.7", "127.0.0.1.issuer.example", "localhost.issuer.example",
                           "127.1", "0x7f.0.0.1", "2130706433", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[::2]"}) {
    EXPECT_THAT(ParseKeyUrl(Cat("http://", host, "/keys")).status().message(), HasSubstr("by https:// only")) << host;
  }
}

TEST(KeyUrlTest, UsersAndPasswordsAreRefusedAndNotRepeated) {
  for (const char* text :
       {"https://secret@issuer.example/", "https://me:secret@issuer.example/", "https://@issuer.example",
        "http://secret@localhost", "https://issuer.example:secret@evil.example"}) {
    const absl::Status status = ParseKeyUrl(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr("--jwt-keys: a URL must not hold a user or a password")) << text;
    EXPECT_THAT(status.message(), Not(HasSubstr("secret"))) << text;
  }
}

TEST(KeyUrlTest, WhatReadersMayUnderstandDifferentlyIsRefused) {
  for (const char* text : {"https://",
                           "https:///keys",
                           "https://:443/",
                           "https://host:/",
                           "https://host:0/",
                           "https://host:65536/",
                           "https://host:44 3/",
                           "https://host:+443/",
                           "https://ho st/",
                           "https://host\\evil.example/",
                           "https://host/a b",
                           "https://host/\n",
                           "https://host%2eevil/",
                           "https://[::1",
                           "https://[host]/",
                           "https://[::1]x/",
                           "https://a[::1]/",
                           "https://-host/",
                           "https://.host/",
                           "https://höst/",
                           "https://host/#keys",
                           "https://host/\x7f",
                           "https://host/<"}) {
    EXPECT_FALSE(ParseKeyUrl(text).ok()) << text;
  }
  EXPECT_FALSE(ParseKeyUrl(Cat("https://host/", std::string(2048, 'a'))).ok());
  EXPECT_FALSE(ParseKeyUrl(std::string_view("https://host/\0", 14)).ok());
}

}  // namespace
}  // namespace rowkeeper::identity
