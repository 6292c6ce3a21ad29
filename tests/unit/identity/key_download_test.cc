#include "server/identity/key_download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "absl/synchronization/notification.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::Eventually;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::JwkSet;
using rowkeeper::testing::TestSigningKey;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

FetchAnswer Fetched(const std::string& text, const std::string& etag = "") {
  FetchAnswer answer;
  answer.outcome = FetchOutcome::kFetched;
  answer.text = text;
  answer.etag = etag;
  return answer;
}

FetchAnswer Other(FetchOutcome outcome) {
  FetchAnswer answer;
  answer.outcome = outcome;
  answer.problem = "as a test says";
  return answer;
}

/// Answers as a test says, the same until it says otherwise.
class ScriptedFetcher : public KeyFetcher {
 public:
  explicit ScriptedFetcher(FetchAnswer answer) : answer_(std::move(answer)) {}

  FetchAnswer Fetch(const std::string& etag) override {
    const absl::MutexLock lock(&mutex_);
    etags_.push_back(etag);
    if (waits_) mutex_.Await(absl::Condition(&cancelled_));
    return answer_;
  }
  void Cancel() override {
    const absl::MutexLock lock(&mutex_);
    cancelled_ = true;
  }

  void Set(FetchAnswer answer) {
    const absl::MutexLock lock(&mutex_);
    answer_ = std::move(answer);
  }
  /// From now on a fetch ends when it is cancelled.
  void HangOn() {
    const absl::MutexLock lock(&mutex_);
    waits_ = true;
  }
  /// Of each fetch.
  std::vector<std::string> etags() const {
    const absl::MutexLock lock(&mutex_);
    return etags_;
  }
  size_t fetches() const { return etags().size(); }

 private:
  mutable absl::Mutex mutex_;
  FetchAnswer answer_;
  bool waits_ = false;
  bool cancelled_ = false;
  std::vector<std::string> etags_;
};

class KeyDownloadTest : public ::testing::Test {
 protected:
  void Start(FetchAnswer first) {
    KeyDownload::Options options;
    auto fetcher = std::make_unique<ScriptedFetcher>(std::move(first));
    fetcher_ = fetcher.get();
    options.fetcher = std::move(fetcher);
    options.from = "https://issuer.example/keys";
    options.take = [this](const KeySet& keys, const KeyTexts& /*texts*/) { taken_ = keys.size(); };
    download_ = std::make_unique<KeyDownload>(std::move(options), &clock_);
    EXPECT_TRUE(Eventually([this] { return Ended(1); }));
  }
  bool Ended(uint64_t fetches) const {
    const KeyDownloadStats stats = download_->stats();
    uint64_t all = 0;
    for (const uint64_t count : stats.fetches_total) all += count;
    return all >= fetches;
  }
  uint64_t Count(FetchOutcome outcome) const { return download_->stats().fetches_total[static_cast<size_t>(outcome)]; }
  /// Lets time pass until a fetch has ended in `outcome` that often.
  bool Comes(uint64_t times, FetchOutcome outcome, Clock::duration limit = hours(2),
             Clock::duration step = seconds(5)) {
    return clock_.AdvanceUntil([&] { return Count(outcome) >= times; }, limit, step);
  }

  const std::string one_ = JwkSet({TestSigningKey(TestSigningKey::Kind::kEd25519, "one").Jwk()});
  const std::string two_ = JwkSet({TestSigningKey(TestSigningKey::Kind::kEd25519, "one").Jwk(),
                                   TestSigningKey(TestSigningKey::Kind::kP256, "two").Jwk()});
  FakeClock clock_;
  std::atomic<size_t> taken_{0};
  ScriptedFetcher* fetcher_ = nullptr;
  std::unique_ptr<KeyDownload> download_;
};

TEST_F(KeyDownloadTest, KeysAreFetchedAtOnceAndAgainWhenTheyMayHaveChanged) {
  FetchAnswer first = Fetched(one_, "\"1\"");
  first.fresh = minutes(2);
  Start(first);
  EXPECT_EQ(taken_, 1u);
  fetcher_->Set(Fetched(two_, "\"2\""));
  clock_.Advance(minutes(2) - milliseconds(1));
  EXPECT_EQ(fetcher_->fetches(), 1u);
  EXPECT_TRUE(Comes(2, FetchOutcome::kFetched, seconds(1), milliseconds(1)));
  EXPECT_EQ(taken_, 2u);
  fetcher_->Set(Other(FetchOutcome::kUnchanged));
  EXPECT_TRUE(Comes(1, FetchOutcome::kUnchanged));
  EXPECT_THAT(fetcher_->etags(), ElementsAre("", "\"1\"", "\"2\""));
}

TEST_F(KeyDownloadTest, TheSameKeysAreNotTakenAgain) {
  Start(Fetched(one_, "\"1\""));
  taken_ = 0;
  fetcher_->Set(Fetched(one_, "\"2\""));
  EXPECT_TRUE(Comes(2, FetchOutcome::kUnchanged));
  EXPECT_EQ(taken_, 0u) << "else what the cache knows would be forgotten";
  EXPECT_THAT(fetcher_->etags(), ElementsAre("", "\"1\"", "\"2\""));
}

TEST_F(KeyDownloadTest, KeysStayWhateverFails) {
  Start(Fetched(one_));
  for (const FetchOutcome outcome :
       {FetchOutcome::kUnreachable, FetchOutcome::kUntrusted, FetchOutcome::kRefused, FetchOutcome::kTooLarge}) {
    fetcher_->Set(Other(outcome));
    EXPECT_TRUE(Comes(3, outcome));
  }
  EXPECT_EQ(taken_, 1u);
  EXPECT_EQ(download_->stats().problems_total, 4u) << "each kind is told once";
  EXPECT_GE(download_->stats().age, minutes(5));
  fetcher_->Set(Fetched(two_));
  EXPECT_TRUE(Comes(2, FetchOutcome::kFetched));
  EXPECT_EQ(taken_, 2u);
  EXPECT_LT(download_->stats().age, minutes(1));
  fetcher_->Set(Other(FetchOutcome::kRefused));
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return download_->stats().problems_total == 5; }, hours(2), seconds(5)))
      << "after a success it is told anew";
}

TEST_F(KeyDownloadTest, AFailureIsSoonTriedAgainAndThenLessOften) {
  Start(Other(FetchOutcome::kUnreachable));
  EXPECT_EQ(download_->stats().age, std::nullopt);
  const Clock::time_point begin = clock_.Now();
  EXPECT_TRUE(Comes(2, FetchOutcome::kUnreachable, seconds(10), milliseconds(100)));
  EXPECT_GE(clock_.Now(), begin + seconds(1));
  clock_.AdvanceInSteps(minutes(10), seconds(1));
  const uint64_t tries = Count(FetchOutcome::kUnreachable);
  EXPECT_LE(tries, 2u + 6 + 20) << "one every 30 s at most";
  EXPECT_TRUE(Comes(tries + 1, FetchOutcome::kUnreachable, minutes(2), seconds(1)));
}

TEST_F(KeyDownloadTest, WhatIsNoSetOfKeysIsNotTaken) {
  Start(Fetched(one_, "\"1\""));
  const std::string weak = TestSigningKey(TestSigningKey::Kind::kRsa1024, "weak").Jwk();
  const std::string private_key = TestSigningKey(TestSigningKey::Kind::kEd25519, "own").Jwk(R"(,"d":"AAAA")");
  uint64_t unusable = 0;
  for (const std::string& text : {std::string("<html>"), std::string(), std::string("{}"), JwkSet({}), JwkSet({weak}),
                                  JwkSet({private_key}), JwkSet({R"({"kty":"oct","k":"AAAA"})"})}) {
    fetcher_->Set(Fetched(text, "\"bad\""));
    EXPECT_TRUE(Comes(++unusable, FetchOutcome::kUnusable)) << text;
  }
  EXPECT_EQ(taken_, 1u);
  EXPECT_EQ(fetcher_->etags().back(), "\"1\"") << "the tag of the keys in use";
  EXPECT_EQ(Count(FetchOutcome::kFetched), 1u);
}

TEST_F(KeyDownloadTest, AnEmptyAnswerIsNoFirstSet) {
  Start(Fetched(""));
  EXPECT_EQ(Count(FetchOutcome::kUnusable), 1u);
}

TEST_F(KeyDownloadTest, NothingIsUnchangedThatHadNoTag) {
  Start(Other(FetchOutcome::kUnchanged));
  EXPECT_EQ(Count(FetchOutcome::kRefused), 1u);
  EXPECT_EQ(download_->stats().age, std::nullopt);
  fetcher_->Set(Fetched(one_));
  EXPECT_TRUE(Comes(1, FetchOutcome::kFetched));
  fetcher_->Set(Other(FetchOutcome::kUnchanged));
  EXPECT_TRUE(Comes(2, FetchOutcome::kRefused));
}

TEST_F(KeyDownloadTest, WhoAsksIsHeardAtOnceAndThenOnceACooldown) {
  FetchAnswer lasting = Fetched(one_);
  lasting.fresh = hours(24);
  Start(lasting);
  download_->FetchSoon();
  EXPECT_TRUE(Eventually([this] { return Ended(2); })) << "no time has to pass";
  for (int i = 0; i < 1000; ++i) download_->FetchSoon();
  clock_.Advance(KeySchedule::kCooldown - milliseconds(1));
  EXPECT_EQ(fetcher_->fetches(), 2u);
  EXPECT_TRUE(clock_.AdvanceUntil([this] { return Ended(3); }, seconds(1), milliseconds(1)));
  clock_.AdvanceInSteps(hours(1), seconds(10));
  EXPECT_EQ(fetcher_->fetches(), 3u) << "nobody asks any more";
}

TEST_F(KeyDownloadTest, WhoWaitsForTheFirstTryIsTold) {
  Start(Other(FetchOutcome::kUnreachable));
  std::atomic<int> told{0};
  download_->WhenTried([&told] { ++told; });
  EXPECT_EQ(told, 1) << "it is over";
}

TEST_F(KeyDownloadTest, WhoWaitsWhileTheFirstTryRunsIsToldAfterIt) {
  absl::Notification go_on, told;
  class SlowFetcher : public KeyFetcher {
   public:
    explicit SlowFetcher(absl::Notification* go_on) : go_on_(*go_on) {}
    FetchAnswer Fetch(const std::string& /*etag*/) override {
      go_on_.WaitForNotification();
      return Other(FetchOutcome::kUnreachable);
    }
    void Cancel() override {}

   private:
    absl::Notification& go_on_;
  };
  KeyDownload::Options options;
  options.fetcher = std::make_unique<SlowFetcher>(&go_on);
  const KeyDownload download(std::move(options), &clock_);
  const_cast<KeyDownload&>(download).WhenTried([&told] { told.Notify(); });
  EXPECT_FALSE(told.HasBeenNotified());
  go_on.Notify();
  told.WaitForNotification();
}

TEST_F(KeyDownloadTest, ItEndsWhileAFetchRuns) {
  Start(Fetched(one_));
  fetcher_->HangOn();
  download_->FetchSoon();
  EXPECT_TRUE(Eventually([this] { return fetcher_->fetches() == 2; }));
  download_.reset();
}

}  // namespace
}  // namespace rowkeeper::identity
