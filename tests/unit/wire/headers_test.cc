#include "server/wire/headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/wire/caller.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a reader makes of the headers of a call.
std::string Read(absl::StatusOr<RowkeeperHeaders> (*reader)(const UnaryRpc&), const Headers& headers) {
  const auto service = OneMethod([reader](UnaryRpc call) {
    const auto read = reader(call);
    if (!read.ok()) {
      call.Finish(Cat(ErrorReason(read.status()), " ", std::string(read.status().message())));
      return;
    }
    std::string said = Cat(read->unit_of_work.value_or("none"), " ", read->sequence.value_or(0));
    if (read->debug != DebugLevel::kOff) said += read->debug == DebugLevel::kPlan ? " plan" : " cost";
    if (read->idempotency_key.has_value()) said += " key " + *read->idempotency_key;
    call.Finish(said);
  });
  TestServer server({service.get()});
  grpc::ClientContext context;
  for (const auto& [name, value] : headers) context.AddMetadata(name, value);
  return CallRaw(server.channel(), kCall, {}, &context).response;
}

TEST(HeadersTest, TheTwoKnownHeadersAreRead) {
  EXPECT_EQ(Read(&ReadHeaders, {}), "none 0");
  EXPECT_EQ(Read(&ReadHeaders, {{"x-rowkeeper-y", "1"}, {"rowkeeper", "2"}}), "none 0") << "not of our prefix";
  EXPECT_EQ(Read(&ReadRepositoryHeaders, {{"rowkeeper-unit-of-work", "abc"}}), "abc 0");
  EXPECT_EQ(Read(&ReadRepositoryHeaders, {{"rowkeeper-sequence", "12"}, {"rowkeeper-unit-of-work", "abc"}}), "abc 12");
}

TEST(HeadersTest, AnythingElseOfOurPrefixIsRefusedByName) {
  EXPECT_THAT(Read(&ReadHeaders, {{"rowkeeper-unit", "1"}}), ::testing::StartsWith("INVALID_HEADER"));
  EXPECT_THAT(Read(&ReadHeaders, {{"rowkeeper-unit-of-work", "a"}, {"rowkeeper-unit-of-work-2", "a"}}),
              ::testing::HasSubstr("rowkeeper-unit-of-work-2"));
  EXPECT_THAT(Read(&ReadHeaders, {{"rowkeeper-sequence-bin", "a"}}), ::testing::StartsWith("INVALID_HEADER"));
}

TEST(HeadersTest, AHeaderThatIsThereTwiceIsRefusedEvenWhenBothAgree) {
  EXPECT_THAT(Read(&ReadHeaders, {{"rowkeeper-unit-of-work", "a"}, {"rowkeeper-unit-of-work", "a"}}),
              ::testing::HasSubstr("more than once"));
  EXPECT_THAT(Read(&ReadHeaders, {{"rowkeeper-sequence", "1"}, {"rowkeeper-sequence", "1"}}),
              ::testing::HasSubstr("more than once"));
}

TEST(HeadersTest, ASequenceNumberNeedsAUnitWhereThereMayBeNone) {
  EXPECT_EQ(Read(&ReadHeaders, {{"rowkeeper-sequence", "5"}}), "none 5");
  EXPECT_THAT(Read(&ReadRepositoryHeaders, {{"rowkeeper-sequence", "5"}}), ::testing::StartsWith("INVALID_HEADER"));
}

TEST(HeadersTest, DebugIsCostOrPlan) {
  EXPECT_EQ(Read(&ReadHeaders, {{"rowkeeper-debug", "cost"}}), "none 0 cost");
  EXPECT_EQ(Read(&ReadHeaders, {{"rowkeeper-debug", "plan"}}), "none 0 plan");
  for (const char* value : {"", "COST", "1", "plan ", "analyze"}) {
    EXPECT_THAT(Read(&ReadHeaders, {{"rowkeeper-debug", value}}), ::testing::StartsWith("INVALID_HEADER")) << value;
  }
  EXPECT_THAT(Read(&ReadHeaders, {{"rowkeeper-debug", "cost"}, {"rowkeeper-debug", "cost"}}),
              ::testing::HasSubstr("more than once"));
}

TEST(HeadersTest, AnIdempotencyKeyIsUpTo255PrintableCharacters) {
  EXPECT_EQ(Read(&ReadHeaders, {{"idempotency-key", "a b'c"}}), "none 0 key a b'c");
  const std::string longest(255, '~');
  EXPECT_EQ(Read(&ReadHeaders, {{"idempotency-key", longest}}), "none 0 key " + longest);
  for (const std::string& value : {std::string(), longest + "~"}) {
    EXPECT_THAT(Read(&ReadHeaders, {{"idempotency-key", value}}), ::testing::StartsWith("INVALID_HEADER"));
  }
  EXPECT_THAT(Read(&ReadHeaders, {{"idempotency-key", "a"}, {"idempotency-key", "a"}}),
              ::testing::HasSubstr("more than once"));
  EXPECT_EQ(Read(&ReadHeaders, {{"idempotency-keys", "a"}}), "none 0") << "another header";
}

TEST(CallerTest, IsThePeersAddressWithoutItsPort) {
  EXPECT_EQ(CallerOfPeer("ipv4:10.0.0.7:40312"), "ipv4:10.0.0.7");
  EXPECT_EQ(CallerOfPeer("ipv6:[::1]:40312"), "ipv6:::/64");
  EXPECT_EQ(CallerOfPeer("ipv6:%5B2001:db8:0:1:aaaa::1%5D:40312"), "ipv6:2001:db8:0:1::/64");
  EXPECT_EQ(CallerOfPeer("ipv6:%5B2001:db8:0:1:bbbb::2%5D:1"), "ipv6:2001:db8:0:1::/64")
      << "another address of the host";
  EXPECT_EQ(CallerOfPeer("ipv6:%5B2001:db8:0:2::1%5D:1"), "ipv6:2001:db8:0:2::/64");
  EXPECT_EQ(CallerOfPeer("ipv6:%5B::ffff:10.0.0.7%5D:1"), "ipv4:10.0.0.7");
  EXPECT_EQ(CallerOfPeer("ipv6:%5Bfe80::1%25eth0%5D:1"), "ipv6:fe80::1%eth0");
  EXPECT_EQ(CallerOfPeer("ipv6:%5Bno address%5D:1"), "ipv6:[no address]");
  EXPECT_EQ(CallerOfPeer("unix:"), "unix:");
  EXPECT_EQ(CallerOfPeer("unix:/tmp/anything"), "unix:") << "a client chooses the name of its own end";
  EXPECT_EQ(CallerOfPeer("unix-abstract:%00x"), "unix:");
  EXPECT_EQ(CallerOfPeer(""), "");
  EXPECT_EQ(CallerOfPeer("unknown"), "unknown");
}

}  // namespace
}  // namespace rowkeeper::wire
