#include "tests/support/row_history.h"

#include <algorithm>
#include <map>
#include <utility>

#include "server/base/text.h"

namespace rowkeeper::testing {
namespace {

using Kind = RowHistory::Kind;
using Operation = RowHistory::Operation;

/// In the only order that the versions allow: a write, then those that read it.
int64_t PlaceOf(const Operation& operation) { return 2 * operation.version + (operation.kind == Kind::kRead ? 1 : 0); }

std::string Words(const Operation& operation) {
  return Cat(operation.kind == Kind::kRead ? "a read of version " : "a write of version ", operation.version, " (",
             operation.value, ")");
}

/// What is written, by version. A write of which nobody knew takes the version with which somebody read it.
class Writes {
 public:
  Writes(const Operation& initial, const std::vector<Operation>& operations, std::vector<std::string>* violations)
      : violations_(*violations) {
    by_version_[initial.version] = initial;
    for (const Operation& operation : operations) {
      if (operation.kind == Kind::kWrite) AddKnown(operation, initial.version);
      if (operation.kind == Kind::kUnknownWrite) unknown_[operation.value] = operation;
    }
    for (const Operation& operation : operations) {
      if (operation.kind == Kind::kRead) CheckRead(operation);
    }
    CheckGaps();
  }

  const std::vector<Operation>& found() const { return found_; }

 private:
  void AddKnown(const Operation& write, int64_t first) {
    if (write.version <= first) violations_.push_back(Cat(Words(write), " is older than the row"));
    const auto [other, is_new] = by_version_.emplace(write.version, write);
    if (!is_new) violations_.push_back(Cat(Words(write), " and ", Words(other->second)));
  }

  void CheckRead(const Operation& read) {
    const auto write = by_version_.find(read.version);
    if (write != by_version_.end()) {
      if (write->second.value != read.value) violations_.push_back(Cat(Words(read), " of ", Words(write->second)));
      return;
    }
    const auto unknown = unknown_.find(read.value);
    if (unknown == unknown_.end()) {
      violations_.push_back(Cat(Words(read), " that nobody wrote"));
      return;
    }
    Operation made = unknown->second;
    unknown_.erase(unknown);
    made.kind = Kind::kWrite;
    made.version = read.version;
    made.ended = Clock::time_point::max();  // it may have been made at any time
    by_version_[read.version] = made;
    found_.push_back(std::move(made));
  }

  /// Each version between the first and the last is that of some write.
  void CheckGaps() {
    const int64_t versions = by_version_.rbegin()->first - by_version_.begin()->first + 1;
    const auto gaps = versions - static_cast<int64_t>(by_version_.size());
    if (gaps > static_cast<int64_t>(unknown_.size())) {
      violations_.push_back(
          Cat(gaps, " versions that nobody wrote, and ", unknown_.size(), " writes that may be them"));
    }
  }

  std::vector<std::string>& violations_;
  std::map<int64_t, Operation> by_version_;
  std::map<std::string, Operation> unknown_;
  std::vector<Operation> found_;
};

/// What ended before another began has its place before it.
void CheckTime(std::vector<Operation> operations, std::vector<std::string>* violations) {
  std::vector<Operation> by_end = operations;
  std::sort(operations.begin(), operations.end(), [](const auto& a, const auto& b) { return a.began < b.began; });
  std::sort(by_end.begin(), by_end.end(), [](const auto& a, const auto& b) { return a.ended < b.ended; });
  auto ended = by_end.begin();
  const Operation* last = nullptr;
  for (const Operation& operation : operations) {
    for (; ended != by_end.end() && ended->ended < operation.began; ++ended) {
      if (last == nullptr || PlaceOf(*ended) > PlaceOf(*last)) last = &*ended;
    }
    if (last == nullptr || PlaceOf(*last) <= PlaceOf(operation)) continue;
    violations->push_back(Cat(Words(operation), " began after ", Words(*last), " had ended"));
  }
}

}  // namespace

RowHistory::RowHistory(int64_t version, std::string value)
    : initial_{Kind::kWrite, version, std::move(value), Clock::time_point::min(), Clock::time_point::min()} {}

void RowHistory::Add(Operation operation) {
  const absl::MutexLock lock(&mutex_);
  operations_.push_back(std::move(operation));
}

size_t RowHistory::size() const {
  const absl::MutexLock lock(&mutex_);
  return operations_.size();
}

std::vector<std::string> RowHistory::Violations() const {
  std::vector<Operation> operations;
  {
    const absl::MutexLock lock(&mutex_);
    operations = operations_;
  }
  std::vector<std::string> violations;
  const Writes writes(initial_, operations, &violations);
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [](const Operation& operation) { return operation.kind == Kind::kUnknownWrite; }),
                   operations.end());
  operations.insert(operations.end(), writes.found().begin(), writes.found().end());
  CheckTime(std::move(operations), &violations);
  return violations;
}

}  // namespace rowkeeper::testing
