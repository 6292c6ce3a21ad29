#include "tests/support/pg_messages.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rowkeeper::testing {
namespace {

using namespace std::string_literals;  // NOLINT: for texts that hold NUL

using Sender = PgMessageReader::Sender;

const std::string kStartup = "\0\0\0\x10\0\x03\0\0user\0me\0"s;
const std::string kQuery =
    "Q\0\0\0\x0d"
    "SELECT 1\0"s;
const std::string kSync = "S\0\0\0\x04"s;

/// Type bytes of the messages in `bytes`, fed in pieces of `step`.
std::string Types(Sender sender, const std::string& bytes, size_t step) {
  PgMessageReader reader(sender);
  std::string types;
  std::string again;
  for (size_t i = 0; i < bytes.size(); i += step) {
    reader.Append(std::string_view(bytes).substr(i, step));
    while (const auto message = reader.Next()) {
      types += message->type == PgMessage::kStartup ? '*' : message->type;
      again += message->bytes;
    }
  }
  EXPECT_EQ(again, bytes);
  return types;
}

TEST(PgMessageReaderTest, CutsAClientsStreamHoweverItArrives) {
  for (size_t step = 1; step < 40; ++step) {
    EXPECT_EQ(Types(Sender::kClient, kStartup + kQuery + kSync + kQuery, step), "*QSQ") << step;
  }
}

TEST(PgMessageReaderTest, ServersStreamHasATypeFromTheStart) {
  EXPECT_EQ(Types(Sender::kServer, "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"s, 3), "RZ");
}

TEST(PgMessageReaderTest, BodyIsWhatFollowsTheLength) {
  PgMessageReader reader(Sender::kClient);
  reader.Append(kStartup + kQuery);
  const auto startup = reader.Next();
  ASSERT_TRUE(startup);
  EXPECT_EQ(startup->code, 196608u);
  const auto query = reader.Next();
  ASSERT_TRUE(query);
  EXPECT_EQ(query->body, "SELECT 1\0"s);
  EXPECT_FALSE(reader.Next());
}

TEST(PgMessageReaderTest, RequestForEncryptionIsFollowedByAnotherStartup) {
  const std::string ssl = "\0\0\0\x08\x04\xd2\x16\x2f"s;
  EXPECT_EQ(Types(Sender::kClient, ssl + kStartup + kQuery, 5), "**Q");
  PgMessageReader reader(Sender::kClient);
  reader.Append(ssl);
  EXPECT_EQ(reader.Next()->code, PgMessage::kSslRequest);
}

}  // namespace
}  // namespace rowkeeper::testing
