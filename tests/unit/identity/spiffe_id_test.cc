#include "server/identity/spiffe_id.h"

#include <gtest/gtest.h>

#include <string>

namespace rowkeeper::identity {
namespace {

TEST(SpiffeIdTest, IsTakenByTheLetter) {
  for (const std::string& good :
       {std::string("spiffe://a"), std::string("spiffe://example.org/billing"), std::string("spiffe://a.b-c_d/X/y.1/_"),
        "spiffe://a/" + std::string(2048 - 11, 'x')}) {
    EXPECT_TRUE(IsSpiffeId(good)) << good;
  }
  for (const std::string& bad : {std::string(),
                                 std::string("spiffe://"),
                                 std::string("spiffe:///x"),
                                 std::string("SPIFFE://a/x"),
                                 std::string("spiffe:/a/x"),
                                 std::string("https://a/x"),
                                 std::string("spiffe://a/"),
                                 std::string("spiffe://a//x"),
                                 std::string("spiffe://a/."),
                                 std::string("spiffe://a/../x"),
                                 std::string("spiffe://a/x?y"),
                                 std::string("spiffe://a/x#y"),
                                 std::string("spiffe://u@a/x"),
                                 std::string("spiffe://a:1/x"),
                                 std::string("spiffe://a/x y"),
                                 std::string("spiffe://a/%41"),
                                 std::string("spiffe://a/\0x", 13),
                                 std::string("spiffe://a/\n"),
                                 std::string("spiffe://\xc3\xa4/x"),
                                 "spiffe://" + std::string(256, 'a') + "/x",
                                 "spiffe://a/" + std::string(2048 - 10, 'x')}) {
    EXPECT_FALSE(IsSpiffeId(bad)) << bad;
  }
}

}  // namespace
}  // namespace rowkeeper::identity
