#include "server/identity/key_download.h"

#include <exception>
#include <limits>
#include <utility>

#include "server/observe/caught.h"
#include "server/observe/log.h"
#include "server/observe/random_ids.h"

namespace rowkeeper::identity {
namespace {

bool IsSuccess(FetchOutcome outcome) {
  return outcome == FetchOutcome::kFetched || outcome == FetchOutcome::kUnchanged;
}

/// From 0 to 1.
double Chance() {
  return static_cast<double>(observe::RandomNumber()) / static_cast<double>(std::numeric_limits<uint64_t>::max());
}

}  // namespace

KeyDownload::KeyDownload(Options options, Clock* clock)
    : options_(std::move(options)), clock_(*clock), thread_([this] { Run(); }) {}

KeyDownload::~KeyDownload() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
    wake_.Signal();
  }
  options_.fetcher->Cancel();
  thread_.join();
}

void KeyDownload::FetchSoon() {
  const absl::MutexLock lock(&mutex_);
  if (!std::exchange(asked_, true)) wake_.Signal();
}

void KeyDownload::WhenTried(std::function<void()> done) {
  {
    const absl::MutexLock lock(&mutex_);
    if (!tried_) {
      when_tried_ = std::move(done);
      return;
    }
  }
  done();
}

KeyDownloadStats KeyDownload::stats() const {
  const absl::MutexLock lock(&mutex_);
  KeyDownloadStats stats = stats_;
  if (succeeded_.has_value()) {
    stats.age = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now() - *succeeded_);
  }
  return stats;
}

void KeyDownload::Run() {
  while (Pause()) {
    const FetchAnswer answer = Fetch();
    if (IsEnding()) return;
    Note(answer);
  }
}

bool KeyDownload::IsEnding() const {
  const absl::MutexLock lock(&mutex_);
  return ending_;
}

bool KeyDownload::Pause() {
  const absl::MutexLock lock(&mutex_);
  const auto due = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return asked_ ? schedule_.DueWhenAsked() : schedule_.Due();
  };
  while (!ending_ && clock_.Now() < due()) clock_.WaitUntil(&wake_, &mutex_, due());
  if (std::exchange(asked_, false)) schedule_.BeginAsked(clock_.Now());
  return !ending_;
}

FetchAnswer KeyDownload::Fetch() {
  FetchAnswer answer;
  try {
    answer = options_.fetcher->Fetch(etag_);
    Take(&answer);
  } catch (const std::exception& error) {  // there is no memory for more
    (void)observe::Caught("the fetch of keys", "", error);
    answer.outcome = FetchOutcome::kUnusable;
    answer.problem = "there is not enough memory";
  }
  return answer;
}

void KeyDownload::Take(FetchAnswer* answer) {
  if (answer->outcome == FetchOutcome::kUnchanged && etag_.empty()) {
    answer->outcome = FetchOutcome::kRefused;
    answer->problem = "the server answered 304, nothing has changed, and was not asked for changes";
  }
  if (answer->outcome != FetchOutcome::kFetched) return;
  if (!text_.empty() && answer->text == text_) {
    answer->outcome = FetchOutcome::kUnchanged;
  } else {
    KeyTexts texts;
    texts.files.emplace_back(options_.from, answer->text);
    absl::StatusOr<KeySet> keys = ParseKeyTexts(options_.from, texts);
    if (!keys.ok()) {
      answer->outcome = FetchOutcome::kUnusable;
      answer->problem = std::string(keys.status().message());
      return;
    }
    options_.take(*std::move(keys), std::move(texts));
    text_ = std::move(answer->text);
  }
  etag_ = std::move(answer->etag);
}

void KeyDownload::Note(const FetchAnswer& answer) {
  Tell(answer);
  std::function<void()> tried;
  {
    const absl::MutexLock lock(&mutex_);
    const Clock::time_point now = clock_.Now();
    ++stats_.fetches_total[static_cast<size_t>(answer.outcome)];
    stats_.problems_total = problems_;
    if (IsSuccess(answer.outcome)) {
      schedule_.Succeed(now, answer.fresh);
      succeeded_ = now;
    } else {
      schedule_.Fail(now, Chance());
    }
    asked_ = false;  // a token whose key is unknown still asks again when the next one comes
    tried_ = true;
    tried = std::exchange(when_tried_, nullptr);
  }
  if (tried != nullptr) tried();
}

void KeyDownload::Tell(const FetchAnswer& answer) {
  using observe::Log;
  using observe::LogLevel;
  if (IsSuccess(answer.outcome)) {
    if (told_.any()) Log(LogLevel::kInfo, "the keys of tokens are fetched again", {{"url", options_.from}});
    told_.reset();
    return;
  }
  const auto kind = static_cast<size_t>(answer.outcome);
  if (told_.test(kind)) return;
  told_.set(kind);
  ++problems_;
  Log(LogLevel::kError,
      text_.empty() ? "the keys of tokens cannot be fetched; no token is accepted until they are"
                    : "the keys of tokens cannot be fetched; those fetched before stay in use",
      {{"problem", answer.problem}, {"url", options_.from}});
}

}  // namespace rowkeeper::identity
