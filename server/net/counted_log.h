#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "server/net/abuse_detector.h"
#include "server/observe/counter.h"

namespace rowkeeper::net {

namespace internal {

struct CountedEvent {
  observe::Counter count;
  uint64_t told = 0;
  Time next;
};

/// `field` is the name of what `kind` is, for the log.
void NoteEvent(std::string_view message, std::string_view field, std::string_view kind, const std::string& peer,
               Time now, CountedEvent* event);

}  // namespace internal

/// Counts events of a few kinds and logs them: of each kind a line at most every ten seconds, for it is peers who
/// decide how often they occur. Note() is for one thread; counts() is thread-safe.
template <typename Kind, size_t kKinds>
class CountedLog {
 public:
  using NameOf = std::string_view (*)(Kind);
  CountedLog(std::string_view message, std::string_view field, NameOf name_of)
      : message_(message), field_(field), name_of_(name_of) {}

  void Note(Kind kind, const std::string& peer, Time now) {
    internal::NoteEvent(message_, field_, name_of_(kind), peer, now, &events_[static_cast<size_t>(kind)]);
  }
  /// By kind.
  std::array<uint64_t, kKinds> counts() const {
    std::array<uint64_t, kKinds> all{};
    for (size_t i = 0; i < kKinds; ++i) all[i] = events_[i].count.value();
    return all;
  }

 private:
  const std::string_view message_;
  const std::string_view field_;
  const NameOf name_of_;
  std::array<internal::CountedEvent, kKinds> events_;
};

}  // namespace rowkeeper::net
