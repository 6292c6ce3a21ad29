#include "server/db/conninfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace rowkeeper::db {
namespace {

TEST(ConnInfoTest, UriAndKeyValueMeanTheSame) {
  const auto uri = ParseConnInfo("postgresql://me:p%40ss@db.example:6543/shop?sslmode=require");
  const auto pairs = ParseConnInfo("host=db.example port=6543 user=me password='p@ss' dbname=shop sslmode=require");
  ASSERT_TRUE(uri.ok() && pairs.ok());
  EXPECT_EQ(*uri, *pairs);
}

TEST(ConnInfoTest, EmptyTextGivesNothing) {
  const auto info = ParseConnInfo("");
  ASSERT_TRUE(info.ok());
  EXPECT_TRUE(info->empty());
}

TEST(ConnInfoTest, WrittenFormsParseToTheSame) {
  const ConnInfo hard = {{"host", "/var/run/a b"},       {"port", "5433"},         {"user", "o'hara@x"},
                         {"password", "p\\a'ss/?&%#: "}, {"dbname", "Ünïcode/db"}, {"options", "-c search_path=a,b"}};
  const auto from_pairs = ParseConnInfo(ToKeyValue(hard));
  ASSERT_TRUE(from_pairs.ok());
  EXPECT_EQ(*from_pairs, hard);
  const auto from_uri = ParseConnInfo(ToUri(hard));
  ASSERT_TRUE(from_uri.ok()) << ToUri(hard);
  EXPECT_EQ(*from_uri, hard);
}

TEST(ConnInfoTest, UriOfFewParameters) {
  EXPECT_EQ(ToUri({}), "postgresql:///");
  EXPECT_EQ(ToUri({{"dbname", "x"}}), "postgresql:///x");
  EXPECT_EQ(ToUri({{"host", "h"}, {"dbname", "x"}}), "postgresql://h/x");
  EXPECT_EQ(ToUri({{"user", "u"}, {"host", "h"}}), "postgresql://u@h/");
}

TEST(ConnInfoTest, ManyHostsSurvive) {
  const auto info = ParseConnInfo("postgresql://a:1,b:2/x?target_session_attrs=read-write");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->at("host"), "a,b");
  const auto again = ParseConnInfo(ToUri(*info));
  ASSERT_TRUE(again.ok()) << ToUri(*info);
  EXPECT_EQ(*again, *info);
}

TEST(ConnInfoTest, ErrorDoesNotRepeatThePassword) {
  const auto info = ParseConnInfo("postgresql://me:hidden@[::1/x");
  ASSERT_FALSE(info.ok());
  EXPECT_EQ(info.status().ToString().find("hidden"), std::string::npos);
}

std::string ProblemOf(const char* text) {
  const absl::Status status = CheckConnInfo(text);
  return status.ok() ? "" : std::string(status.message());
}

TEST(ConnInfoTest, WhatNoRetryMendsIsToldBeforeAConnectionIsTried) {
  for (const char* good : {"", "postgresql://me:p%40ss@db.invalid:6543/shop?sslmode=require", "host=/tmp dbname=x",
                           "postgresql://a.invalid:1,b.invalid:2/x?target_session_attrs=read-write",
                           "hostaddr=192.0.2.1,192.0.2.2 port=1,2", "sslrootcert=/not/there.pem sslmode=verify-full"}) {
    EXPECT_EQ(ProblemOf(good), "") << good;
  }
  EXPECT_EQ(ProblemOf("postgresql//me@db/shop"),
            "database_url: is not a connection string; write "
            "postgresql://user@host:port/database or key=value pairs");
  EXPECT_NE(ProblemOf("postgresql://me@db/shop?ssl_mode=require"), "");
  EXPECT_EQ(ProblemOf("postgresql://db/shop?sslmode=secret"),
            "database_url: cannot be used to connect: invalid sslmode value");
  EXPECT_EQ(ProblemOf("postgresql://me:hidden@word@db:99999/shop"), ProblemOf("postgresql://db:99999/shop"));
  EXPECT_EQ(ProblemOf("host=db port=70000"), "database_url: cannot be used to connect: invalid port number");
  EXPECT_EQ(ProblemOf("host=db port=1,2"),
            "database_url: cannot be used to connect: could not match 2 port numbers to 1 hosts");
  EXPECT_EQ(ProblemOf("host=db target_session_attrs=\"some\"thing\""),
            "database_url: cannot be used to connect: invalid target_session_attrs value");
  EXPECT_THAT(ProblemOf("host=db service=nobody_defined_it"), ::testing::HasSubstr("cannot be used to connect: "));
}

TEST(ConnInfoTest, LivenessDefaultsDoNotOverrideTheUrlOrTheEnvironment) {
  ConnInfo info = {{"tcp_user_timeout", "1"}};
  unsetenv("PGCONNECT_TIMEOUT");
  AddLivenessDefaults(7, &info);
  EXPECT_EQ(info.at("tcp_user_timeout"), "1");
  EXPECT_EQ(info.at("connect_timeout"), "7");
  EXPECT_EQ(info.at("keepalives"), "1");

  ConnInfo from_environment;
  setenv("PGCONNECT_TIMEOUT", "3", 1);
  AddLivenessDefaults(7, &from_environment);
  unsetenv("PGCONNECT_TIMEOUT");
  EXPECT_EQ(from_environment.count("connect_timeout"), 0u);
}

TEST(ConnInfoTest, ConnectTimeoutIsLoweredWhereverItIsSetAndNeverRaised) {
  const auto limited = [](ConnInfo info) {
    LimitConnectTimeout(4, &info);
    return info.count("connect_timeout") == 0 ? "" : info.at("connect_timeout");
  };
  unsetenv("PGCONNECT_TIMEOUT");
  EXPECT_EQ(limited({{"connect_timeout", "30"}}), "4");
  EXPECT_EQ(limited({{"connect_timeout", "0"}}), "4");
  EXPECT_EQ(limited({{"connect_timeout", "3"}}), "3");
  EXPECT_EQ(limited({}), "4");
  setenv("PGCONNECT_TIMEOUT", "30", 1);
  EXPECT_EQ(limited({}), "4");
  setenv("PGCONNECT_TIMEOUT", "3", 1);
  EXPECT_EQ(limited({}), "");
  unsetenv("PGCONNECT_TIMEOUT");
}

}  // namespace
}  // namespace rowkeeper::db
