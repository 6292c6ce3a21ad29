#include "server/app/catalogue_reload.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/catalogue/diagnostics.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using observe::Log;
using observe::LogLevel;

/// So much longer than a look at the files takes it is to the next: trees of very many files are looked at less often.
constexpr int kTimesLonger = 100;
/// The same of reading them, which is for files that are written again and again.
constexpr int kTimesLongerToRead = 10;
/// Between readings of files that have mistakes.
constexpr std::chrono::seconds kRetryPeriod{10};
/// Of one line of the log each.
constexpr size_t kToldMistakes = 20;

/// The mistakes as `rowkeeper check` says them, one a line.
absl::Status MistakesOf(const catalogue::Diagnostics& diagnostics) {
  std::string text;
  size_t count = 0;
  for (const catalogue::Diagnostic& diagnostic : diagnostics.Sorted()) {
    if (diagnostic.severity != catalogue::Diagnostic::Severity::kError) continue;
    if (count++ < kToldMistakes) text += Cat(text.empty() ? "" : "\n", diagnostic.ToString());
  }
  if (count > kToldMistakes) text += Cat("\nand ", count - kToldMistakes, " more; rowkeeper check lists them");
  return absl::InvalidArgumentError(text);
}

using FileTexts = std::map<std::string, std::string>;

void AddFile(const google::protobuf::FileDescriptor& file, FileTexts* texts) {
  const auto [added, is_new] = texts->try_emplace(file.name());
  if (!is_new) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  proto.SerializeToString(&added->second);
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), texts);
}

/// All files that the catalogue is made of, without comments.
FileTexts TextsOf(const catalogue::Catalogue& catalogue) {
  FileTexts texts;
  for (const auto* file : catalogue.source().files()) AddFile(*file, &texts);
  return texts;
}

std::set<std::string> NamesOf(const LoadedCatalogue& loaded) {
  std::set<std::string> names;
  for (const auto& [name, text] : TextsOf(*loaded.catalogue)) names.insert(name);
  return names;
}

/// Whether nothing that is served or said would differ.
bool AreSame(const LoadedCatalogue& a, const LoadedCatalogue& b) {
  return TextsOf(*a.catalogue) == TextsOf(*b.catalogue);
}

}  // namespace

CatalogueReload::CatalogueReload(CatalogueFiles files, Watch watch, CatalogueSwitch* target, Clock* clock)
    : settings_(std::move(files.settings)),
      watches_(watch),
      target_(*target),
      clock_(*clock),
      seen_(std::move(files.seen)) {
  names_ = NamesOf(target_.Get()->loaded());
  if (!seen_.young && LookAtFiles(settings_, names_) == seen_) read_ = seen_;
  watch_ = std::make_unique<net::FileWatch>(
      net::FileWatch::Callbacks{[this] { return Look(); }, [this](const std::string& problem) { Tell(problem); }},
      clock);
}

void CatalogueReload::LookNow() {
  asked_ = true;
  watch_->LookSoon();
}

absl::Status CatalogueReload::Look() {
  const bool asked = asked_.exchange(false);
  const Clock::time_point begin = clock_.Now();
  if (asked || (watches_ == Watch::kEverySecond && begin >= look_after_)) {
    const FilesSeen now = LookAtFiles(settings_, names_);
    look_after_ = begin + (clock_.Now() - begin) * kTimesLonger;
    LookAt(now, asked ? Asked::kYes : Asked::kNo);
  }
  if (!mistakes_.ok()) return mistakes_;
  return ServeOffered();
}

void CatalogueReload::LookAt(const FilesSeen& now, Asked asked) {
  const Clock::time_point begin = clock_.Now();
  const bool still = now == seen_;
  seen_ = now;
  // What was wrong may have been with other files, as that of policies, or pass.
  const bool retries = !mistakes_.ok() && begin >= retry_at_;
  if (asked == Asked::kNo && (!still || (now == read_ && !retries) || begin < read_after_)) return;
  // What is written while it is read may look the same afterwards.
  read_ = now.young ? FilesSeen() : now;
  const absl::Status before = std::exchange(mistakes_, Load());
  const Clock::time_point end = clock_.Now();
  read_after_ = end + (end - begin) * kTimesLongerToRead;
  retry_at_ = end + kRetryPeriod;
  if (asked == Asked::kNo) return;
  // Others are told when they last.
  if (!mistakes_.ok() && mistakes_ == before) Tell(std::string(mistakes_.message()));
  if (mistakes_.ok() && target_.Offered() == nullptr) Log(LogLevel::kInfo, "the catalogue is as it was");
}

absl::Status CatalogueReload::Load() {
  catalogue::Diagnostics diagnostics;
  std::shared_ptr<const LoadedCatalogue> loaded = LoadCatalogue(settings_, &diagnostics);
  if (loaded != nullptr) names_ = NamesOf(*loaded);
  const SharedGeneration offered = target_.Offered();
  if (loaded != nullptr && offered != nullptr && AreSame(*loaded, offered->loaded())) return absl::OkStatus();
  target_.Withdraw();
  absl::Status status;
  if (loaded == nullptr) {
    status = MistakesOf(diagnostics);
  } else if (!AreSame(*loaded, target_.Get()->loaded())) {
    status = target_.Offer(std::move(loaded));
  }
  SetProblem(std::string(status.message()), false);
  if (!status.ok() && status != mistakes_) refused_.Add();
  return status;
}

absl::Status CatalogueReload::ServeOffered() {
  const SharedGeneration offered = target_.Offered();
  if (offered == nullptr) return absl::OkStatus();
  if (!target_.Serve()) {
    const auto seen = offered->monitor_stats();
    if (!seen.has_value() || seen->probes == 0) return absl::OkStatus();  // it is looked at
    const std::string obstacle = Cat("a new catalogue waits for the database: ", target_.Obstacle());
    SetProblem(obstacle, true);
    return absl::FailedPreconditionError(obstacle);
  }
  applied_.Add();
  SetProblem("", false);
  Log(LogLevel::kInfo, "serving another catalogue",
      {{"generation", static_cast<int64_t>(offered->number())},
       {"methods", static_cast<int64_t>(offered->loaded().plans.size())}});
  return absl::OkStatus();
}

void CatalogueReload::SetProblem(std::string problem, bool waiting) {
  waiting_ = waiting;
  target_.SetProblem(std::move(problem));
}

void CatalogueReload::Tell(const std::string& problem) const {
  const auto generation = static_cast<int64_t>(target_.Get()->number());
  for (const absl::string_view line : absl::StrSplit(ToAbsl(problem), '\n')) {
    Log(LogLevel::kError, "the catalogue in the files is not served; that which was served goes on",
        {{"problem", std::string(line)}, {"generation", generation}});
  }
}

ReloadStats CatalogueReload::stats() const { return {applied_.value(), refused_.value(), waiting_.load()}; }

}  // namespace rowkeeper::app
