#include "server/sql/declared_by.h"

#include <gtest/gtest.h>

namespace rowkeeper::sql {
namespace {

TEST(DeclaredBy, TellsTheIdentityFromWords) {
  const DeclaredBy plain = DeclaredBy::Read("proto:3");
  EXPECT_EQ(plain.identity, "3");
  EXPECT_EQ(plain.words, "");
  const DeclaredBy words = DeclaredBy::Read("proto:3 the title");
  EXPECT_EQ(words.identity, "3");
  EXPECT_EQ(words.words, "the title");
  const DeclaredBy message = DeclaredBy::Read("proto:shop.v1.Item and more");
  EXPECT_EQ(message.identity, "shop.v1.Item");
  EXPECT_EQ(message.words, "and more");
}

TEST(DeclaredBy, ACommentWithoutIdentityIsAllWords) {
  for (const char* comment : {"", "the title", "Proto:3", " proto:3"}) {
    EXPECT_EQ(DeclaredBy::Read(comment).identity, "");
    EXPECT_EQ(DeclaredBy::Read(comment).words, comment);
  }
}

TEST(DeclaredBy, PunctuationEndsTheIdentity) {
  for (const char* comment : {"proto:3, in cents", "proto:3: in cents", "proto:3. In cents", "proto:3\nin cents"}) {
    EXPECT_EQ(DeclaredBy::Read(comment).number(), 3) << comment;
    EXPECT_NE(DeclaredBy::Read(comment).words.find("n cents"), std::string::npos) << comment;
  }
}

TEST(DeclaredBy, WhatIsNoNumberIsNone) {
  for (const char* comment : {"proto:", "proto:none", "proto:-", "proto:3rd", "proto:3.5", "proto:99999999999", "3"}) {
    EXPECT_EQ(DeclaredBy::Read(comment).number(), std::nullopt) << comment;
  }
}

}  // namespace
}  // namespace rowkeeper::sql
