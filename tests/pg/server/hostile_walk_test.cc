#include <string>
#include <vector>

#include "server/base/text.h"
#include "tests/pg/server/hostile_walk.h"
#include "tests/pg/server/stream_client.h"

namespace rowkeeper::testing {
namespace {

// Every method that writes, in every way that a call can run, over a table whose surroundings do something of their
// own. Whatever the answer is, it must be what the table shows afterwards.

TEST_P(HostileWalkTest, EveryAnswerIsWhatTheTableShows) {
  for (const Write& write : Writes()) {
    if (write.method == "ItemQueries.Retitle" && served_ == Query::kNotServed) continue;
    for (const Way way : {Way::kAlone, Way::kKeyed, Way::kInUnit, Way::kRun}) {
      SCOPED_TRACE(Cat(write.method, " ", write.request.dump(), " ", NameOf(way)));
      Fill();
      const std::string before = Digest();
      ExpectTrue(CallIn(way, server_, write), write, before);
    }
  }
}

TEST_P(HostileWalkTest, AnImportSaysWhatItStored) {
  Fill();
  const std::string before = Digest();
  StreamClient stream(server_, "ItemRepository.Import");
  stream.Send({{"items", {NewItem("a"), NewItem("bad-b"), NewItem("c")}}});
  stream.SendNoMore();
  const std::vector<Json> answers = stream.ReceiveAll();
  const absl::Status end = stream.Finish();
  if (end.ok()) {
    EXPECT_EQ(Value("SELECT " + Stored({"a", "bad-b", "c"})), "t") << Digest();
  } else {
    EXPECT_EQ(Digest(), before) << end;
    ExpectAboutTheRow(end);
  }
}

INSTANTIATE_TEST_SUITE_P(Surroundings, HostileWalkTest, ::testing::ValuesIn(AllSurroundings()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace rowkeeper::testing
