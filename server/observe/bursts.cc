#include "server/observe/bursts.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace rowkeeper::observe {
namespace {

constexpr size_t kMaxKindBytes = 200;

std::string KeyOf(const LineKind& kind) {
  std::string key;
  key.reserve(kind.message.size() + kind.method.size() + kind.status.size() + kind.reason.size() + 3);
  key.append(kind.message).append(1, '\n').append(kind.method).append(1, '\n');
  key.append(kind.status).append(1, '\n').append(kind.reason);
  return key;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// An SQLSTATE is no id: it says what happened.
bool IsState(std::string_view word) { return word.substr(0, 9) == "sqlstate="; }

std::string_view WithoutNumber(std::string_view word) {
  const auto digit = std::find_if(word.begin(), word.end(), IsDigit);
  if (digit == word.end() || IsState(word)) return word;
  const size_t equals = word.find('=');
  const size_t end = equals == std::string_view::npos ? static_cast<size_t>(digit - word.begin()) : equals + 1;
  return word.substr(0, end);
}

}  // namespace

bool Bursts::Admit(LogLevel level, const LineKind& kind, time_point now) {
  const std::string key = KeyOf(kind);
  const absl::MutexLock lock(&mutex_);
  auto found = windows_.find(key);
  if (found == windows_.end()) {
    if (windows_.size() >= options_.kinds) return true;
    found = windows_.try_emplace(key).first;
    found->second.level = level;
    found->second.kind = kind;
    found->second.end = now + options_.window;
    next_end_ = std::min(next_end_, found->second.end);
  }
  Window& window = found->second;
  if (now >= window.end && window.left_out == 0) {  // nobody has taken it yet
    window.written = 0;
    window.end = now + options_.window;
  }
  if (window.written < options_.lines) {
    ++window.written;
    return true;
  }
  ++window.left_out;
  ++left_out_;
  return false;
}

std::vector<BurstSummary> Bursts::TakeEnded(time_point now) {
  std::vector<BurstSummary> summaries;
  const absl::MutexLock lock(&mutex_);
  if (now < next_end_) return summaries;
  next_end_ = time_point::max();
  for (auto it = windows_.begin(); it != windows_.end();) {
    const auto current = it++;
    Window& window = current->second;
    if (now < window.end) {
      next_end_ = std::min(next_end_, window.end);
      continue;
    }
    if (window.left_out > 0) {
      summaries.push_back({window.level, std::move(window.kind), window.left_out, options_.window});
    }
    windows_.erase(current);
  }
  return summaries;
}

Bursts::time_point Bursts::next_end() const {
  const absl::MutexLock lock(&mutex_);
  return next_end_;
}

uint64_t Bursts::left_out() const {
  const absl::MutexLock lock(&mutex_);
  return left_out_;
}

LineKind KindOfWords(std::string_view words) {
  words = words.substr(0, kMaxKindBytes);
  LineKind kind;
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    kind.message.append(WithoutNumber(words.substr(0, end))).push_back(' ');
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  if (!kind.message.empty()) kind.message.pop_back();
  return kind;
}

}  // namespace rowkeeper::observe
